#include <report/profile_parts.hpp>

#include <base/json.hpp>
#include <base/numbers.hpp>
#include <base/printable.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <variant>

namespace health::profile_parts {

namespace json = boost::json;

namespace {

constexpr std::size_t longest_value = 40;

std::string share_of(const FieldProfile& field) {
    const auto& [value, documents, at_least] = *field.most_common;
    const auto part = share(documents, *field.documents);
    if (!at_least || !part)
        return percent(part);
    constexpr double steps = 1000; // tenths of a percent; rounded up, it would not be a lower bound
    const double bound = std::floor(*part * steps) / steps;
    return bound > 0 ? ">= " + percent(bound) : "> 0 %";
}

bool has_dates(const Profile& profile) {
    return std::ranges::any_of(profile, [](const FieldProfile& field) { return field.in_1970.has_value(); });
}

std::vector<std::string> row(std::string name, const FieldProfile& field, bool with_dates) {
    const bool nothing_there = field.documents == std::uint64_t{0};
    // What is unknown differs from what does not exist.
    const std::string absent = nothing_there || field.unknown.empty() ? "-" : "n/a";
    const auto text = [&](const std::optional<ProfileValue>& value) {
        return value ? printable(to_string(*value), longest_value) : absent;
    };
    const auto number = [&](const std::optional<std::uint64_t>& value) {
        return value ? fmt::to_string(*value) : field.type ? std::string("-") : absent;
    };
    std::vector<std::string> out{std::move(name), field.type ? std::string(to_string(*field.type)) : absent,
                                 number(field.documents), text(field.min), text(field.max)};
    out.push_back(field.most_common ? printable(to_string(field.most_common->value), longest_value) : absent);
    out.push_back(field.most_common && field.documents ? share_of(field) : absent);
    if (with_dates) {
        out.push_back(number(field.in_1970));
        out.push_back(number(field.after_ten_years));
    }
    return out;
}

/// A whole number of 64 bits has neither fraction nor exponent, whatever its type.
json::value to_json(const ProfileValue& value) {
    const auto as_it_is = [](const auto& one) { return json::value(one); };
    const double* number = std::get_if<double>(&value);
    return number != nullptr ? std::visit(as_it_is, narrowed(*number)) : std::visit(as_it_is, value);
}

json::object field_member(const FieldProfile& field) {
    const auto value = [](const std::optional<ProfileValue>& one) {
        return one ? to_json(*one) : json::value(nullptr);
    };
    json::object out{{"type", field.type ? json::value(to_string(*field.type)) : nullptr},
                     {"documents", field.documents ? json::value(*field.documents) : nullptr},
                     {"min", value(field.min)},
                     {"max", value(field.max)},
                     {"most_common", nullptr}};
    if (const auto& common = field.most_common) {
        json::object member{{"value", to_json(common->value)}, {"documents", common->documents}};
        if (common->at_least)
            member["at_least"] = true;
        out["most_common"] = std::move(member);
    }
    if (field.in_1970)
        out["in_1970"] = *field.in_1970;
    if (field.after_ten_years)
        out["after_ten_years"] = *field.after_ten_years;
    if (!field.unknown.empty())
        out["unknown"] = field.unknown;
    return out;
}

std::optional<ProfileValue> value_in(const json::object& object, std::string_view key) {
    const json::value* value = find(object, {key});
    if (value == nullptr)
        return std::nullopt;
    switch (value->kind()) {
    case json::kind::bool_:
        return value->get_bool();
    case json::kind::int64:
        return value->get_int64();
    case json::kind::uint64:
        return value->get_uint64();
    case json::kind::double_:
        return value->get_double();
    case json::kind::string:
        return std::string(value->get_string());
    default:
        return std::nullopt;
    }
}

std::optional<FieldProfile> field_in(std::string field, const json::object& member) {
    FieldProfile out{.field = std::move(field),
                     .type = parse_value_type(find_text(member, {"type"})),
                     .documents = find_count(member, {"documents"}),
                     .min = value_in(member, "min"),
                     .max = value_in(member, "max"),
                     .in_1970 = find_count(member, {"in_1970"}),
                     .after_ten_years = find_count(member, {"after_ten_years"}),
                     .unknown = find_text(member, {"unknown"})};
    if (const json::object* common = find_object(member, {"most_common"})) {
        auto value = value_in(*common, "value");
        const auto documents = find_count(*common, {"documents"});
        if (!value || !documents || !out.documents || *documents > *out.documents || *documents == 0)
            return std::nullopt;
        out.most_common = {.value = *std::move(value),
                           .documents = *documents,
                           .at_least = find_bool(*common, {"at_least"}).value_or(false)};
    }
    return out;
}

} // namespace

std::string profile_title(const Backfill& backfill) {
    return fmt::format("Values in {} with {}", backfill.name, backfill.field_label);
}

Table profile_table(const Profile& profile, const std::optional<Profile>& before) {
    const bool with_dates = has_dates(profile) || (before && has_dates(*before));
    std::vector<std::string> header{"", "type", "documents", "min", "max", "most common", "share"};
    if (with_dates)
        header.insert(header.end(), {"in 1970", "> 10 years"});
    Table out(std::move(header));
    for (const FieldProfile& field : profile) {
        out.add(row(printable(field.field), field, with_dates));
        if (!before)
            continue;
        const auto earlier = std::ranges::find(*before, field.field, &FieldProfile::field);
        if (earlier != before->end())
            out.add(row("  before", *earlier, with_dates));
    }
    return out;
}

json::object profile_member(const Profile& profile) {
    json::object out;
    for (const FieldProfile& field : profile)
        out[field.field] = field_member(field);
    return out;
}

std::optional<Profile> profile_in(const json::object& report) {
    const json::object* member = find_object(report, {"profile"});
    if (member == nullptr)
        return std::nullopt;
    Profile out;
    for (const auto& [field, value] : *member)
        if (const json::object* object = value.if_object())
            if (auto read = field_in(std::string(field), *object))
                out.push_back(*std::move(read));
    return out;
}

} // namespace health::profile_parts
