#include <kibana/dashboards.hpp>

#include <base/json.hpp>
#include <base/json_text.hpp>
#include <base/text.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <vector>

namespace health {

namespace json = boost::json;

namespace embedded {
extern const std::string_view dashboard_ndjson;
extern const std::string_view backfills_dashboard_ndjson;
} // namespace embedded

namespace {

constexpr std::string_view derived_field = "DERIVED_FIELD"; ///< in names, once for each
constexpr std::string_view thresholds = "THRESHOLDS";       ///< rows of a table in Markdown

using Objects = std::vector<json::value>; ///< saved objects

Objects objects_in(std::string_view file) {
    Objects out;
    for (const std::string_view line : split(file, '\n'))
        if (!line.empty())
            out.push_back(json::parse(line));
    return out;
}

std::string replace_all(std::string_view text, std::string_view old, std::string_view now) {
    std::string out;
    for (auto at = text.find(old); at != std::string_view::npos; at = text.find(old)) {
        out += text.substr(0, at);
        out += now;
        text.remove_prefix(at + old.size());
    }
    out += text;
    return out;
}

/// The value with what `edit` makes of each text in it, keys too.
template <class Edit>
json::value edited(const json::value& value, const Edit& edit) {
    if (const json::string* text = value.if_string())
        return json::string(edit(*text));
    if (const json::array* list = value.if_array()) {
        json::array out;
        for (const json::value& element : *list)
            out.push_back(edited(element, edit));
        return out;
    }
    if (const json::object* object = value.if_object()) {
        json::object out;
        for (const auto& [key, member] : *object)
            out[edit(key)] = edited(member, edit);
        return out;
    }
    return value;
}

/// The health index and its monthly ones (NAME-2025-10), but not others whose names begin with it (NAME_staging).
/// Existing patterns stay as they are.
std::string with_monthly(std::string_view health_index) {
    std::string out;
    for (const std::string_view name : split(health_index, ',')) {
        out += out.empty() ? "" : ",";
        out += name;
        if (name.find('*') == std::string_view::npos)
            out += fmt::format(",{}-*", name);
    }
    return out;
}

/// As text, so that the file is printed as it is in the repository: Boost.JSON would write 0.95 as 9.5E-1. The name
/// occurs in ids, titles and the pattern of the data view, but never in JSON within the file's JSON, which would need
/// escaping twice.
std::string of_health_index(std::string_view file, std::string_view health_index) {
    constexpr std::string_view placeholder = "backfill_health_v1";
    const std::string name = json_escaped(health_index);
    const std::string pattern = json_escaped(with_monthly(health_index));
    std::string out;
    for (auto at = file.find(placeholder); at != std::string_view::npos; at = file.find(placeholder)) {
        out += file.substr(0, at);
        file.remove_prefix(at + placeholder.size());
        const bool is_pattern = file.starts_with('*');
        out += is_pattern ? pattern : name;
        file.remove_prefix(is_pattern ? 1 : 0);
    }
    out += file;
    return out;
}

bool names_derived_field(std::string_view text) {
    return text.find(derived_field) != std::string_view::npos;
}

/// Whether an element of a list contains the placeholder.
bool is_of_derived_field(const json::value& element) {
    const auto is_name = [](const json::value& value) {
        return value.is_string() && names_derived_field(std::string_view(value.get_string()));
    };
    const json::object* object = element.if_object();
    return is_name(element) || (object != nullptr && std::ranges::any_of(*object, [&](const auto& member) {
                                    return is_name(member.value());
                                }));
}

json::value of_derived_field(const json::value& value, const std::string& name) {
    return edited(value, [&](std::string_view text) { return replace_all(text, derived_field, name); });
}

/// Repeats whatever contains the placeholder for each derived field: members by their keys, elements by themselves.
json::value for_each_derived_field(const json::value& value, const std::vector<std::string>& names) {
    if (const json::array* list = value.if_array()) {
        json::array out;
        for (const json::value& element : *list)
            if (is_of_derived_field(element))
                for (const std::string& name : names)
                    out.push_back(of_derived_field(element, name));
            else
                out.push_back(for_each_derived_field(element, names));
        return out;
    }
    if (const json::object* object = value.if_object()) {
        json::object out;
        for (const auto& [key, member] : *object)
            if (names_derived_field(std::string_view(key)))
                for (const std::string& name : names)
                    out[replace_all(key, derived_field, name)] = of_derived_field(member, name);
            else
                out[key] = for_each_derived_field(member, names);
        return out;
    }
    return value;
}

/// Whether any text in it, keys too, contains the placeholder.
bool has_derived_field(const json::value& value) {
    if (const json::string* text = value.if_string())
        return names_derived_field(*text);
    if (const json::array* list = value.if_array())
        return std::ranges::any_of(*list, has_derived_field);
    const json::object* object = value.if_object();
    return object != nullptr && std::ranges::any_of(*object, [](const auto& member) {
               return names_derived_field(member.key()) || has_derived_field(member.value());
           });
}

/// Takes the references to these objects away. Returns the panels that they belonged to.
std::set<std::string> remove_references(json::object& dashboard, const std::set<std::string>& ids) {
    std::set<std::string> removed;
    json::array references;
    for (const json::value& reference : dashboard.at("references").as_array())
        if (ids.contains(find_text(reference, {"id"})))
            removed.insert(find_text(reference, {"name"}));
        else
            references.push_back(reference);
    dashboard["references"] = std::move(references);
    return removed;
}

/// Rows of a table in Markdown.
std::string threshold_rows(const std::vector<const Backfill*>& backfills) {
    std::string out;
    for (const Backfill* backfill : backfills) {
        const auto& [max_missing, min_coverage] = backfill->thresholds;
        out += fmt::format("{}| {} | {} | {} |", out.empty() ? "" : "\n", replace_all(backfill->name, "|", "\\|"),
                           max_missing ? fmt::to_string(*max_missing) : "not set",
                           min_coverage ? fmt::format("{:g} %", *min_coverage * 100) : "not set");
    }
    return out;
}

/// Without the panels of these objects, and with the thresholds of these backfills. Kibana keeps the panels of a
/// dashboard as a text that is JSON.
void edit_panels(json::object& dashboard, const std::set<std::string>& left_out,
                 const std::vector<const Backfill*>& backfills) {
    const auto removed = remove_references(dashboard, left_out);
    const auto edit = [rows = threshold_rows(backfills)](std::string_view text) {
        return replace_all(text, thresholds, rows);
    };
    json::value& text = dashboard.at("attributes").at("panelsJSON");
    const json::value shown = json::parse(text.as_string());
    json::array panels;
    for (const json::value& panel : shown.as_array())
        if (!removed.contains(find_text(panel, {"panelIndex"}) + ":" + find_text(panel, {"panelRefName"})))
            panels.push_back(edited(panel, edit));
    text = json::serialize(panels);
}

std::vector<std::string> derived_fields(const std::vector<const Backfill*>& backfills) {
    std::vector<std::string> out;
    for (const Backfill* backfill : backfills)
        for (const std::string& field : backfill->derived)
            if (std::ranges::find(out, field) == out.end())
                out.push_back(field);
    return out;
}

/// The objects of the second file for these backfills. The dashboard comes after its panels.
Objects for_backfills(const Objects& objects, const std::vector<const Backfill*>& backfills) {
    const auto names = derived_fields(backfills);
    std::set<std::string> left_out;
    Objects out;
    for (const json::value& object : objects) {
        const bool repeats = has_derived_field(object);
        if (repeats && names.empty()) {
            left_out.insert(find_text(object, {"id"}));
            continue;
        }
        out.push_back(repeats ? for_each_derived_field(object, names) : object);
        if (find_text(object, {"type"}) == "dashboard")
            edit_panels(out.back().as_object(), left_out, backfills);
    }
    return out;
}

} // namespace

SavedObjects embedded_dashboards(const std::string& health_index, std::span<const Backfill> backfills) {
    std::vector<const Backfill*> nested;
    for (const Backfill& backfill : backfills)
        if (backfill.shape == DocumentShape::nested)
            nested.push_back(&backfill);
    SavedObjects out;
    Objects all;
    if (nested.empty() || nested.size() < backfills.size()) {
        out.ndjson = of_health_index(embedded::dashboard_ndjson, health_index);
        all = objects_in(out.ndjson);
    }
    if (!nested.empty()) {
        // Before the other replacements, which may insert any text.
        Objects others = objects_in(of_health_index(embedded::backfills_dashboard_ndjson, health_index));
        std::erase_if(others, [&](const json::value& object) { // they have the data view in common
            return std::ranges::find(all, object) != all.end();
        });
        for (json::value& object : for_backfills(others, nested)) {
            out.ndjson += json::serialize(object) + "\n";
            all.push_back(std::move(object));
        }
    }
    std::ranges::transform(all, std::back_inserter(out.objects), to_saved_object);
    return out;
}

} // namespace health
