#include <model/profile.hpp>

#include <base/numbers.hpp>
#include <model/rules/rule.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace health {

namespace {

constexpr std::array<std::pair<std::string_view, ValueType>, 4> types{{{"date", ValueType::date},
                                                                       {"number", ValueType::number},
                                                                       {"boolean", ValueType::boolean},
                                                                       {"keyword", ValueType::keyword}}};

} // namespace

std::string_view to_string(ValueType type) {
    return std::ranges::find(types, type, [](const auto& pair) { return pair.second; })->first;
}

std::optional<ValueType> parse_value_type(std::string_view text) {
    const auto found = std::ranges::find(types, text, [](const auto& pair) { return pair.first; });
    return found == types.end() ? std::nullopt : std::optional(found->second);
}

std::int64_t ten_years_after(Timestamp time) {
    return resolve({.count = 10, .unit = 'y'}, time).time_since_epoch().count();
}

std::string to_string(const ProfileValue& value) {
    if (const std::string* text = std::get_if<std::string>(&value))
        return *text;
    if (const double* number = std::get_if<double>(&value))
        return number_text(*number);
    return std::visit([](const auto& one) { return fmt::format("{}", one); }, value);
}

std::string number_text(double number) {
    constexpr double longest = 1e21;
    constexpr double smallest = 1e-6;
    const double size = std::abs(number);
    if (size == 0)
        return "0";
    if (size >= longest || size < smallest)
        return fmt::format("{}", number);
    std::array<char, 64> digits{};
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number, std::chars_format::fixed);
    return {digits.data(), written.ptr};
}

double widened(float number) {
    return parse_number<double>(fmt::format("{}", number)).value_or(number);
}

} // namespace health
