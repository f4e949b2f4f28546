#include <elasticsearch/rules/rule_query.hpp>

#include <base/printable.hpp>
#include <elasticsearch/api/query.hpp>
#include <elasticsearch/rules/range_query.hpp>
#include <model/rules/broken_values.hpp>
#include <store/remedy.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

using Kind = MappedField::Kind;

bool is_number(Kind kind) {
    return kind == Kind::whole || kind == Kind::fractional;
}

Error unusable(const std::string& field, std::string_view why, Hint hint) {
    return {ErrorKind::rejected, fmt::format("{} {}", printable(field, 60), why), std::move(hint)};
}

std::string_view name_of(ValueKind kind) {
    switch (kind) {
    case ValueKind::number:
        return "a number";
    case ValueKind::date:
        return "a date";
    case ValueKind::boolean:
        return "true or false";
    case ValueKind::text:
        break;
    }
    return "text";
}

bool fits(Kind field, ValueKind values) {
    switch (values) {
    case ValueKind::number:
    case ValueKind::date:
        return is_number(field) || field == Kind::date;
    case ValueKind::text:
    case ValueKind::boolean:
        break;
    }
    return field == Kind::keyword || field == Kind::boolean;
}

bool can_be_compared(Kind left, Kind right) {
    const auto is_on_a_scale = [](Kind kind) { return is_number(kind) || kind == Kind::date; };
    return left == right || (is_on_a_scale(left) && is_on_a_scale(right));
}

json::value any_of(json::array conditions) {
    if (conditions.size() == 1)
        return conditions.front();
    return {{"bool", {{"should", std::move(conditions)}, {"minimum_should_match", 1}}}};
}

json::value nothing() {
    return {{"match_none", json::object{}}};
}

json::value against_values(const ValueCondition& condition, const MappedField& field, Instant now) {
    const auto queries = [&](const std::vector<ValueRange>& ranges) {
        json::array out;
        for (const ValueRange& range : ranges)
            if (auto query = range_query(condition.field.name, field, range, now))
                out.push_back(*std::move(query));
        return out;
    };
    json::array alternatives;
    for (const BrokenValues& broken : broken_values(condition, now)) {
        json::array some = queries(broken.some);
        json::array none = queries(broken.none);
        if (some.empty())
            continue;
        json::object all{{"filter", json::array{any_of(std::move(some))}}};
        if (!none.empty())
            all["must_not"] = std::move(none);
        alternatives.emplace_back(json::object{{"bool", std::move(all)}});
    }
    return alternatives.empty() ? nothing() : any_of(std::move(alternatives));
}

json::value against_field(const FieldCondition& condition, const MappedField& left, const MappedField& right) {
    json::object script{{"lang", "painless"},
                        {"source", broken_script(condition, left.kind, right.kind)},
                        {"params", {{"left", condition.left.name}, {"right", condition.right.name}}}};
    // An index that does not map a field has no document with it, and must not be asked for its values.
    return all_of({exists(condition.left.name), exists(condition.right.name),
                   json::value{{"script", {{"script", std::move(script)}}}}});
}

} // namespace

Result<json::value> broken_query(const Rule& rule, const MappedFields& fields, const std::vector<std::string>& own,
                                 Instant now) {
    bool is_nowhere = false;
    for (const std::string& name : fields_of(rule)) {
        const MappedField& field = fields.at(name);
        const bool is_own = std::ranges::find(own, name) != own.end();
        if (field.kind == Kind::unusable)
            return unusable(name, field.why_not, "rules need numbers, dates, keywords or Booleans");
        if (field.kind == Kind::nowhere && !is_own)
            return unusable(name, "is not mapped", Remedy::check_rule_field);
        is_nowhere = is_nowhere || field.kind == Kind::nowhere;
    }
    if (is_nowhere)
        return nothing();
    if (const auto* values = std::get_if<ValueCondition>(&rule.condition)) {
        const MappedField& field = fields.at(values->field.name);
        if (!fits(field.kind, kind_of(*values)))
            return unusable(
                values->field.name,
                fmt::format("is of type {}, but is compared with {}", field.types, name_of(kind_of(*values))),
                field.kind == Kind::keyword ? "write text in quotation marks" : "");
        return against_values(*values, field, now);
    }
    const auto& condition = std::get<FieldCondition>(rule.condition);
    const MappedField& left = fields.at(condition.left.name);
    const MappedField& right = fields.at(condition.right.name);
    if (!can_be_compared(left.kind, right.kind))
        return unusable(
            condition.left.name,
            fmt::format("is {}, and {} is {}", left.types, printable(condition.right.name, 60), right.types), "");
    return against_field(condition, left, right);
}

} // namespace health::elasticsearch
