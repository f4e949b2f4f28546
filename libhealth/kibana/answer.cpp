#include <kibana/answer.hpp>

#include <base/printable.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <optional>
#include <utility>

namespace health::kibana {

namespace json = boost::json;

namespace {

std::string text(const json::object& object, std::string_view key) {
    const json::value* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string{};
}

const json::object& object_or_empty(const json::object& object, std::string_view key) {
    static const json::object empty;
    const json::value* value = object.if_contains(key);
    return value != nullptr && value->is_object() ? value->get_object() : empty;
}

/// The objects in a list.
std::vector<const json::object*> objects_in(const json::object& object, std::string_view key) {
    std::vector<const json::object*> out;
    const json::value* list = object.if_contains(key);
    if (list != nullptr && list->is_array())
        for (const json::value& one : list->get_array())
            if (one.is_object())
                out.push_back(&one.get_object());
    return out;
}

SavedObject named_object(const json::object& named) {
    std::string title = text(named, "title");
    if (title.empty())
        title = text(object_or_empty(named, "meta"), "title");
    return {.type = text(named, "type"), .id = text(named, "id"), .title = std::move(title)};
}

Error refused(const SavedObject& object, std::string_view why, std::string_view hint) {
    return {ErrorKind::rejected,
            fmt::format("Kibana refused {} \"{}\" ({}): {}", object.type, printable(object.title, 80), object.id,
                        printable(why, 110)),
            std::string(hint)};
}

Error refused_object(const json::object& refusal) {
    const json::object& error = object_or_empty(refusal, "error");
    const std::string type = text(error, "type");
    std::string why = type.empty() ? "unknown reason" : type;
    if (const std::string message = text(error, "message"); !message.empty())
        why += ": " + message;
    for (const json::object* missing : objects_in(error, "references"))
        why += fmt::format(" {} {}", text(*missing, "type"), text(*missing, "id"));
    for (const json::object* destination : objects_in(error, "destinations"))
        why += fmt::format(" {}", text(*destination, "id"));
    std::string_view hint;
    if (type == "missing_references")
        hint = "the file must hold every object that its objects refer to";
    else if (type == "unsupported_type")
        hint = "this Kibana does not know such objects";
    else if (type == "ambiguous_conflict")
        hint = "the space has several copies of it: delete all but one";
    return refused(named_object(refusal), why, hint);
}

bool is_elasticsearch(const http::Response& response) {
    return !response.header("X-elastic-product").empty() ||
           response.body.find("no handler found for uri") != std::string::npos;
}

Error unexpected(const remote::Answer& answer) {
    return {ErrorKind::bad_response, fmt::format("{} at {}: this is not a Kibana's answer", action, answer.from),
            is_elasticsearch(answer.response)
                ? "this is an Elasticsearch: Kibana is another server, usually at port 5601"
                : "is it a Kibana? check --kibana-url"};
}

std::optional<json::object> parse_body(const http::Response& response) {
    boost::system::error_code failure;
    json::value body = json::parse(response.body, failure);
    if (failure || response.body_problem || !body.is_object())
        return std::nullopt;
    return std::move(body.get_object());
}

std::optional<std::size_t> count_in(const json::object& body, std::string_view key) {
    const json::value* count = body.if_contains(key);
    if (count == nullptr || !count->is_int64() || count->get_int64() < 0)
        return std::nullopt;
    return static_cast<std::size_t>(count->get_int64());
}

Stored stored_object(const json::object& object) {
    SavedObject named = named_object(object);
    named.title = text(object_or_empty(object, "attributes"), "title");
    return {.object = std::move(named), .origin_id = text(object, "originId")};
}

} // namespace

bool is_missing(const remote::Answer& answer) {
    constexpr int not_found = 404;
    const auto body = answer.response.status == not_found ? parse_body(answer.response) : std::nullopt;
    const json::value* status = body ? body->if_contains("statusCode") : nullptr;
    return status != nullptr && *status == not_found;
}

Error during(const Error& error) {
    return {error.kind, fmt::format("{}: {}", action, error.message), error.hint};
}

Error refusal(const remote::Answer& answer) {
    const http::Response& response = answer.response;
    const auto body = parse_body(response);
    const std::string message = body ? text(*body, "message") : std::string{};
    const auto error = [&](ErrorKind kind, std::string_view hint) {
        return Error{kind,
                     fmt::format("{} at {}: status {}{}{}", action, answer.from, response.status,
                                 message.empty() ? "" : ", ", printable(message, 110)),
                     std::string(hint)};
    };
    if (is_elasticsearch(response))
        return error(ErrorKind::rejected, "this is an Elasticsearch: Kibana is another server, usually at port 5601");
    switch (response.status) {
    case 401:
        return error(ErrorKind::unauthorized, "check KIBANA_API_KEY, or KIBANA_USERNAME and KIBANA_PASSWORD");
    case 403:
        return error(ErrorKind::unauthorized, "the credentials may not manage saved objects in this space");
    case 404:
        return error(ErrorKind::rejected, "is it a Kibana, and does the space exist? check --kibana-url and --space");
    case 413:
        return error(ErrorKind::rejected, "the file is too large for this Kibana, or for a proxy before it");
    case 422:
        return error(ErrorKind::rejected, "the file is newer than this Kibana: 8.9 or later is needed");
    case 500:
        return error(ErrorKind::rejected, "look into Kibana's log; an object whose version does not fit its content "
                                          "does this");
    case 503:
        return error(ErrorKind::rejected, "Kibana is starting; try again in a minute, or with --wait 2m");
    default:
        return error(ErrorKind::rejected, "check --kibana-url, and Kibana's log");
    }
}

Result<std::string> read_version(const remote::Answer& answer) {
    if (answer.response.status != 200)
        return refusal(answer);
    if (is_elasticsearch(answer.response))
        return unexpected(answer);
    const auto body = parse_body(answer.response);
    const json::value* version = body ? body->if_contains("version") : nullptr;
    const std::string number =
        version != nullptr && version->is_object() ? text(version->get_object(), "number") : std::string{};
    if (number.empty())
        return unexpected(answer);
    return printable(number, 40);
}

Result<Report> read_report(const remote::Answer& answer) {
    if (answer.response.status != 200)
        return refusal(answer);
    const auto body = parse_body(answer.response);
    const json::value* success = body ? body->if_contains("success") : nullptr;
    const auto count = body ? count_in(*body, "successCount") : std::nullopt;
    if (success == nullptr || !success->is_bool() || !count)
        return unexpected(answer);
    Report out{.count = *count, .accepted = {}, .conflicts = {}, .refusals = {}};
    for (const json::object* result : objects_in(*body, "successResults"))
        out.accepted.push_back({.object = named_object(*result),
                                .destination_id = text(*result, "destinationId"),
                                .new_copy = result->contains("createNewCopy") && result->at("createNewCopy") == true});
    if (success->get_bool())
        return out;
    for (const json::object* error : objects_in(*body, "errors")) {
        const json::object& details = object_or_empty(*error, "error");
        if (text(details, "type") == "conflict")
            out.conflicts.push_back({.object = named_object(*error), .destination_id = text(details, "destinationId")});
        else
            out.refusals.push_back(refused_object(*error));
    }
    if (out.conflicts.empty() && out.refusals.empty())
        return unexpected(answer);
    return out;
}

Error conflict_error(const Outcome& conflict) {
    return refused(conflict.object, "conflict", "it exists already; try again");
}

Result<void> read_space(const remote::Answer& answer, const std::string& space) {
    if (is_missing(answer))
        return Error{ErrorKind::rejected,
                     fmt::format("{} at {}: there is no space \"{}\"", action, answer.from, printable(space, 80)),
                     std::string(space_hint)};
    if (answer.response.status != 200)
        return refusal(answer);
    const auto body = parse_body(answer.response);
    return body && text(*body, "id") == space ? Result<void>{} : unexpected(answer);
}

Result<Stored> read_object(const remote::Answer& answer, const std::string& type, const std::string& id) {
    if (is_missing(answer))
        return Error{ErrorKind::rejected,
                     fmt::format("{} at {}: after the import, it has no {} {}", action, answer.from,
                                 printable(type, 40), printable(id, 80)),
                     "check Kibana's log"};
    if (answer.response.status != 200)
        return refusal(answer);
    const auto body = parse_body(answer.response);
    if (!body || text(*body, "type") != type || text(*body, "id") != id)
        return unexpected(answer);
    return stored_object(*body);
}

Result<Page> read_page(const remote::Answer& answer) {
    if (answer.response.status != 200)
        return refusal(answer);
    const auto body = parse_body(answer.response);
    const auto total = body ? count_in(*body, "total") : std::nullopt;
    if (!total || !body->contains("saved_objects"))
        return unexpected(answer);
    Page out{.total = *total, .objects = {}};
    for (const json::object* object : objects_in(*body, "saved_objects"))
        out.objects.push_back(stored_object(*object));
    return out;
}

} // namespace health::kibana
