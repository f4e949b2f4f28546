#include <base/numbers.hpp>

#include <fmt/format.h>

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

} // namespace health
