#include <kibana/answer.hpp>

#include <base/printable.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <optional>

namespace health::kibana {

namespace json = boost::json;

namespace {

using Errors = std::vector<Error>;

std::string text(const json::object& object, std::string_view key) {
    const json::value* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string{};
}

Error refused_object(const json::object& error) {
    std::string title = text(error, "title");
    if (title.empty())
        if (const json::value* meta = error.if_contains("meta"); meta != nullptr && meta->is_object())
            title = text(meta->get_object(), "title");
    std::string why = "unknown reason";
    std::string_view hint;
    if (const json::value* details = error.if_contains("error"); details != nullptr && details->is_object()) {
        const json::object& object = details->get_object();
        why = text(object, "type");
        if (const std::string message = text(object, "message"); !message.empty())
            why += ": " + message;
        if (const json::value* missing = object.if_contains("references"); missing != nullptr && missing->is_array())
            for (const json::value& reference : missing->get_array())
                if (reference.is_object())
                    why +=
                        fmt::format(" {} {}", text(reference.get_object(), "type"), text(reference.get_object(), "id"));
        if (text(object, "type") == "missing_references")
            hint = "the file must hold every object that its objects refer to";
        else if (text(object, "type") == "unsupported_type")
            hint = "this Kibana does not know such objects";
        else if (text(object, "type") == "conflict")
            hint = "it is there already; without --no-overwrite it is replaced";
    }
    return {ErrorKind::rejected,
            fmt::format("Kibana refused {} \"{}\" ({}): {}", text(error, "type"), printable(title, 80),
                        text(error, "id"), printable(why, 110)),
            std::string(hint)};
}

bool is_conflict(const json::object& error) {
    const json::value* details = error.if_contains("error");
    return details != nullptr && details->is_object() && text(details->get_object(), "type") == "conflict";
}

bool is_elasticsearch(const http::Response& response) {
    return !response.header("X-elastic-product").empty() ||
           response.body.find("no handler found for uri") != std::string::npos;
}

Error unexpected(const remote::Answer& answer) {
    return {ErrorKind::bad_response, fmt::format("{} at {}: the answer is not that of a Kibana", action, answer.from),
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

std::map<std::string, std::string> new_ids(const json::object& body) {
    std::map<std::string, std::string> out;
    const json::value* results = body.if_contains("successResults");
    if (results == nullptr || !results->is_array())
        return out;
    for (const json::value& result : results->get_array())
        if (result.is_object())
            if (std::string id = text(result.get_object(), "destinationId"); !id.empty())
                out.emplace(text(result.get_object(), "id"), std::move(id));
    return out;
}

} // namespace

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

boost::system::result<Report, Errors> read_answer(const remote::Answer& answer, bool may_exist) {
    if (answer.response.status != 200)
        return Errors{refusal(answer)};
    const auto body = parse_body(answer.response);
    const json::value* success = body ? body->if_contains("success") : nullptr;
    const json::value* count = body ? body->if_contains("successCount") : nullptr;
    if (success == nullptr || !success->is_bool() || count == nullptr || !count->is_int64() || count->get_int64() < 0)
        return Errors{unexpected(answer)};
    Report report{.count = static_cast<std::size_t>(count->get_int64()), .existed = 0, .new_ids = new_ids(*body)};
    if (success->get_bool())
        return report;
    Errors errors;
    if (const json::value* list = body->if_contains("errors"); list != nullptr && list->is_array())
        for (const json::value& error : list->get_array()) {
            if (!error.is_object())
                continue;
            if (may_exist && is_conflict(error.get_object()))
                ++report.existed;
            else
                errors.push_back(refused_object(error.get_object()));
        }
    if (errors.empty() && report.existed > 0)
        return report;
    if (errors.empty())
        errors.push_back(unexpected(answer));
    return errors;
}

} // namespace health::kibana
