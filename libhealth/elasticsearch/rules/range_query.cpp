#include <elasticsearch/rules/range_query.hpp>

#include <base/numbers.hpp>
#include <base/time.hpp>
#include <elasticsearch/api/query.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <variant>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

using Kind = MappedField::Kind;

/// What a bound comes to for the field's type.
struct Limit {
    std::optional<json::value> value{}; ///< none: it excludes nothing
    bool inclusive = false;
    bool excludes_everything = false;
};

json::value to_json(ExactNumber number) {
    return std::visit([](auto narrow) { return json::value(narrow); }, narrowed(number));
}

json::value to_date(ExactNumber milliseconds) {
    return json::value(to_rfc3339(Instant(std::chrono::milliseconds(static_cast<std::int64_t>(milliseconds)))));
}

enum class End { lower, upper };

/// The next number within the bound that the field can have: a whole one, or a double.
void round(ExactNumber& number, bool& inclusive, End side, Kind kind) {
    const ExactNumber nearest = kind == Kind::fractional ? static_cast<double>(number) : std::floor(number);
    if (nearest == number)
        return;
    const ExactNumber next = kind == Kind::fractional ? nearest : std::ceil(number);
    // No number that the field can have is between the bound and the one that replaces it.
    inclusive = side == End::lower ? next > number : nearest < number;
    number = side == End::lower ? next : nearest;
}

Limit limit_of(ExactNumber number, bool inclusive, End side, const MappedField& field) {
    round(number, inclusive, side, field.kind);
    const bool is_before = number < field.smallest;
    const bool is_after = number > field.greatest;
    if (is_before || is_after)
        return {.excludes_everything = side == End::lower ? is_after : is_before};
    return {.value = field.kind == Kind::date ? to_date(number) : to_json(number), .inclusive = inclusive};
}

std::string to_date_math(const RelativeTime& time) {
    return time.count == 0 ? "now" : fmt::format("now{:+}{}", time.count, time.unit);
}

Limit limit_of(const std::optional<Bound>& bound, End side, const MappedField& field, Instant now) {
    if (!bound)
        return {};
    const auto& [literal, inclusive] = *bound;
    if (const auto* text = std::get_if<std::string>(&literal))
        return {.value = json::value(*text), .inclusive = inclusive};
    if (const auto* is_true = std::get_if<bool>(&literal))
        return {.value = json::value(*is_true ? "true" : "false"), .inclusive = inclusive};
    if (const auto* relative = std::get_if<RelativeTime>(&literal); relative != nullptr && field.kind == Kind::date)
        return {.value = json::value(to_date_math(*relative)), .inclusive = inclusive};
    return limit_of(to_milliseconds(literal, now), inclusive, side, field);
}

/// Both values of a Boolean, in the order of their names.
json::value boolean_query(const std::string& name, const Limit& lower, const Limit& upper) {
    json::array values;
    for (const std::string_view value : {"false", "true"}) {
        const auto is_within = [&](const Limit& limit, End side) {
            if (!limit.value)
                return true;
            const std::string_view text = limit.value->get_string();
            return (limit.inclusive && text == value) || (side == End::lower ? text < value : value < text);
        };
        if (is_within(lower, End::lower) && is_within(upper, End::upper))
            values.push_back(value == "true");
    }
    return {{"terms", {{name, std::move(values)}}}};
}

} // namespace

std::optional<json::value> range_query(const std::string& name, const MappedField& field, const ValueRange& range,
                                       Instant now) {
    const Limit lower = limit_of(range.lower, End::lower, field, now);
    const Limit upper = limit_of(range.upper, End::upper, field, now);
    if (lower.excludes_everything || upper.excludes_everything)
        return std::nullopt;
    if (!lower.value && !upper.value)
        return exists(name);
    if (field.kind == Kind::boolean)
        return boolean_query(name, lower, upper);
    json::object limits;
    if (lower.value)
        limits[lower.inclusive ? "gte" : "gt"] = *lower.value;
    if (upper.value)
        limits[upper.inclusive ? "lte" : "lt"] = *upper.value;
    if (field.kind == Kind::date)
        limits["format"] = "strict_date_optional_time";
    return json::value{{"range", {{name, std::move(limits)}}}};
}

} // namespace health::elasticsearch
