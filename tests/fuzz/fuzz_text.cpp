// Texts that foreign bytes become before they are shown.
#include "properties.hpp"

#include <base/base64.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include <numeric>
#include <string>

namespace {

constexpr std::size_t ellipsis_size = 3;

bool is_json_text(std::string_view text) {
    boost::system::error_code failure;
    boost::json::parse(boost::json::serialize(boost::json::string(text)), failure);
    return !failure;
}

void cuts_between_characters(std::string_view text, std::size_t limit) {
    const std::string shown = health::printable(text, limit);
    test::must(shown.size() <= std::max(limit, ellipsis_size));
    test::must_be_printable(shown);
    test::must(!health::is_utf8(text) || health::is_utf8(shown));
    test::must(health::printable(shown, limit) == shown || limit < ellipsis_size);
}

void splits_without_loss(std::string_view text) {
    const auto parts = health::split(text, ',');
    test::must(parts.size() == 1 + static_cast<std::size_t>(std::ranges::count(text, ',')));
    const std::string joined =
        std::accumulate(std::next(parts.begin()), parts.end(), std::string(parts.front()),
                        [](const std::string& a, std::string_view b) { return a + "," + std::string(b); });
    test::must(joined == text);
}

} // namespace

void fuzz(std::string_view input) {
    if (input.empty())
        return;
    const auto limit = static_cast<std::size_t>(static_cast<unsigned char>(input.front()));
    input.remove_prefix(1);
    test::must_be_printable(health::printable(input));
    cuts_between_characters(input, limit);
    test::must(health::is_utf8(input) == is_json_text(input));
    splits_without_loss(input);
    test::must(health::trim(health::trim(input)) == health::trim(input));
    test::must(health::iequals(input, input));
    test::must(health::from_base64(health::to_base64(input)) == input);
    test::must(health::from_base64(input).size() <= input.size());
}
