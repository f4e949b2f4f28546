#include "answer.hpp"

#include "text.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

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
    }
    return {ErrorKind::rejected,
            fmt::format("Kibana refused {} \"{}\" ({}): {}", text(error, "type"), printable(title, 80),
                        text(error, "id"), printable(why, 110)),
            std::string(hint)};
}

Errors refusal(const remote::Answer& answer) {
    const http::Response& response = answer.response;
    boost::system::error_code failure;
    const json::value body = json::parse(response.body, failure);
    const std::string message = !failure && body.is_object() ? text(body.get_object(), "message") : std::string{};
    const auto error = [&](ErrorKind kind, std::string_view hint) {
        return Errors{{kind,
                       fmt::format("{} at {}: status {}{}{}", action, answer.from, response.status,
                                   message.empty() ? "" : ", ", printable(message, 110)),
                       std::string(hint)}};
    };
    switch (response.status) {
    case 401:
        return error(ErrorKind::unauthorized, "check KIBANA_API_KEY, or KIBANA_USERNAME and KIBANA_PASSWORD");
    case 403:
        return error(ErrorKind::unauthorized, "the credentials may not manage saved objects in this space");
    case 404:
        return error(ErrorKind::rejected, "is it a Kibana, and does the space exist? check --kibana-url and --space");
    case 422:
        return error(ErrorKind::rejected, "the file is newer than this Kibana: 8.8 or later is needed");
    case 503:
        return error(ErrorKind::rejected, "Kibana is starting; try again in a minute");
    default:
        return error(ErrorKind::rejected, "check --kibana-url, and Kibana's log");
    }
}

Errors unexpected(const remote::Answer& answer) {
    return {{ErrorKind::bad_response, fmt::format("{} at {}: the answer is not that of an import", action, answer.from),
             "is it a Kibana? check --kibana-url"}};
}

} // namespace

boost::system::result<std::size_t, Errors> read_answer(const remote::Answer& answer) {
    if (answer.response.status != 200)
        return refusal(answer);
    boost::system::error_code failure;
    const json::value parsed = json::parse(answer.response.body, failure);
    const json::object* body = failure || answer.response.body_problem ? nullptr : parsed.if_object();
    const json::value* success = body == nullptr ? nullptr : body->if_contains("success");
    const json::value* count = body == nullptr ? nullptr : body->if_contains("successCount");
    if (success == nullptr || !success->is_bool() || count == nullptr || !count->is_int64() || count->get_int64() < 0)
        return unexpected(answer);
    if (success->get_bool())
        return {boost::system::in_place_value, static_cast<std::size_t>(count->get_int64())};
    Errors errors;
    if (const json::value* list = body->if_contains("errors"); list != nullptr && list->is_array())
        for (const json::value& error : list->get_array())
            if (error.is_object())
                errors.push_back(refused_object(error.get_object()));
    return errors.empty() ? unexpected(answer) : errors;
}

} // namespace health::kibana
