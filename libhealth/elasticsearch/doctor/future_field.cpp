#include <elasticsearch/doctor/future_field.hpp>

#include <base/json.hpp>
#include <base/text.hpp>
#include <elasticsearch/api/field_caps.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

using Treatment = FutureField::Treatment;
using Types = std::set<std::string, std::less<>>;

FutureField unmapped(std::string why, bool is_refused = false) {
    return {.treatment = Treatment::unmapped, .types = {}, .why = std::move(why), .is_refused = is_refused};
}

/// "true", "false", "strict", "runtime", ...; a boolean or a text in JSON. A legacy template keeps the case in which it
/// was written.
std::string dynamic_of(const json::object& node, const std::string& inherited) {
    if (const auto flag = find_bool(node, {"dynamic"}))
        return *flag ? "true" : "false";
    std::string text = find_text(node, {"dynamic"});
    for (char& c : text)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return text.empty() ? inherited : text;
}

bool takes_no_fields(const std::string& dynamic) {
    return dynamic == "false" || dynamic == "strict";
}

FutureField unmapped_with(const std::string& dynamic) {
    return unmapped(fmt::format("with dynamic: {}", dynamic), dynamic.starts_with("strict"));
}

std::string type_of(const json::object& node) {
    const std::string type = find_text(node, {"type"});
    return type.empty() ? "object" : type;
}

/// As an object: its fields have names of their own. Elasticsearch calls one of them passthrough.
bool has_fields(const std::string& type) {
    return type == "object" || type == "nested" || type == "passthrough";
}

// Dynamic mapping.
// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/dynamic-field-mapping.html

/// The kinds of JSON values, as match_mapping_type calls them, and the types that they get.
std::map<std::string, std::string, std::less<>> default_types(const json::object& mappings, bool runtime) {
    std::map<std::string, std::string, std::less<>> out{{"string", runtime ? "keyword" : "text"},
                                                        {"long", "long"},
                                                        {"double", runtime ? "double" : "float"},
                                                        {"boolean", "boolean"},
                                                        {"object", "object"}};
    if (find_bool(mappings, {"date_detection"}).value_or(true))
        out["date"] = "date";
    return out;
}

/// A text, or one of several.
std::vector<std::string_view> patterns_in(const json::object& rule, std::string_view key) {
    std::vector<std::string_view> out;
    const json::value* value = find(rule, {key});
    if (value != nullptr && value->is_string())
        out.emplace_back(value->get_string());
    if (const json::array* values = value == nullptr ? nullptr : value->if_array())
        for (const json::value& each : *values)
            if (each.is_string())
                out.emplace_back(each.get_string());
    return out;
}

/// How a dynamic template applies to a name.
enum class Match { no, perhaps, yes };

Match match_of(const json::object& rule, std::string_view path) {
    const auto dot = path.rfind('.');
    const std::string_view name = dot == std::string_view::npos ? path : path.substr(dot + 1);
    const bool by_regex = find_text(rule, {"match_pattern"}) == "regex";
    bool perhaps = false;
    using Condition = std::tuple<std::string_view, std::string_view, bool>;
    for (const auto& [key, what, wanted] :
         std::array{Condition{"match", name, true}, Condition{"unmatch", name, false},
                    Condition{"path_match", path, true}, Condition{"path_unmatch", path, false}}) {
        const auto patterns = patterns_in(rule, key);
        if (patterns.empty())
            continue;
        if (by_regex) {
            perhaps = true;
            continue;
        }
        if (std::ranges::any_of(patterns, [&](std::string_view pattern) { return glob(pattern, what); }) != wanted)
            return Match::no;
    }
    return perhaps ? Match::perhaps : Match::yes;
}

/// The types that the first document with the field may give it. `only_templates`: without one, it is not mapped.
Types dynamic_types(const json::object& mappings, std::string_view path, const std::string& dynamic) {
    const bool only_templates = dynamic == "strict_allow_templates" || dynamic == "false_allow_templates";
    Types out;
    auto left = default_types(mappings, dynamic == "runtime");
    const json::array* rules = find_array(mappings, {"dynamic_templates"});
    for (const json::value& named : rules == nullptr ? json::array{} : *rules) {
        const json::object* entry = named.if_object();
        const json::object* rule = entry == nullptr || entry->empty() ? nullptr : entry->begin()->value().if_object();
        const Match applied = rule == nullptr ? Match::no : match_of(*rule, path);
        if (applied == Match::no)
            continue;
        std::string type = find_text(*rule, {"mapping", "type"});
        if (type.empty())
            type = find_text(*rule, {"runtime", "type"});
        const bool given = !type.empty() && !type.starts_with('{'); // {dynamic_type} is the value's own
        const auto kinds = patterns_in(*rule, "match_mapping_type");
        const bool any = kinds.empty() || std::ranges::find(kinds, "*") != kinds.end();
        std::erase_if(left, [&](const auto& kind) {
            if (!any && std::ranges::find(kinds, std::string_view(kind.first)) == kinds.end())
                return false;
            out.insert(given ? type : kind.second);
            return applied == Match::yes;
        });
    }
    if (!only_templates)
        for (const auto& [kind, type] : left)
            out.insert(type);
    return out;
}

class FieldResolver {
public:
    FieldResolver(const json::object& mappings, std::string_view field, bool parent_has_values)
        : mappings_(mappings), field_(field), parent_has_values_(parent_has_values) {}

    FutureField run() {
        if (const json::object* runtime = find_object(mappings_, {"runtime", field_}))
            return {.treatment = Treatment::mapped, .types = {type_of(*runtime)}};
        return into(mappings_, field_, "true");
    }

private:
    FutureField mapped(const json::object& node, const std::string& inherited) {
        std::string type = type_of(node);
        // A field may be another name for one; an alias of an alias is refused by the engine.
        if (type == "alias" && !aliased_) {
            const std::string path = find_text(node, {"path"});
            FieldResolver target(mappings_, path, false);
            target.aliased_ = true;
            return target.run();
        }
        if (has_fields(type)) {
            if (!enter(type, node))
                return unmapped("with enabled: false");
            const std::string dynamic = dynamic_of(node, inherited);
            if (find_object(node, {"properties"}) == nullptr && takes_no_fields(dynamic))
                return unmapped_with(dynamic);
        }
        const bool without_index = !find_bool(node, {"index"}).value_or(true);
        const bool without_values = !find_bool(node, {"doc_values"}).value_or(family(type) != "text");
        return {.treatment = Treatment::mapped,
                .types = {type},
                .is_unseen = without_index && without_values,
                .is_nested = nested_,
                .is_hidden = hidden_};
    }

    /// Into an object; false when the engine does not look into it.
    bool enter(const std::string& type, const json::object& node) {
        if (type == "nested") {
            nested_ = true;
            if (find_bool(node, {"include_in_root"}).value_or(false))
                hidden_ = false;
            else if (!find_bool(node, {"include_in_parent"}).value_or(false))
                hidden_ = true;
        }
        return find_bool(node, {"enabled"}).value_or(true);
    }

    /// The field, or what is around it, in the properties of an object. A dot is part of a name or leads into an
    /// object.
    FutureField into(const json::object& node, std::string_view rest, const std::string& inherited) {
        const std::string dynamic = dynamic_of(node, inherited);
        const json::object* properties = find_object(node, {"properties"});
        for (auto dot = rest.find('.');; dot = rest.find('.', dot + 1)) {
            const std::string_view name = rest.substr(0, dot);
            const json::object* child = properties == nullptr ? nullptr : find_object(*properties, {name});
            if (child != nullptr && dot == std::string_view::npos)
                return mapped(*child, dynamic);
            if (child != nullptr)
                return below(*child, rest.substr(dot + 1), dynamic);
            if (dot == std::string_view::npos)
                break;
        }
        return absent(dynamic);
    }

    FutureField below(const json::object& child, std::string_view rest, const std::string& dynamic) {
        const std::string type = type_of(child);
        if (family(type) == "flattened")
            return {.treatment = Treatment::mapped, .types = {"flattened"}};
        if (const json::object* part = find_object(child, {"fields", rest}))
            return mapped(*part, dynamic);
        if (!has_fields(type))
            return parent_has_values_ ? unmapped("without that subfield")
                                      : unmapped(fmt::format("the parent field is {}", type), true);
        if (!enter(type, child))
            return unmapped("with enabled: false");
        return into(child, rest, dynamic);
    }

    [[nodiscard]] FutureField absent(const std::string& dynamic) const {
        if (takes_no_fields(dynamic))
            return unmapped_with(dynamic);
        if (parent_has_values_) {
            // The subfield is made with its text field, and only under the engine's own name for it.
            const std::string_view parent = field_.substr(0, field_.rfind('.'));
            const Types around = dynamic_types(mappings_, parent, dynamic);
            const bool made = field_.ends_with(".keyword") && around.contains("text") && dynamic != "runtime";
            return made ? FutureField{.treatment = Treatment::mapped_dynamically, .types = {"keyword"}}
                        : unmapped("without that subfield");
        }
        Types types = dynamic_types(mappings_, field_, dynamic);
        return types.empty() ? unmapped_with(dynamic)
                             : FutureField{.treatment = Treatment::mapped_dynamically,
                                           .types = std::move(types),
                                           .is_nested = nested_,
                                           .is_hidden = hidden_};
    }

    const json::object& mappings_;
    std::string_view field_;
    bool parent_has_values_;
    bool nested_ = false;
    bool hidden_ = false;
    bool aliased_ = false;
};

} // namespace

std::string_view effect_on_documents(const FutureField& unmapped) {
    return unmapped.is_refused ? "documents with it are refused" : "its documents count as missing it";
}

FutureField future_field(const json::object& mappings, std::string_view field, bool parent_has_values) {
    return FieldResolver(mappings, field, parent_has_values).run();
}

} // namespace health::elasticsearch
