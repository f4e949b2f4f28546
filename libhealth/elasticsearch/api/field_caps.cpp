#include <elasticsearch/api/field_caps.hpp>

#include <base/encoding.hpp>
#include <base/json.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <elasticsearch/api/answer.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

/// The outermost on the way to the field that is of this type; empty when there is none.
std::string around(const json::object& caps, const std::string& field, std::string_view type) {
    const auto path = path_to(field);
    const auto found = std::ranges::find_if(
        path, [&](const std::string& each) { return find(caps, {"fields", each, type}) != nullptr; });
    return found == path.end() ? std::string() : *found;
}

std::vector<std::string> indices_in(const json::object& details) {
    std::vector<std::string> out;
    if (const json::array* indices = find_array(details, {"indices"}))
        for (const json::value& index : *indices)
            if (index.is_string())
                out.push_back(printable(std::string_view(index.get_string()), 60));
    return out;
}

} // namespace

FieldCaps field_caps(const json::object& caps, std::string_view field) {
    FieldCaps out;
    const json::object* by_type = find_object(caps, {"fields", field});
    if (by_type == nullptr)
        return out;
    for (const auto& [type, value] : *by_type) {
        if (!value.is_object())
            continue;
        const json::object& details = value.get_object();
        const auto indices = indices_in(details);
        if (type == "unmapped") {
            out.not_in = indices;
            continue;
        }
        out.types.emplace(type);
        out.mixture += fmt::format("{}{} in {}", out.mixture.empty() ? "" : ", ", printable(std::string_view(type), 40),
                                   indices.empty() ? "some indices" : join_first(indices, 1));
        const bool searchable = find_bool(details, {"searchable"}).value_or(false);
        const bool aggregatable = find_bool(details, {"aggregatable"}).value_or(false);
        out.searchable = out.searchable && searchable;
        out.aggregatable = out.aggregatable && aggregatable;
        // An exists query on an object looks at its fields. Nested ones are handled by nested_around().
        out.visible_to_exists = out.visible_to_exists && (type == "object" || searchable || aggregatable);
    }
    if (out.types.size() < 2)
        out.mixture.clear();
    out.as = printable(join(out.types, " and "), 80);
    return out;
}

std::vector<std::string> path_to(const std::string& field) {
    std::vector<std::string> out;
    for (auto dot = field.find('.'); dot != std::string::npos; dot = field.find('.', dot + 1))
        out.push_back(field.substr(0, dot));
    out.push_back(field);
    return out;
}

std::string nested_around(const json::object& caps, const std::string& field) {
    return around(caps, field, "nested");
}

std::string flattened_around(const json::object& caps, const std::string& field) {
    const std::string flattened = around(caps, field, "flattened");
    return flattened.empty() ? around(caps, field, "flat_object") : flattened; // as OpenSearch calls it
}

std::string_view family(std::string_view type) {
    constexpr std::array families{std::pair{"constant_keyword", "keyword"}, std::pair{"counted_keyword", "keyword"},
                                  std::pair{"wildcard", "keyword"},         std::pair{"match_only_text", "text"},
                                  std::pair{"annotated_text", "text"},      std::pair{"pattern_text", "text"},
                                  std::pair{"semantic_text", "text"},       std::pair{"flat_object", "flattened"},
                                  std::pair{"passthrough", "object"}};
    for (const auto& [member, name] : families)
        if (type == member)
            return name;
    return type;
}

bool has_values(const std::string& type) {
    return family(type) != "object" && type != "nested" && family(type) != "flattened";
}

std::string whole_field(const json::object& caps, const std::string& field) {
    for (const std::string& each : path_to(field))
        if (std::ranges::any_of(field_caps(caps, each).types, has_values))
            return each;
    return field;
}

std::string exact_subfield(const json::object& caps, const std::string& field) {
    const json::object* fields = find_object(caps, {"fields"});
    if (fields == nullptr)
        return {};
    for (const auto& [name, types] : *fields)
        if (std::string_view(name).starts_with(field + ".") &&
            find_bool(*fields, {name, "keyword", "searchable"}).value_or(false))
            return name;
    return {};
}

std::string caps_names(const std::string& field) {
    std::string out;
    // An engine leaves out the objects around a field that is not mapped, unless they are asked for.
    for (const std::string& each : path_to(field))
        out += percent_encode(each) + ",";
    // The answer has an object only if it has one of its fields.
    return out + percent_encode(field) + ".*";
}

std::string field_caps_target(const std::string& index_path, const Backfill& backfill) {
    std::vector<std::string> names;
    for (const Term& term : backfill.population)
        names.push_back(caps_names(term.field));
    for (const std::string& field : own_fields(backfill))
        names.push_back(caps_names(field));
    if (backfill.arrival)
        names.push_back(caps_names(*backfill.arrival));
    return fmt::format("/{}/_field_caps?fields={}&include_unmapped=true&allow_no_indices=false", index_path,
                       join(names, ","));
}

Result<json::object> complete_caps(const std::string& action, const remote::Answer& answer) {
    auto caps = json_answer(action, answer);
    if (!caps)
        return caps;
    if (find_object(*caps, {"fields"}) == nullptr)
        return bad_response(action, answer, "the answer has no valid fields");
    // Since Elasticsearch 7.13; before, what failed is left out, and the search that follows fails as well.
    if (const json::array* failures = find_array(*caps, {"failures"}); failures != nullptr && !failures->empty())
        return partial(action, answer, "some indices did not show their mapping");
    return caps;
}

} // namespace health::elasticsearch
