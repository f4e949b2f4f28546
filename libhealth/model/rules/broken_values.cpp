#include <model/rules/broken_values.hpp>

#include <algorithm>

namespace health {

namespace {

ValueRange below(const Literal& value, bool inclusive) {
    return {.upper = Bound{.value = value, .inclusive = inclusive}};
}

ValueRange above(const Literal& value, bool inclusive) {
    return {.lower = Bound{.value = value, .inclusive = inclusive}};
}

ValueRange exactly(const Literal& value) {
    return {.lower = Bound{.value = value, .inclusive = true}, .upper = Bound{.value = value, .inclusive = true}};
}

/// For a single value: where the comparison does not hold.
std::vector<ValueRange> complement(Comparison comparison, const Literal& value) {
    using enum Comparison;
    switch (comparison) {
    case less:
        return {above(value, true)};
    case less_or_equal:
        return {above(value, false)};
    case greater:
        return {below(value, true)};
    case greater_or_equal:
        return {below(value, false)};
    case equal:
        return {below(value, false), above(value, false)};
    case not_equal:
        break;
    }
    return {exactly(value)};
}

std::vector<Literal> sorted(const ValueCondition& condition, Instant now) {
    std::vector<Literal> out = condition.values;
    if (kind_of(condition) == ValueKind::date) {
        const auto milliseconds = [now](const Literal& literal) { return to_milliseconds(literal, now); };
        std::ranges::sort(out, {}, milliseconds);
        const auto twice = std::ranges::unique(out, {}, milliseconds);
        out.erase(twice.begin(), twice.end());
    } else {
        std::ranges::sort(out);
        const auto twice = std::ranges::unique(out);
        out.erase(twice.begin(), twice.end());
    }
    return out;
}

/// Below, between and above the values, without these.
std::vector<ValueRange> gaps(const std::vector<Literal>& values) {
    std::vector<ValueRange> out{below(values.front(), false)};
    for (std::size_t i = 1; i < values.size(); ++i)
        out.push_back({.lower = Bound{.value = values[i - 1]}, .upper = Bound{.value = values[i]}});
    out.push_back(above(values.back(), false));
    return out;
}

/// For the greatest value, which is above a value when any is; or for the smallest, where all is the other way round.
std::vector<BrokenValues> broken_extreme(Selection selection, Comparison comparison, const Literal& value) {
    using enum Comparison;
    const auto beyond = selection == Selection::greatest ? above : below;
    const std::vector<ValueRange> any{ValueRange{}};
    switch (selection == Selection::greatest ? comparison : mirrored(comparison)) {
    case less:
    case less_or_equal:
        return {{.some = complement(comparison, value)}};
    case greater:
        return {{.some = any, .none = {beyond(value, false)}}};
    case greater_or_equal:
        return {{.some = any, .none = {beyond(value, true)}}};
    case equal:
        return {{.some = {beyond(value, false)}}, {.some = any, .none = {beyond(value, true)}}};
    case not_equal:
        break;
    }
    return {{.some = {exactly(value)}, .none = {beyond(value, false)}}};
}

} // namespace

std::vector<BrokenValues> broken_values(const ValueCondition& condition, Instant now) {
    const Literal& value = condition.values.front();
    if (condition.field.selection != Selection::every)
        return broken_extreme(condition.field.selection, condition.comparison, value);
    if (condition.values.size() > 1)
        return {{.some = gaps(sorted(condition, now))}};
    return {{.some = complement(condition.comparison, value)}};
}

} // namespace health
