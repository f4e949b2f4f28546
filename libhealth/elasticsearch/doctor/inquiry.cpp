#include <elasticsearch/doctor/inquiry.hpp>

#include <elasticsearch/api/answer.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

Result<json::object> body_of(const Result<remote::Answer>& answer) {
    return answer ? json_answer("the request failed", *answer) : Result<json::object>(answer.error());
}

} // namespace

Result<remote::Answer> Inquiry::call(std::string method, std::string target, const json::object& body) {
    http::Request request{.method = std::move(method), .target = std::move(target), .headers = {}, .body = {}};
    if (!body.empty()) {
        request.headers.push_back({"Content-Type", "application/json"});
        request.body = json::serialize(body);
    }
    return send_(std::move(request), deadline(), nullptr);
}

Result<json::object> Inquiry::post(std::string target, const json::object& body) {
    return body_of(call("POST", std::move(target), body));
}

const Result<json::object>& Inquiry::get(const std::string& target) {
    const auto found = seen_.find(target);
    return found != seen_.end() ? found->second : seen_.emplace(target, body_of(call("GET", target))).first->second;
}

Result<json::object> Inquiry::get_index(const std::string& path, std::string_view parts, std::string_view more) {
    const auto& indices = get(
        fmt::format("/{}?flat_settings=true&allow_no_indices=false&filter_path={},error,status{}", path, parts, more));
    const bool missing = !indices && indices.error().kind == ErrorKind::index_missing;
    return missing ? json::object{} : indices;
}

} // namespace health::elasticsearch
