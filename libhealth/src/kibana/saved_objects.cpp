#include "text.hpp"

#include <health/kibana.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace health {

namespace json = boost::json;

namespace embedded {
extern const std::string_view dashboard_ndjson;
}

std::string_view embedded_dashboard() {
    return embedded::dashboard_ndjson;
}

namespace {

const json::string* text_member(const json::object& object, std::string_view key) {
    const json::value* value = object.if_contains(key);
    return value == nullptr ? nullptr : value->if_string();
}

/// What is wrong with a saved object; empty when nothing is.
std::string_view objection(const json::object& object) {
    if (text_member(object, "type") == nullptr)
        return "it has no \"type\"";
    if (text_member(object, "id") == nullptr)
        return "it has no \"id\"";
    if (const json::value* attributes = object.if_contains("attributes");
        attributes == nullptr || !attributes->is_object())
        return "it has no \"attributes\"";
    if (const json::value* references = object.if_contains("references");
        references == nullptr || !references->is_array())
        return "it has no \"references\"";
    return {};
}

void note_dashboard(const json::object& object, SavedObjects& out) {
    if (!out.dashboard_id.empty() || *text_member(object, "type") != "dashboard")
        return;
    out.dashboard_id = *text_member(object, "id");
    if (const auto* title = text_member(object.at("attributes").get_object(), "title"); title != nullptr)
        out.dashboard_title = *title;
}

} // namespace

Result<SavedObjects> parse_saved_objects(std::string ndjson, const std::string& name) {
    SavedObjects out;
    std::size_t number = 0;
    for (const std::string_view raw : split(ndjson, '\n')) {
        ++number;
        const std::string_view line = trim(raw);
        if (line.empty())
            continue;
        const auto refuse = [&](std::string_view why) {
            return Error{ErrorKind::usage, fmt::format("{}:{} is not a saved object: {}", name, number, why),
                         "the file must be an ndjson export of Kibana's saved objects"};
        };
        boost::system::error_code failure;
        json::parse_options options;
        options.max_depth = 100;
        const json::value parsed = json::parse(line, failure, {}, options);
        if (failure || !parsed.is_object())
            return refuse("it is not a JSON object");
        const json::object& object = parsed.get_object();
        if (object.contains("exportedCount"))
            continue; // the summary at the end of Kibana's own exports
        if (const auto why = objection(object); !why.empty())
            return refuse(why);
        ++out.count;
        note_dashboard(object, out);
    }
    if (out.count == 0)
        return Error{ErrorKind::usage, fmt::format("{} holds no saved objects", name),
                     "the file must be an ndjson export of Kibana's saved objects"};
    out.ndjson = std::move(ndjson);
    return out;
}

} // namespace health
