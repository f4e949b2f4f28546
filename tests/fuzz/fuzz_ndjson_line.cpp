// Lines of the embedded store: what JSON is, and what is counted.
#include "fuzz.hpp"
#include "support.hpp"

#include <ndjson/line_parser.hpp>
#include <ndjson/matcher.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <string>

using namespace health::ndjson;
namespace dom = simdjson::dom;
namespace json = boost::json;

namespace {

constexpr std::size_t deepest = 1000; // simdjson goes to 1024

bool is_json(std::string_view line) {
    json::parse_options options;
    options.max_depth = deepest;
    boost::system::error_code failure;
    json::parse(line, failure, {}, options);
    return !failure;
}

std::string padded(std::string_view line) {
    std::string out(line);
    out.reserve(line.size() + simdjson::SIMDJSON_PADDING);
    return out;
}

/// Numbers beyond a double become the one that is nearest.
void stays_the_same_number(const std::string& number) {
    constexpr double largest = std::numeric_limits<double>::max();
    const double wanted = std::clamp(std::strtod(number.c_str(), nullptr), -largest, largest);
    test::must(std::strtod(representable(number).c_str(), nullptr) == wanted);
}

struct Counts {
    std::uint64_t missing;
    std::uint64_t present;
    std::uint64_t derived;
    bool operator==(const Counts&) const = default;
};

Counts count(const health::Backfill& backfill, const dom::element& document) {
    Tally tally(backfill);
    tally.add(document);
    return {tally.missing(), tally.present(), tally.derived().at(0)};
}

void is_counted(const health::Backfill& backfill, const dom::element& document) {
    const Counts counts = count(backfill, document);
    test::must(counts.missing + counts.present <= 1 && counts.derived <= counts.present);
    if (counts.present == 1)
        test::must(exists(document, backfill.field));

    LineParser again;
    const std::string minified = padded(simdjson::minify(document));
    dom::element same;
    test::must(again.parse(minified).get(same) == simdjson::SUCCESS);
    test::must(count(backfill, same) == counts);

    // Arrays are looked into, however deep.
    LineParser nested;
    const std::string wrapped = padded("[[" + minified + "]]");
    dom::element inside;
    test::must(nested.parse(wrapped).get(inside) == simdjson::SUCCESS);
    test::must(exists(inside, backfill.field) == exists(document, backfill.field));
}

} // namespace

void fuzz(std::string_view input) {
    if (input.find('\n') != std::string_view::npos)
        return;
    const std::string line = padded(input);
    LineParser parser;
    dom::element document;
    const bool accepted = parser.parse(line).get(document) == simdjson::SUCCESS;
    if (is_json(input))
        test::must(accepted);
    if (accepted)
        test::must(is_json(representable(input)));
    if (accepted && document.is_number())
        stays_the_same_number(line);
    if (!accepted || !document.is_object())
        return;
    is_counted(test::bills(), document);
    is_counted(test::invoices(), document);
}
