#include <report/profile_parts.hpp>

#include <base/json.hpp>
#include <base/numbers.hpp>
#include <base/printable.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace health::profile_parts {

namespace json = boost::json;

namespace {

constexpr std::size_t longest_value = 40;

std::string share_of(const FieldProfile& field) {
    const auto& [value, documents, at_least] = *field.most_common;
    return (at_least ? ">= " : "") + percent(share(documents, *field.documents));
}

bool has_dates(const Profile& profile) {
    return std::ranges::any_of(profile, [](const FieldProfile& field) { return field.in_1970.has_value(); });
}

std::vector<std::string> row(std::string name, const FieldProfile& field, bool with_dates) {
    const bool nothing_there = field.documents == std::uint64_t{0};
    // What is unknown differs from what does not exist.
    const std::string absent = nothing_there || field.unknown.empty() ? "-" : "n/a";
    const auto text = [&](const std::optional<std::string>& value) {
        return value ? printable(*value, longest_value) : absent;
    };
    const auto number = [&](const std::optional<std::uint64_t>& value) {
        return value ? fmt::to_string(*value) : field.type ? std::string("-") : absent;
    };
    std::vector<std::string> out{std::move(name), field.type ? std::string(to_string(*field.type)) : absent,
                                 number(field.documents), text(field.min), text(field.max)};
    out.push_back(field.most_common ? printable(field.most_common->value, longest_value) : absent);
    out.push_back(field.most_common && field.documents ? share_of(field) : absent);
    if (with_dates) {
        out.push_back(number(field.in_1970));
        out.push_back(number(field.after_ten_years));
    }
    return out;
}

json::value to_json(const std::optional<ValueType>& type, const std::string& text) {
    if (type == ValueType::boolean)
        return text == "true";
    boost::system::error_code failure;
    if (type == ValueType::number)
        if (const json::value number = json::parse(text, failure); !failure)
            return number;
    return json::string(text);
}

json::object field_member(const FieldProfile& field) {
    const auto value = [&](const std::optional<std::string>& text) {
        return text ? to_json(field.type, *text) : json::value(nullptr);
    };
    json::object out{{"type", field.type ? json::value(to_string(*field.type)) : nullptr},
                     {"documents", field.documents ? json::value(*field.documents) : nullptr},
                     {"min", value(field.min)},
                     {"max", value(field.max)},
                     {"most_common", nullptr}};
    if (const auto& common = field.most_common) {
        json::object member{{"value", value(common->value)}, {"documents", common->documents}};
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

std::optional<std::string> text_in(const json::object& object, std::string_view key) {
    const json::value* value = object.if_contains(key);
    if (value == nullptr || value->is_null() || value->is_structured())
        return std::nullopt;
    if (value->is_string())
        return std::string(value->get_string());
    return value->is_double() ? number_text(value->get_double()) : json::serialize(*value);
}

std::optional<FieldProfile> field_in(std::string field, const json::object& member) {
    FieldProfile out{.field = std::move(field),
                     .type = parse_value_type(find_text(member, {"type"})),
                     .documents = find_count(member, {"documents"}),
                     .min = text_in(member, "min"),
                     .max = text_in(member, "max"),
                     .in_1970 = find_count(member, {"in_1970"}),
                     .after_ten_years = find_count(member, {"after_ten_years"}),
                     .unknown = find_text(member, {"unknown"})};
    if (const json::object* common = find_object(member, {"most_common"})) {
        auto value = text_in(*common, "value");
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
