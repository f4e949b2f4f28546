#include <kibana/answer.hpp>

#include <base/json.hpp>
#include <base/printable.hpp>
#include <kibana/remedy.hpp>
#include <remote/product.hpp>
#include <remote/status.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <optional>
#include <utility>

namespace health::kibana {

namespace json = boost::json;

namespace {

/// The elements of a list that are objects.
std::vector<const json::object*> objects_in(const json::object& object, JsonPath path) {
    std::vector<const json::object*> out;
    if (const json::array* list = find_array(object, path))
        for (const json::value& one : *list)
            if (one.is_object())
                out.push_back(&one.get_object());
    return out;
}

SavedObject named_object(const json::object& named) {
    std::string title = find_text(named, {"title"});
    if (title.empty())
        title = find_text(named, {"meta", "title"});
    return {.type = find_text(named, {"type"}), .id = find_text(named, {"id"}), .title = std::move(title)};
}

Error refused(const SavedObject& object, std::string_view why, Hint hint) {
    return {ErrorKind::rejected,
            fmt::format("Kibana refused {} \"{}\" ({}): {}", object.type, printable(object.title, 80), object.id,
                        printable(why, 110)),
            std::move(hint)};
}

Hint hint_for(std::string_view type) {
    if (type == "missing_references")
        return "the file must contain every object that its objects refer to";
    if (type == "unsupported_type")
        return "this Kibana does not support objects of this type";
    if (type == "ambiguous_conflict")
        return "the space has several copies of it: delete all but one";
    return "";
}

Error refused_object(const json::object& refusal) {
    const std::string type = find_text(refusal, {"error", "type"});
    std::string why = type.empty() ? "unknown reason" : type;
    if (const std::string message = find_text(refusal, {"error", "message"}); !message.empty())
        why += ": " + message;
    for (const json::object* missing : objects_in(refusal, {"error", "references"}))
        why += fmt::format(" {} {}", find_text(*missing, {"type"}), find_text(*missing, {"id"}));
    for (const json::object* destination : objects_in(refusal, {"error", "destinations"}))
        why += fmt::format(" {}", find_text(*destination, {"id"}));
    return refused(named_object(refusal), why, hint_for(type));
}

constexpr const char* kibana_is_elsewhere = "this is Elasticsearch; Kibana is another server, usually on port 5601";

bool is_engine(const http::Response& response) {
    return remote::is_elasticsearch(response) || remote::lacks_path(response);
}

Error unexpected(const remote::Answer& answer) {
    return {ErrorKind::bad_response, fmt::format("{} at {}: the answer is not from Kibana", action, answer.from),
            is_engine(answer.response) ? Hint(kibana_is_elsewhere) : Hint(Remedy::check_kibana_url)};
}

std::optional<json::object> parse_body(const http::Response& response) {
    return response.body_problem ? std::nullopt : parse_object(response.body);
}

StoredObject stored_object(const json::object& object) {
    SavedObject named = named_object(object);
    named.title = find_text(object, {"attributes", "title"});
    return {.object = std::move(named), .origin_id = find_text(object, {"originId"})};
}

} // namespace

bool is_missing(const remote::Answer& answer) {
    constexpr int not_found = 404;
    const auto body = answer.response.status == not_found ? parse_body(answer.response) : std::nullopt;
    return body && find_count(*body, {"statusCode"}) == not_found;
}

Error refusal(const remote::Answer& answer) {
    const http::Response& response = answer.response;
    const auto body = parse_body(response);
    const std::string message = body ? find_text(*body, {"message"}) : std::string{};
    const auto error = [&](ErrorKind kind, Hint hint) {
        return Error{kind,
                     fmt::format("{} at {}: {}{}{}", action, answer.from, remote::describe_status(response),
                                 message.empty() ? "" : ", ", printable(message, 110)),
                     std::move(hint)};
    };
    if (is_engine(response))
        return error(ErrorKind::rejected, kibana_is_elsewhere);
    switch (response.status) {
    case 401:
        return error(ErrorKind::unauthorized, {Remedy::kibana_credentials, answer.credentials_source});
    case 403:
        return error(ErrorKind::unauthorized, "the credentials may not manage saved objects in this space");
    case 404:
        return error(ErrorKind::rejected, Remedy::check_kibana_url_and_space);
    case 413:
        return error(ErrorKind::rejected, "the file is too large for this Kibana, or for a proxy in front of it");
    case 422:
        return error(ErrorKind::rejected, "the file is newer than this Kibana: 8.9 or later is needed");
    case 500:
        return error(ErrorKind::rejected, "check Kibana's log: the version of an object may not match its content");
    case 503:
        return error(ErrorKind::rejected, Remedy::wait_for_kibana);
    default:
        return error(ErrorKind::rejected, Remedy::check_kibana_url_and_log);
    }
}

Result<std::string> read_version(const remote::Answer& answer) {
    if (answer.response.status != 200)
        return refusal(answer);
    if (is_engine(answer.response))
        return unexpected(answer);
    const auto body = parse_body(answer.response);
    const std::string number = body ? find_text(*body, {"version", "number"}) : std::string{};
    if (number.empty())
        return unexpected(answer);
    return printable(number, 40);
}

Result<Report> read_report(const remote::Answer& answer) {
    if (answer.response.status != 200)
        return refusal(answer);
    const auto body = parse_body(answer.response);
    const auto success = body ? find_bool(*body, {"success"}) : std::nullopt;
    const auto count = body ? find_count(*body, {"successCount"}) : std::nullopt;
    if (!success || !count)
        return unexpected(answer);
    Report out{.count = *count, .accepted = {}, .conflicts = {}, .refusals = {}};
    for (const json::object* result : objects_in(*body, {"successResults"}))
        out.accepted.push_back({.object = named_object(*result),
                                .destination_id = find_text(*result, {"destinationId"}),
                                .new_copy = find_bool(*result, {"createNewCopy"}).value_or(false)});
    if (*success)
        return out;
    for (const json::object* error : objects_in(*body, {"errors"})) {
        if (find_text(*error, {"error", "type"}) == "conflict")
            out.conflicts.push_back(
                {.object = named_object(*error), .destination_id = find_text(*error, {"error", "destinationId"})});
        else
            out.refusals.push_back(refused_object(*error));
    }
    if (out.conflicts.empty() && out.refusals.empty())
        return unexpected(answer);
    return out;
}

Error conflict_error(const ImportOutcome& conflict) {
    return refused(conflict.object, "conflict", "it exists already; try again");
}

Result<void> read_space(const remote::Answer& answer, const std::string& space) {
    if (is_missing(answer))
        return Error{ErrorKind::rejected,
                     fmt::format("{} at {}: there is no space \"{}\"", action, answer.from, printable(space, 80)),
                     Remedy::create_space};
    if (answer.response.status != 200)
        return refusal(answer);
    const auto body = parse_body(answer.response);
    return body && find_text(*body, {"id"}) == space ? Result<void>{} : unexpected(answer);
}

Result<StoredObject> read_object(const remote::Answer& answer, const std::string& type, const std::string& id) {
    if (is_missing(answer))
        return Error{ErrorKind::rejected,
                     fmt::format("{} at {}: {} {} is missing after the import", action, answer.from,
                                 printable(type, 40), printable(id, 80)),
                     "check Kibana's log"};
    if (answer.response.status != 200)
        return refusal(answer);
    const auto body = parse_body(answer.response);
    if (!body || find_text(*body, {"type"}) != type || find_text(*body, {"id"}) != id)
        return unexpected(answer);
    return stored_object(*body);
}

Result<Page> read_page(const remote::Answer& answer) {
    if (answer.response.status != 200)
        return refusal(answer);
    const auto body = parse_body(answer.response);
    const auto total = body ? find_count(*body, {"total"}) : std::nullopt;
    if (!total || find_array(*body, {"saved_objects"}) == nullptr)
        return unexpected(answer);
    Page out{.total = *total, .objects = {}};
    for (const json::object* object : objects_in(*body, {"saved_objects"}))
        out.objects.push_back(stored_object(*object));
    return out;
}

} // namespace health::kibana
