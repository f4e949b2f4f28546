#include "line_parser.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace health::ndjson {

namespace {

constexpr std::size_t escape_size = 6;
constexpr unsigned first_high_surrogate = 0xd800;
constexpr unsigned first_low_surrogate = 0xdc00;
constexpr unsigned after_surrogates = 0xe000;

bool is_high_surrogate(unsigned unit) {
    return unit >= first_high_surrogate && unit < first_low_surrogate;
}

bool is_low_surrogate(unsigned unit) {
    return unit >= first_low_surrogate && unit < after_surrogates;
}

/// The code unit of \uXXXX; none when the text begins with anything else.
std::optional<unsigned> escaped_unit(std::string_view text) {
    text = text.substr(0, escape_size);
    unsigned unit = 0;
    if (text.size() < escape_size || !text.starts_with("\\u"))
        return std::nullopt;
    const auto [end, failure] = std::from_chars(text.data() + 2, text.data() + escape_size, unit, 16);
    if (failure != std::errc{} || end != text.data() + escape_size)
        return std::nullopt;
    return unit;
}

/// Appends what the backslash at the beginning of the text starts; its length in the text.
std::size_t append_escape(std::string& out, std::string_view text) {
    const auto unit = escaped_unit(text);
    if (!unit || (!is_high_surrogate(*unit) && !is_low_surrogate(*unit))) {
        out += text.substr(0, 2);
        return 2;
    }
    if (is_high_surrogate(*unit)) {
        const auto next = escaped_unit(text.substr(escape_size));
        if (next && is_low_surrogate(*next)) {
            out += text.substr(0, 2 * escape_size);
            return 2 * escape_size;
        }
    }
    out += "\\ufffd";
    return escape_size;
}

/// The number, unless it is none or in reach anyway.
std::optional<double> nearest_double(std::string_view token) {
    boost::json::error_code failure;
    const boost::json::value value = boost::json::parse(token, failure);
    if (failure || !value.is_double())
        return std::nullopt;
    double number = 0;
    if (std::from_chars(token.data(), token.data() + token.size(), number).ec == std::errc{})
        return number;
    // Out of range: Boost.JSON says on which side.
    return std::clamp(value.get_double(), std::numeric_limits<double>::lowest(), std::numeric_limits<double>::max());
}

} // namespace

std::string representable(std::string_view json) {
    std::string out;
    bool in_string = false;
    while (!json.empty()) {
        const char c = json.front();
        std::size_t used = 1;
        if (in_string && c == '\\') {
            used = append_escape(out, json);
        } else if (!in_string && (c == '-' || (c >= '0' && c <= '9'))) {
            const std::string_view token = json.substr(0, json.find_first_not_of("0123456789+-.eE"));
            const auto number = nearest_double(token);
            out += number ? fmt::format("{}", *number) : std::string(token);
            used = token.size();
        } else {
            in_string ^= c == '"';
            out += c;
        }
        json.remove_prefix(std::min(used, json.size()));
    }
    return out;
}

simdjson::simdjson_result<simdjson::dom::element> LineParser::parse(std::string_view line) {
    const auto parsed = parser_.parse(line.data(), line.size(), false);
    if (parsed.error() != simdjson::NUMBER_ERROR && parsed.error() != simdjson::STRING_ERROR)
        return parsed;
    return parser_.parse(representable(line));
}

} // namespace health::ndjson
