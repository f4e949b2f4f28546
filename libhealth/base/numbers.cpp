#include <base/numbers.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace health {

std::optional<std::pair<int, int>> parse_version(std::string_view text) {
    const auto major_number = take_number<int>(text);
    if (!major_number || !text.starts_with('.'))
        return std::nullopt;
    text.remove_prefix(1);
    const auto minor_number = take_number<int>(text);
    return minor_number ? std::optional(std::pair(*major_number, *minor_number)) : std::nullopt;
}

std::string signed_number(std::int64_t value) {
    return value == 0 ? "0" : fmt::format("{:+}", value);
}

std::string signed_number(double value, int decimals) {
    std::string out = fmt::format("{:+.{}f}", value, decimals);
    const bool zero = out.find_first_not_of("+-0.") == std::string::npos;
    return zero ? out.substr(1) : out;
}

std::optional<double> share(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? std::nullopt : std::optional(static_cast<double>(part) / static_cast<double>(whole));
}

double visible_share(double share) {
    constexpr double step = 1 / steps_of_a_share;
    return share > 0 && share < 1 ? std::clamp(share, step, 1 - step) : share;
}

std::string percent(std::optional<double> share, Rounding rounding) {
    if (!share)
        return "n/a";
    constexpr double steps = 1000; // tenths of a percent
    constexpr double step = 0.1;
    double value = *share * 100;
    if (rounding == Rounding::down)
        value = std::floor(*share * steps) / 10;
    else if (rounding == Rounding::up)
        value = std::ceil(*share * steps) / 10;
    if (*share > 0 && *share < 1)
        value = std::clamp(value, step, 100 - step);
    return fmt::format("{:.1f} %", value);
}

} // namespace health
