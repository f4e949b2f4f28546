#include <elasticsearch/api/mapping.hpp>

#include <base/json.hpp>
#include <base/text.hpp>
#include <model/names.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

json::object& child(json::object& parent, std::string_view key) {
    json::value& value = parent[key];
    if (!value.is_object())
        value = json::object{};
    return value.get_object();
}

const json::object* find_field(const json::object& mapping, std::string_view path) {
    const json::object* at = &mapping;
    for (const std::string_view name : split(path, '.')) {
        at = find_object(*at, {"properties", name});
        if (at == nullptr)
            return nullptr;
    }
    return at;
}

constexpr std::string_view only_kept = " that is not enabled";

std::string type_of(const json::object& field) {
    std::string type = find_text(field, {"type"});
    if (type.empty())
        type = "object";
    return find_bool(field, {"enabled"}).value_or(true) ? type : type.append(only_kept);
}

std::string type_of(const FieldMapping& field) {
    return field.enabled ? field.type : field.type + std::string(only_kept);
}

bool compatible(std::string_view wanted, std::string_view existing) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> wider{
        {{"integer", "long"}, {"integer", "unsigned_long"}, {"keyword", "wildcard"}, {"date", "date_nanos"}}};
    return wanted == existing || std::ranges::find(wider, std::pair(wanted, existing)) != wider.end();
}

} // namespace

json::object to_json(std::span<const FieldMapping> mapping) {
    json::object out;
    for (const FieldMapping& field : mapping) {
        json::object* at = &out;
        for (const std::string_view name : split(field.field, '.'))
            at = &child(child(*at, "properties"), name);
        (*at)["type"] = field.type;
        if (!field.enabled)
            (*at)["enabled"] = false;
    }
    return out;
}

bool is_closed(const json::value& index) {
    return index.is_object() && find_text(index.get_object(), {"settings", "index.verified_before_close"}) == "true";
}

MappingDifference compare_mapping(std::span<const FieldMapping> wanted, const json::object& existing) {
    MappingDifference out;
    for (const FieldMapping& field : wanted) {
        const json::object* found = find_field(existing, field.field);
        if (found == nullptr)
            out.lacking.push_back(field);
        else if (const std::string type = type_of(*found); out.conflict.empty() && !compatible(type_of(field), type))
            out.conflict = fmt::format("field {} is {}, not {}", field.field, type, type_of(field));
    }
    return out;
}

std::vector<std::string> unmapped_fields(const json::object& document, const json::object& mapping) {
    std::vector<std::string> out;
    const auto check = [&](std::string path) {
        if (find_field(mapping, path) == nullptr)
            out.push_back(std::move(path));
    };
    for (const auto& [name, value] : document) {
        const json::object* derived = name == key::derived ? value.if_object() : nullptr;
        if (derived == nullptr)
            check(name);
        else
            for (const auto& [field, count] : *derived)
                check(fmt::format("{}.{}", key::derived, std::string_view(field)));
    }
    return out;
}

} // namespace health::elasticsearch
