// Bodies that come with Content-Encoding: gzip.
#include "properties.hpp"

#include <base/gzip.hpp>

namespace {

constexpr std::size_t limit = 1 << 16;

/// Wherever the beginning ends.
std::string gzip(std::string_view text) {
    const std::size_t middle = text.empty() ? 0 : static_cast<unsigned char>(text.back()) % (text.size() + 1);
    return health::GzipPrefix(text.substr(0, middle)).with(text.substr(middle));
}

} // namespace

void fuzz(std::string_view input) {
    if (const auto text = health::gunzip(input, limit)) {
        test::must(test::must_succeed(health::gunzip(gzip(*text), text->size())) == *text);
        if (!text->empty())
            test::must(test::must_succeed(health::gunzip(input, text->size() - 1)).size() >= text->size());
    } else {
        test::must(text.error().kind == health::ErrorKind::bad_response);
        test::must_be_tellable(text.error());
    }

    const std::string compressed = gzip(input);
    test::must(test::must_succeed(health::gunzip(compressed, input.size())) == input);
    test::must(!health::gunzip(std::string_view(compressed).substr(0, compressed.size() - 1), limit).has_value());
}
