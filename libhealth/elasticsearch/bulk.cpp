#include <elasticsearch/bulk.hpp>

#include <base/json.hpp>
#include <elasticsearch/api/answer.hpp>
#include <elasticsearch/api/parts.hpp>
#include <remote/status.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <optional>
#include <vector>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

std::optional<std::vector<AnswerPart>> created_in(const http::Response& response) {
    return parts_of(response, "items", "create");
}

Result<void> to_stored(const std::string& action, const HealthDocument& document, const remote::Answer& created) {
    Error unclear = bad_response(action, created, "the answer does not say that it was stored");
    const auto result = parse_object(created.response.body);
    if (!result || find_text(*result, {"_id"}) != document.id)
        return unclear;
    if (created.response.status == 409 && error_type(created.response) == "version_conflict_engine_exception")
        return {};
    if (created.response.status / 100 != 2)
        return result->contains("error") ? refusal(action, created) : unclear;
    return find_text(*result, {"result"}) == "created" ? Result<void>{} : unclear;
}

} // namespace

http::Request bulk_request(const std::string& path, std::span<const HealthDocument> documents) {
    std::string body;
    for (const HealthDocument& document : documents) {
        body += json::serialize(json::object{{"create", {{"_id", document.id}}}});
        body += '\n';
        body += json::serialize(document.content);
        body += '\n';
    }
    return {.method = "POST",
            .target = "/" + path + "/_bulk",
            .headers = {{"Content-Type", "application/x-ndjson"}},
            .body = std::move(body)};
}

std::vector<Result<void>> to_stored(const std::string& action, std::span<const HealthDocument> documents,
                                    const remote::Answer& answer) {
    const auto all = [&](const Error& error) { return std::vector<Result<void>>(documents.size(), error); };
    const auto body = json_answer(action, answer);
    if (!body)
        return all(body.error());
    const auto created = created_in(answer.response);
    if (!created || created->size() != documents.size())
        return all(bad_response(action, answer, "the answer does not say that it was stored"));
    std::vector<Result<void>> out;
    for (std::size_t i = 0; i < documents.size(); ++i)
        out.push_back(to_stored(action, documents[i], as_answer((*created)[i], answer)));
    return out;
}

bool some_are_busy(const http::Response& response) {
    if (response.body.find("\"error\"") == std::string::npos)
        return false;
    const auto created = created_in(response);
    return created &&
           std::ranges::any_of(*created, [](const AnswerPart& part) { return remote::is_busy(part.status); });
}

} // namespace health::elasticsearch
