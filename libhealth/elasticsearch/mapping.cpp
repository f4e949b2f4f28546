#include <elasticsearch/mapping.hpp>

#include <base/text.hpp>

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
        const json::value* properties = at->if_contains("properties");
        if (properties == nullptr || !properties->is_object())
            return nullptr;
        const json::value* field = properties->get_object().if_contains(name);
        if (field == nullptr || !field->is_object())
            return nullptr;
        at = &field->get_object();
    }
    return at;
}

std::string type_of(const json::object& field) {
    const json::value* type = field.if_contains("type");
    return type != nullptr && type->is_string() ? std::string(type->get_string()) : "object";
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
    }
    return out;
}

MappingDifference compare_mapping(std::span<const FieldMapping> wanted, const json::object& existing) {
    MappingDifference out;
    for (const FieldMapping& field : wanted) {
        const json::object* found = find_field(existing, field.field);
        if (found == nullptr)
            out.lacking.push_back(field);
        else if (const std::string type = type_of(*found); out.conflict.empty() && !compatible(field.type, type))
            out.conflict = fmt::format("field {} is {}, not {}", field.field, type, field.type);
    }
    return out;
}

} // namespace health::elasticsearch
