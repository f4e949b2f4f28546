#include <base/json.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <kibana/kibana.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace health {

namespace json = boost::json;

namespace embedded {
extern const std::string_view dashboard_ndjson;
}

namespace {

/// As it stands within a JSON string.
std::string escaped(std::string_view text) {
    const std::string quoted = json::serialize(json::string(text));
    return quoted.substr(1, quoted.size() - 2);
}

/// The health index and its monthly ones (NAME-2025-10), but not another one whose name begins alike (NAME_staging).
/// What is a pattern already stays as it is.
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

} // namespace

std::string embedded_dashboard(std::string_view health_index) {
    // The name stands in ids, titles and the pattern of the data view, and nowhere in the file's JSON within JSON.
    constexpr std::string_view placeholder = "backfill_health_v1";
    const std::string name = escaped(health_index);
    const std::string pattern = escaped(with_monthly(health_index));
    const std::string_view file = embedded::dashboard_ndjson;
    std::string out;
    std::size_t begin = 0;
    for (auto at = file.find(placeholder); at != std::string_view::npos; at = file.find(placeholder, begin)) {
        out += file.substr(begin, at - begin);
        begin = at + placeholder.size();
        const bool is_pattern = file.substr(begin).starts_with('*');
        out += is_pattern ? pattern : name;
        begin += is_pattern ? 1 : 0;
    }
    out += file.substr(begin);
    return out;
}

namespace {

constexpr std::size_t deepest_object = 100; ///< the states of visualisations are nested deeply

/// What is wrong with a saved object; empty when nothing is.
std::string_view objection(const json::object& object) {
    if (find_string(object, {"type"}) == nullptr)
        return "it has no \"type\"";
    if (find_string(object, {"id"}) == nullptr)
        return "it has no \"id\"";
    if (find_object(object, {"attributes"}) == nullptr)
        return "it has no \"attributes\"";
    if (find_array(object, {"references"}) == nullptr)
        return "it has no \"references\"";
    return {};
}

using Key = std::pair<std::string, std::string>; ///< type and id

Key key_of(JsonRoot object) {
    return {find_text(object, {"type"}), find_text(object, {"id"})};
}

/// What an object refers to; none when a reference is none.
std::optional<std::vector<Key>> references_of(const json::object& object) {
    std::vector<Key> out;
    for (const json::value& value : object.at("references").get_array()) {
        if (find_string(value, {"name"}) == nullptr || find_string(value, {"type"}) == nullptr ||
            find_string(value, {"id"}) == nullptr)
            return std::nullopt;
        out.push_back(key_of(value));
    }
    return out;
}

struct Reference {
    std::size_t line = 0;
    Key to;
};

void note(const json::object& object, SavedObjects& out) {
    out.objects.push_back({.type = find_text(object, {"type"}),
                           .id = find_text(object, {"id"}),
                           .title = find_text(object, {"attributes", "title"})});
    const SavedObject& noted = out.objects.back();
    if (noted.type != "dashboard" || !out.dashboard_id.empty())
        return;
    out.dashboard_id = noted.id;
    out.dashboard_title = noted.title;
}

} // namespace

Result<SavedObjects> parse_saved_objects(std::string ndjson, const std::string& name) {
    const auto refuse = [&](std::size_t line, std::string_view why) {
        return Error{ErrorKind::usage, fmt::format("{}:{} is not a saved object: {}", name, line, why),
                     "the file must be an ndjson export of Kibana's saved objects"};
    };
    if (ndjson.size() > largest_import)
        return Error{ErrorKind::usage,
                     fmt::format("{} has {} bytes, and Kibana takes {}", name, ndjson.size(), largest_import),
                     "export fewer objects"};
    SavedObjects out;
    std::set<Key> keys;
    std::vector<Reference> references;
    std::size_t number = 0;
    for (const std::string_view raw : split(ndjson, '\n')) {
        ++number;
        const std::string_view line = trim(raw);
        if (line.empty())
            continue;
        const auto object = parse_object(line, deepest_object);
        if (!object)
            return refuse(number, "it is not a JSON object");
        if (object->contains("exportedCount"))
            continue; // the summary at the end of Kibana's own exports
        if (const auto why = objection(*object); !why.empty())
            return refuse(number, why);
        const auto refers_to = references_of(*object);
        if (!refers_to)
            return refuse(number, "a reference of it lacks \"name\", \"type\" or \"id\"");
        for (const Key& key : *refers_to)
            references.push_back({.line = number, .to = key});
        keys.insert(key_of(*object));
        note(*object, out);
    }
    if (out.objects.empty())
        return Error{ErrorKind::usage, fmt::format("{} holds no saved objects", name),
                     "the file must be an ndjson export of Kibana's saved objects"};
    for (const auto& [line, to] : references)
        if (!keys.contains(to))
            return Error{ErrorKind::usage,
                         fmt::format("{}:{} refers to {} \"{}\", which is not in the file", name, line,
                                     printable(to.first, 40), printable(to.second, 80)),
                         "export it with its related objects"};
    out.ndjson = std::move(ndjson);
    return out;
}

} // namespace health
