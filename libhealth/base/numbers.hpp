#pragma once

#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

namespace health {

/// Takes a number off the front of the text: digits, with a minus where the type has a sign; for a floating-point type
/// also a fraction and an exponent, with a decimal point in every locale. Nothing is taken, and there is no result,
/// when the text begins with anything else (also a blank or a plus), or when the number does not fit into the type.
template <class Number>
std::optional<Number> take_number(std::string_view& text, int base = 10) {
    Number number{};
    std::from_chars_result read{};
    if constexpr (std::floating_point<Number>)
        read = std::from_chars(text.data(), text.data() + text.size(), number);
    else
        read = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (read.ec != std::errc{})
        return std::nullopt;
    if constexpr (std::floating_point<Number>)
        if (!std::isfinite(number)) // from_chars reads "inf" and "nan"
            return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    return number;
}

/// The whole text as a number, by the rules of take_number().
template <class Number>
std::optional<Number> parse_number(std::string_view text, int base = 10) {
    const auto number = take_number<Number>(text, base);
    return text.empty() ? number : std::nullopt;
}

/// The same number as an integer, if it is one of 64 bits; one that fits both types is signed.
template <std::floating_point Float>
std::variant<std::int64_t, std::uint64_t, double> narrowed(Float number) {
    constexpr Float two_to_63 = 9223372036854775808.0;
    if (number == std::trunc(number)) {
        if (number >= -two_to_63 && number < two_to_63)
            return static_cast<std::int64_t>(number);
        if (number > 0 && number < 2 * two_to_63)
            return static_cast<std::uint64_t>(number);
    }
    return static_cast<double>(number);
}

/// Major and minor number of a version: 8 and 12 of "8.12.2". None when the text does not begin with both.
std::optional<std::pair<int, int>> parse_version(std::string_view text);

/// With its sign: "+1", "-3", and "0" without one.
std::string signed_number(std::int64_t value);

/// The same with this many decimals, "+1.5"; what rounds to zero has no sign.
std::string signed_number(double value, int decimals);

/// Between 0 and 1; none when the whole is 0.
std::optional<double> share(std::uint64_t part, std::uint64_t whole);

/// A share is shown with four decimals.
inline constexpr double steps_of_a_share = 10000;

/// The share, but not so close to 0 or 1 that it would read as if it were that: see `percent`.
double visible_share(double share);

/// How the last digit of a percentage is rounded.
enum class Rounding { nearest, down, up };

/// "98.6 %", or "n/a". However it is rounded, less than all never reads as 100 %, and more than nothing never as 0 %:
/// it would look done, or as if it had not begun.
std::string percent(std::optional<double> share, Rounding rounding = Rounding::nearest);

} // namespace health
