#include <model/profile.hpp>

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

template <class Number>
std::string shortest(Number number) {
    constexpr Number longest = 1e21F;
    constexpr Number smallest = 1e-6F;
    const Number size = std::abs(number);
    if (size == 0)
        return "0";
    if (size >= longest || size < smallest)
        return fmt::format("{}", number);
    std::array<char, 64> digits{};
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number, std::chars_format::fixed);
    return {digits.data(), written.ptr};
}

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

std::string number_text(double number) {
    return shortest(number);
}

std::string number_text(float number) {
    return shortest(number);
}

} // namespace health
