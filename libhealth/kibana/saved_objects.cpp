#include <kibana/saved_objects.hpp>

#include <base/json.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace health {

namespace json = boost::json;

namespace {

constexpr std::size_t max_depth = 100; ///< the states of visualisations are deeply nested

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

/// What an object refers to; none when a reference is malformed.
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

} // namespace

std::vector<SavedObject> SavedObjects::dashboards() const {
    std::vector<SavedObject> out;
    std::ranges::copy_if(objects, std::back_inserter(out),
                         [](const SavedObject& object) { return object.type == "dashboard"; });
    return out;
}

Result<SavedObjects> parse_saved_objects(std::string ndjson, const std::string& name) {
    const auto refuse = [&](std::size_t line, std::string_view why) {
        return Error{ErrorKind::usage, fmt::format("{}:{} is not a saved object: {}", name, line, why),
                     "the file must be an ndjson export of Kibana's saved objects"};
    };
    if (ndjson.size() > largest_import)
        return Error{ErrorKind::usage,
                     fmt::format("{} has {} bytes, but Kibana accepts at most {}", name, ndjson.size(), largest_import),
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
        const auto object = parse_object(line, max_depth);
        if (!object)
            return refuse(number, "it is not a JSON object");
        if (object->contains("exportedCount"))
            continue; // the summary at the end of Kibana's own exports
        if (const auto why = objection(*object); !why.empty())
            return refuse(number, why);
        const auto refers_to = references_of(*object);
        if (!refers_to)
            return refuse(number, "one of its references lacks \"name\", \"type\" or \"id\"");
        for (const Key& key : *refers_to)
            references.push_back({.line = number, .to = key});
        keys.insert(key_of(*object));
        out.objects.push_back(to_saved_object(*object));
    }
    if (out.objects.empty())
        return Error{ErrorKind::usage, fmt::format("{} contains no saved objects", name),
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

SavedObject to_saved_object(JsonRoot object) {
    return {.type = find_text(object, {"type"}),
            .id = find_text(object, {"id"}),
            .title = find_text(object, {"attributes", "title"})};
}

} // namespace health
