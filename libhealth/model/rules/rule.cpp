#include <model/rules/rule.hpp>

#include <base/numbers.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>

namespace health {

static_assert(std::numeric_limits<ExactNumber>::digits >= 64);

std::vector<std::string> fields_of(const Rule& rule) {
    if (const auto* values = std::get_if<ValueCondition>(&rule.condition))
        return {values->field.name};
    const auto& [left, comparison, right] = std::get<FieldCondition>(rule.condition);
    if (left.name == right.name)
        return {left.name};
    return {left.name, right.name};
}

std::vector<std::string> fields_of(const std::vector<Rule>& rules) {
    std::vector<std::string> out;
    for (const Rule& rule : rules)
        for (std::string& field : fields_of(rule))
            if (std::ranges::find(out, field) == out.end())
                out.push_back(std::move(field));
    return out;
}

ValueKind kind_of(const ValueCondition& condition) {
    const auto is_date = [](const Literal& literal) {
        return std::holds_alternative<Instant>(literal) || std::holds_alternative<RelativeTime>(literal);
    };
    if (std::ranges::any_of(condition.values, is_date))
        return ValueKind::date;
    const Literal& first = condition.values.front();
    if (std::holds_alternative<std::string>(first))
        return ValueKind::text;
    return std::holds_alternative<bool>(first) ? ValueKind::boolean : ValueKind::number;
}

Comparison mirrored(Comparison comparison) {
    using enum Comparison;
    switch (comparison) {
    case less:
        return greater;
    case less_or_equal:
        return greater_or_equal;
    case greater:
        return less;
    case greater_or_equal:
        return less_or_equal;
    case equal:
    case not_equal:
        break;
    }
    return comparison;
}

bool holds(Comparison comparison, std::partial_ordering order) {
    using enum Comparison;
    switch (comparison) {
    case less:
        return order < 0;
    case less_or_equal:
        return order <= 0;
    case greater:
        return order > 0;
    case greater_or_equal:
        return order >= 0;
    case equal:
        return order == 0;
    case not_equal:
        break;
    }
    return order != 0;
}

Instant resolve(const RelativeTime& time, Instant now) {
    using namespace std::chrono;
    const auto& [count, unit] = time;
    const auto add_months = [&](int months_to_add) {
        const auto day_of_now = floor<days>(now);
        year_month_day date = year_month_day(day_of_now) + months(months_to_add);
        if (!date.ok())
            date = date.year() / date.month() / last;
        return Instant(sys_days(date)) + (now - day_of_now);
    };
    switch (unit) {
    case 'y':
        return add_months(12 * count);
    case 'M':
        return add_months(count);
    case 'w':
        return now + weeks(count);
    case 'd':
        return now + days(count);
    case 'h':
        return now + hours(count);
    case 'm':
        return now + minutes(count);
    default:
        return now + seconds(count);
    }
}

std::optional<ExactNumber> parse_exact_number(std::string_view text) {
    if (const auto whole = parse_number<std::int64_t>(text))
        return static_cast<ExactNumber>(*whole);
    if (const auto whole = parse_number<std::uint64_t>(text))
        return static_cast<ExactNumber>(*whole);
    if (const auto number = parse_number<double>(text))
        return static_cast<ExactNumber>(*number);
    return std::nullopt;
}

ExactNumber to_milliseconds(const Literal& literal, Instant now) {
    if (const auto* instant = std::get_if<Instant>(&literal))
        return static_cast<ExactNumber>(instant->time_since_epoch().count());
    if (const auto* relative = std::get_if<RelativeTime>(&literal))
        return static_cast<ExactNumber>(resolve(*relative, now).time_since_epoch().count());
    return std::get<ExactNumber>(literal);
}

} // namespace health
