#include <ndjson/line_parser.hpp>

#include <base/numbers.hpp>
#include <base/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
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
    if (text.size() < escape_size || !text.starts_with("\\u"))
        return std::nullopt;
    return parse_number<unsigned>(text.substr(2), 16);
}

/// Appends the escape sequence at the beginning of the text; returns its length in the text.
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

/// Removes the digits at the beginning of the text; returns how many.
std::size_t remove_digits(std::string_view& text) {
    const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(count);
    return count;
}

/// RFC 8259, section 6.
bool is_number(std::string_view text) {
    if (text.starts_with('-'))
        text.remove_prefix(1);
    const bool zero_first = text.starts_with('0');
    const std::size_t digits = remove_digits(text);
    if (digits == 0 || (zero_first && digits > 1))
        return false;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        if (remove_digits(text) == 0)
            return false;
    }
    if (text.starts_with('e') || text.starts_with('E')) {
        text.remove_prefix(1);
        if (text.starts_with('+') || text.starts_with('-'))
            text.remove_prefix(1);
        if (remove_digits(text) == 0)
            return false;
    }
    return text.empty();
}

/// Whether a number outside the range of a double is too large, and not too small.
bool is_large(std::string_view number) {
    const std::size_t mantissa = std::min(number.find_first_of("eE"), number.size());
    const std::size_t point = std::min(number.substr(0, mantissa).find('.'), mantissa);
    const std::size_t first = std::min(number.substr(0, mantissa).find_first_of("123456789"), mantissa);
    std::string_view digits = number.substr(std::min(mantissa + 1, number.size()));
    if (digits.starts_with('+'))
        digits.remove_prefix(1);
    const auto exponent = digits.empty() ? 0 : parse_number<std::int64_t>(digits);
    if (!exponent) // it is out of range
        return !digits.starts_with('-');
    return *exponent > static_cast<std::int64_t>(first) - static_cast<std::int64_t>(point);
}

/// The number in a form that simdjson can represent; anything else stays as it is.
std::string representable_number(std::string_view token) {
    if (!is_number(token) || parse_number<std::int64_t>(token) || parse_number<std::uint64_t>(token))
        return std::string(token);
    auto number = parse_number<double>(token);
    if (!number && is_large(token))
        number = token.starts_with('-') ? std::numeric_limits<double>::lowest() : std::numeric_limits<double>::max();
    return fmt::format("{}", number.value_or(0));
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
        } else if (!in_string && (c == '-' || is_digit(c))) {
            const std::string_view token = json.substr(0, json.find_first_not_of("0123456789+-.eE"));
            out += representable_number(token);
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
