#include <elasticsearch/profile.hpp>

#include <base/json.hpp>
#include <base/printable.hpp>
#include <elasticsearch/api/answer.hpp>
#include <elasticsearch/api/field_caps.hpp>
#include <elasticsearch/api/multi_search.hpp>
#include <elasticsearch/api/query.hpp>
#include <elasticsearch/rules/mapped_field.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

/// Values that each shard contributes to the most common one: with fewer distinct values the answer is exact.
constexpr int values_of_a_shard = 1000;

/// None for a type whose values are not profiled.
std::optional<ValueType> value_type(std::string_view engine_type) {
    using enum MappedField::Kind;
    switch (kind_of_type(engine_type)) {
    case whole:
    case fractional:
        return ValueType::number;
    case date:
        return ValueType::date;
    case keyword:
        return ValueType::keyword;
    case boolean:
        return ValueType::boolean;
    case nowhere:
    case unusable:
        break;
    }
    return std::nullopt;
}

ProfiledField to_profiled_field(const json::object& caps, const std::string& name) {
    ProfiledField out{.name = name};
    const FieldCaps mapping = field_caps(caps, name);
    const auto unknown = [&](std::string why) {
        out.unknown = std::move(why);
        return out;
    };
    if (const std::string nested = nested_around(caps, name); !nested.empty()) {
        out.visible = false;
        return unknown(nested == name ? "it is a nested object"
                                      : fmt::format("it is in the nested object {}", printable(nested, 60)));
    }
    if (mapping.types.empty()) {
        const std::string around = flattened_around(caps, name);
        return unknown(around.empty() ? "it is not mapped"
                                      : fmt::format("it is part of the flattened field {}", printable(around, 60)));
    }
    out.visible = mapping.visible_to_exists;
    if (!mapping.mixture.empty())
        return unknown(fmt::format("it is mapped differently: {}", mapping.mixture));
    out.engine_type = *mapping.types.begin();
    const auto type = value_type(out.engine_type);
    if (!type) {
        const std::string exact = exact_subfield(caps, name);
        return unknown(
            fmt::format("its type is {}{}", mapping.as,
                        exact.empty() ? "" : fmt::format("; {} is keyword and can be profiled", printable(exact, 80))));
    }
    if (!mapping.aggregatable)
        return unknown("it has no doc_values");
    if (!mapping.searchable)
        return unknown("it is not indexed");
    out.type = type;
    return out;
}

std::string aggregation_name(std::size_t field) {
    return fmt::format("field_{}", field);
}

/// The document that is first in the order of the field; its sort value is exact.
json::value first_hit(const ProfiledField& field, std::string_view order) {
    // Where the field is mapped nowhere, the engine must not refuse to sort. A scaled_float has a parameter.
    const std::string unmapped = field.type == ValueType::keyword      ? "keyword"
                                 : field.engine_type == "scaled_float" ? "double"
                                                                       : field.engine_type;
    json::object sort{{"order", order}, {"unmapped_type", unmapped}};
    if (field.engine_type == "date_nanos")
        sort["numeric_type"] = "date"; // milliseconds, as in the keys of terms
    return {{"top_hits", {{"size", 1}, {"_source", false}, {"sort", json::array{json::object{{field.name, sort}}}}}}};
}

json::value within(const ProfiledField& field, json::object range) {
    range["format"] = "epoch_millis";
    return {{"filter", {{"range", {{field.name, std::move(range)}}}}}};
}

json::value with_value(const ProfiledField& field, const json::value& key) {
    if (field.type == ValueType::date)
        return within(field, {{"gte", key}, {"lte", key}});
    return {{"filter", {{"term", {{field.name, key}}}}}};
}

json::object aggregations(const ProfiledField& field, Timestamp now, const json::value& candidate) {
    json::object out{{"min", first_hit(field, "asc")},
                     {"max", first_hit(field, "desc")},
                     {"values",
                      {{"terms",
                        {{"field", field.name},
                         {"size", 2}, // the second tells whether the first is the most common one
                         {"shard_size", values_of_a_shard},
                         {"show_term_doc_count_error", true}}}}}};
    if (!candidate.is_null())
        out["candidate"] = with_value(field, candidate);
    if (field.type != ValueType::date)
        return out;
    out["in_1970"] = within(field, {{"gte", begin_of_1970}, {"lt", end_of_1970}});
    out["after_ten_years"] = within(field, {{"gt", ten_years_after(now)}});
    return out;
}

std::optional<ProfileValue> boolean(const json::value& value) {
    if (value == true || value == 1 || value == "true")
        return true;
    if (value == false || value == 0 || value == "false")
        return false;
    return std::nullopt;
}

std::optional<ProfileValue> whole_number(const json::value& value) {
    if (value.is_int64())
        return value.get_int64();
    return value.is_uint64() ? std::optional<ProfileValue>(value.get_uint64()) : std::nullopt;
}

std::optional<ProfileValue> number(const ProfiledField& field, const json::value& value) {
    if (kind_of_type(field.engine_type) == MappedField::Kind::whole)
        return whole_number(value);
    if (!value.is_number())
        return std::nullopt;
    const auto number = value.to_number<double>();
    // A float is widened in some places of an answer, and not in others.
    const bool narrow = field.engine_type == "float" || field.engine_type == "half_float";
    return narrow ? widened(static_cast<float>(number)) : number;
}

/// A value as it stands in an answer: as a sort value or as a key.
std::optional<ProfileValue> value_of(const ProfiledField& field, const json::value& value) {
    switch (*field.type) {
    case ValueType::date:
        return value.is_int64() ? std::optional<ProfileValue>(date_text(value.get_int64())) : std::nullopt;
    case ValueType::number:
        return number(field, value);
    case ValueType::boolean:
        return boolean(value);
    case ValueType::keyword:
        break;
    }
    return value.is_string() ? std::optional<ProfileValue>(std::string(value.get_string())) : std::nullopt;
}

/// The sort value of the first hit.
std::optional<ProfileValue> extreme(const ProfiledField& field, const json::object& aggregation,
                                    std::string_view name) {
    const json::array* hits = find_array(aggregation, {name, "hits", "hits"});
    const json::array* sort = hits != nullptr && hits->size() == 1 ? find_array(hits->front(), {"sort"}) : nullptr;
    return sort != nullptr && sort->size() == 1 ? value_of(field, sort->front()) : std::nullopt;
}

std::optional<MostCommon> most_common(const ProfiledField& field, const json::object& aggregation,
                                      const json::value& candidate) {
    const json::array* buckets = find_array(aggregation, {"values", "buckets"});
    const auto left_out = find_count(aggregation, {"values", "doc_count_error_upper_bound"});
    if (buckets == nullptr || buckets->empty() || !left_out)
        return std::nullopt;
    const json::value* key = find(buckets->front(), {"key"});
    auto documents = find_count(buckets->front(), {"doc_count"});
    auto error = find_count(buckets->front(), {"doc_count_error_upper_bound"});
    auto value = key == nullptr ? std::nullopt : value_of(field, *key);
    if (!value || !documents || !error)
        return std::nullopt;
    // The candidate was first in an earlier answer; another may be by now.
    if (const auto counted = find_count(aggregation, {"candidate", "doc_count"}); counted && *key == candidate) {
        documents = counted;
        error = 0;
    }
    // Whatever a shard has left out, no other value can have more documents than that and the second.
    std::uint64_t most_of_others = *left_out;
    if (buckets->size() > 1) {
        const auto second = find_count((*buckets)[1], {"doc_count"});
        if (!second)
            return std::nullopt;
        most_of_others += *second;
    }
    const bool exact = *left_out == 0 || (*error == 0 && *documents >= most_of_others);
    return MostCommon{.value = *std::move(value), .documents = *documents, .at_least = !exact};
}

/// None when the answer is malformed.
std::optional<FieldProfile> to_field_profile(const ProfiledField& field, const json::object& aggregation,
                                             const json::value& candidate) {
    FieldProfile out{.field = field.name, .type = field.type, .unknown = field.unknown};
    out.documents = find_count(aggregation, {"doc_count"});
    if (!out.documents)
        return std::nullopt;
    if (!field.type)
        return out;
    if (field.type == ValueType::date) {
        out.in_1970 = find_count(aggregation, {"in_1970", "doc_count"});
        out.after_ten_years = find_count(aggregation, {"after_ten_years", "doc_count"});
        if (!out.in_1970 || !out.after_ten_years)
            return std::nullopt;
    }
    if (*out.documents == 0)
        return out;
    out.min = extreme(field, aggregation, "min");
    out.max = extreme(field, aggregation, "max");
    out.most_common = most_common(field, aggregation, candidate);
    if (!out.min || !out.max || !out.most_common) {
        // Some engines round these to floating point, and such a number may be another one.
        if (field.engine_type != "unsigned_long")
            return std::nullopt;
        out.unknown = "the engine rounds its values";
    }
    if (out.most_common && out.most_common->documents > *out.documents)
        return std::nullopt;
    if (out.most_common && out.most_common->at_least)
        out.unknown = "it has so many values that the share of the most common one is a lower bound";
    return out;
}

const json::value& candidate_of(const Candidates& candidates, std::size_t field) {
    static const json::value none;
    return field < candidates.size() ? candidates[field] : none;
}

/// The key of a value that is worth counting by itself.
json::value doubtful_key(const ProfiledField& field, const FieldProfile& profile, const json::object& aggregation) {
    const json::array* buckets = find_array(aggregation, {"values", "buckets"});
    const bool doubtful = profile.most_common && profile.most_common->at_least && buckets != nullptr;
    // A key of nanoseconds is rounded to milliseconds.
    return doubtful && field.engine_type != "date_nanos" ? *find(buckets->front(), {"key"}) : json::value(nullptr);
}

} // namespace

Result<std::vector<ProfiledField>> to_profiled_fields(const std::string& action, const Backfill& backfill,
                                                      const remote::Answer& answer) {
    const auto caps = complete_caps(action, answer);
    if (!caps)
        return caps.error();
    std::vector<ProfiledField> out;
    for (const std::string& field : own_fields(backfill))
        out.push_back(to_profiled_field(*caps, field));
    return out;
}

Result<http::Request> profile_request(const Backfill& backfill, const std::vector<ProfiledField>& fields, Timestamp now,
                                      const Candidates& candidates) {
    json::object asked;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        json::object aggregation{{"filter", exists(fields[i].name)}};
        if (fields[i].type)
            aggregation["aggs"] = aggregations(fields[i], now, candidate_of(candidates, i));
        if (fields[i].visible)
            asked[aggregation_name(i)] = std::move(aggregation);
    }
    json::object body{{"size", 0}, {"track_total_hits", false}, {"query", present_query(backfill)}};
    if (!asked.empty())
        body["aggs"] = std::move(asked);
    return search(backfill.index, std::move(body));
}

Result<ProfileAnswer> to_profile(const std::string& action, const std::vector<ProfiledField>& fields,
                                 const remote::Answer& answer, const Candidates& candidates) {
    const auto body = complete_search(action, answer);
    if (!body)
        return body.error();
    ProfileAnswer out;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        out.doubtful.emplace_back(nullptr);
        if (!fields[i].visible) {
            out.profile.push_back({.field = fields[i].name, .unknown = fields[i].unknown});
            continue;
        }
        const json::object* aggregation = find_object(*body, {"aggregations", aggregation_name(i)});
        auto profile = aggregation == nullptr ? std::nullopt
                                              : to_field_profile(fields[i], *aggregation, candidate_of(candidates, i));
        if (!profile)
            return bad_response(action, answer,
                                fmt::format("the answer has no valid values of {}", printable(fields[i].name, 80)));
        out.doubtful.back() = doubtful_key(fields[i], *profile, *aggregation);
        out.profile.push_back(*std::move(profile));
    }
    return out;
}

} // namespace health::elasticsearch
