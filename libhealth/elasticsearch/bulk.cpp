#include <elasticsearch/bulk.hpp>

#include <base/json.hpp>
#include <elasticsearch/api/answer.hpp>
#include <elasticsearch/api/multi_search.hpp>

#include <boost/json.hpp>

#include <algorithm>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

Result<void> to_stored(const std::string& action, const HealthDocument& document, const json::value& item,
                       const remote::Answer& answer) {
    Error unclear = bad_response(action, answer, "the answer does not say that it was stored");
    const json::object* result = find_object(item, {"create"});
    if (result == nullptr || find_text(*result, {"_id"}) != document.id)
        return unclear;
    const remote::Answer one = part_of(answer, *result);
    if (one.response.status == 409 && error_type(one.response) == "version_conflict_engine_exception")
        return {};
    if (one.response.status / 100 != 2)
        return result->contains("error") ? refusal(action, one) : unclear;
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
    const json::array* items = find_array(*body, {"items"});
    if (items == nullptr || items->size() != documents.size())
        return all(bad_response(action, answer, "the answer does not say that it was stored"));
    std::vector<Result<void>> out;
    for (std::size_t i = 0; i < documents.size(); ++i)
        out.push_back(to_stored(action, documents[i], (*items)[i], answer));
    return out;
}

bool some_are_busy(const http::Response& response) {
    if (response.status != 200 || response.body.find("\"error\"") == std::string::npos)
        return false;
    const auto body = parse_object(response.body);
    const json::array* items = body ? find_array(*body, {"items"}) : nullptr;
    return items != nullptr && std::ranges::any_of(*items, [](const json::value& item) {
               return is_busy(find_count(item, {"create", "status"}).value_or(0));
           });
}

} // namespace health::elasticsearch
