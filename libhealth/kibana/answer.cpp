#include <kibana/answer.hpp>

#include <base/json.hpp>
#include <base/printable.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <optional>

namespace health::kibana {

namespace json = boost::json;

namespace {

using Errors = std::vector<Error>;

Hint hint_for(std::string_view type) {
    if (type == "missing_references")
        return "the file must hold every object that its objects refer to";
    if (type == "unsupported_type")
        return "this Kibana does not know such objects";
    if (type == "conflict")
        return Remedy::replace_existing_object;
    return "";
}

Error refused_object(const json::value& error) {
    std::string title = find_text(error, {"title"});
    if (title.empty())
        title = find_text(error, {"meta", "title"});
    std::string why = "unknown reason";
    const std::string type = find_text(error, {"error", "type"});
    if (find_object(error, {"error"}) != nullptr) {
        why = type;
        if (const std::string message = find_text(error, {"error", "message"}); !message.empty())
            why += ": " + message;
        if (const json::array* missing = find_array(error, {"error", "references"}))
            for (const json::value& reference : *missing)
                if (reference.is_object())
                    why += fmt::format(" {} {}", find_text(reference, {"type"}), find_text(reference, {"id"}));
    }
    return {ErrorKind::rejected,
            fmt::format("Kibana refused {} \"{}\" ({}): {}", find_text(error, {"type"}), printable(title, 80),
                        find_text(error, {"id"}), printable(why, 110)),
            hint_for(type)};
}

bool is_conflict(const json::value& error) {
    return find_text(error, {"error", "type"}) == "conflict";
}

bool is_elasticsearch(const http::Response& response) {
    return !response.header("X-elastic-product").empty() ||
           response.body.find("no handler found for uri") != std::string::npos;
}

Error unexpected(const remote::Answer& answer) {
    return {ErrorKind::bad_response, fmt::format("{} at {}: the answer is not that of a Kibana", action, answer.from),
            is_elasticsearch(answer.response)
                ? Hint("this is an Elasticsearch: Kibana is another server, usually at port 5601")
                : Hint(Remedy::check_kibana_url)};
}

std::optional<json::object> parse_body(const http::Response& response) {
    return response.body_problem ? std::nullopt : parse_object(response.body);
}

std::map<std::string, std::string> new_ids(const json::object& body) {
    std::map<std::string, std::string> out;
    if (const json::array* results = find_array(body, {"successResults"}))
        for (const json::value& result : *results)
            if (std::string id = find_text(result, {"destinationId"}); !id.empty())
                out.emplace(find_text(result, {"id"}), std::move(id));
    return out;
}

} // namespace

Error refusal(const remote::Answer& answer) {
    const http::Response& response = answer.response;
    const auto body = parse_body(response);
    const std::string message = body ? find_text(*body, {"message"}) : std::string{};
    const auto error = [&](ErrorKind kind, Hint hint) {
        return Error{kind,
                     fmt::format("{} at {}: status {}{}{}", action, answer.from, response.status,
                                 message.empty() ? "" : ", ", printable(message, 110)),
                     std::move(hint)};
    };
    if (is_elasticsearch(response))
        return error(ErrorKind::rejected, "this is an Elasticsearch: Kibana is another server, usually at port 5601");
    switch (response.status) {
    case 401:
        return error(ErrorKind::unauthorized, {Remedy::kibana_credentials, answer.credentials_source});
    case 403:
        return error(ErrorKind::unauthorized, "the credentials may not manage saved objects in this space");
    case 404:
        return error(ErrorKind::rejected, Remedy::check_kibana_url_and_space);
    case 413:
        return error(ErrorKind::rejected, "the file is too large for this Kibana, or for a proxy before it");
    case 422:
        return error(ErrorKind::rejected, "the file is newer than this Kibana: 8.9 or later is needed");
    case 500:
        return error(ErrorKind::rejected, "look into Kibana's log; an object whose version does not fit its content "
                                          "does this");
    case 503:
        return error(ErrorKind::rejected, Remedy::wait_for_kibana);
    default:
        return error(ErrorKind::rejected, Remedy::check_kibana_url_and_log);
    }
}

Result<std::string> read_version(const remote::Answer& answer) {
    if (answer.response.status != 200)
        return refusal(answer);
    if (is_elasticsearch(answer.response))
        return unexpected(answer);
    const auto body = parse_body(answer.response);
    const std::string number = body ? find_text(*body, {"version", "number"}) : std::string{};
    if (number.empty())
        return unexpected(answer);
    return printable(number, 40);
}

boost::system::result<Report, Errors> read_answer(const remote::Answer& answer, bool may_exist) {
    if (answer.response.status != 200)
        return Errors{refusal(answer)};
    const auto body = parse_body(answer.response);
    const auto success = body ? find_bool(*body, {"success"}) : std::nullopt;
    const auto count = body ? find_count(*body, {"successCount"}) : std::nullopt;
    if (!success || !count)
        return Errors{unexpected(answer)};
    Report report{.count = *count, .existed = 0, .new_ids = new_ids(*body)};
    if (*success)
        return report;
    Errors errors;
    if (const json::array* list = find_array(*body, {"errors"}))
        for (const json::value& error : *list) {
            if (!error.is_object())
                continue;
            if (may_exist && is_conflict(error))
                ++report.existed;
            else
                errors.push_back(refused_object(error));
        }
    if (errors.empty() && report.existed > 0)
        return report;
    if (errors.empty())
        errors.push_back(unexpected(answer));
    return errors;
}

} // namespace health::kibana
