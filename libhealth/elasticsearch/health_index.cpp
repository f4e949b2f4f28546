#include <elasticsearch/health_index.hpp>

#include <base/printable.hpp>
#include <elasticsearch/answer.hpp>
#include <elasticsearch/bulk.hpp>
#include <elasticsearch/mapping.hpp>
#include <elasticsearch/query.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

http::Request json_request(std::string method, std::string target, const json::object& body) {
    return {.method = std::move(method),
            .target = std::move(target),
            .headers = {{"Content-Type", "application/json"}},
            .body = json::serialize(body)};
}

bool already_exists(const http::Response& response) {
    if (response.status != 400)
        return false;
    const std::string type = error_type(response);
    const bool alias =
        type == "invalid_index_name_exception" && response.body.find("already exists as alias") != std::string::npos;
    return type == "resource_already_exists_exception" || alias;
}

} // namespace

Result<HealthIndex> HealthIndex::make(remote::Service& service, const std::string& name) {
    auto path = index_path(name);
    if (!path)
        return path.error();
    return HealthIndex(service, name, *std::move(path));
}

std::vector<Result<void>> HealthIndex::append(std::span<const HealthDocument> documents, const Deadline& deadline) {
    const auto all = [&](const Error& error) { return std::vector<Result<void>>(documents.size(), error); };
    if (documents.empty())
        return {};
    if (const auto exists = check_exists(deadline); !exists)
        return all(exists.error());
    const std::string action = fmt::format("cannot write to {}", printable(name_, 80));
    const auto answer = service_.call(bulk_request(path_, documents), deadline, some_are_busy);
    return answer ? to_stored(action, documents, *answer) : all(with_context(action, answer.error()));
}

Result<void> HealthIndex::check_exists(const Deadline& deadline) {
    const auto answer = service_.call({.method = "HEAD", .target = "/" + path_, .headers = {}, .body = {}}, deadline);
    const std::string action = fmt::format("cannot write to {}", printable(name_, 80));
    if (!answer)
        return with_context(action, answer.error());
    if (answer->response.status == 404)
        return Error{ErrorKind::index_missing,
                     fmt::format("the health index {} does not exist at {}", printable(name_, 80), answer->from),
                     Remedy::create_health_index};
    const bool may_not_ask = answer->response.status == 403;
    if (answer->response.status / 100 != 2 && !may_not_ask)
        return refusal(action, *answer);
    return {};
}

Result<Installed> HealthIndex::install(std::span<const FieldMapping> mapping, const Deadline& deadline) {
    const std::string action = fmt::format("cannot create {}", printable(name_, 80));
    const auto answer =
        service_.call(json_request("PUT", "/" + path_, json::object{{"mappings", to_json(mapping)}}), deadline);
    if (!answer)
        return with_context(action, answer.error());
    const bool may_not_create = answer->response.status == 403;
    if (already_exists(answer->response) || (may_not_create && check_exists(deadline))) {
        if (auto matches = complete_mapping(mapping, deadline); !matches)
            return matches.error();
        return Installed::existed;
    }
    const auto body = json_answer(action, *answer);
    if (!body)
        return body.error();
    if (!body->contains("acknowledged"))
        return Error{ErrorKind::bad_response,
                     fmt::format("{} at {}: the answer is not that of an index creation", action, answer->from),
                     "is it an Elasticsearch?"};
    return Installed::created;
}

Result<void> HealthIndex::complete_mapping(std::span<const FieldMapping> wanted, const Deadline& deadline) {
    const std::string action = fmt::format("cannot compare the mapping of {}", printable(name_, 80));
    const auto answer = service_.call(
        {.method = "GET", .target = fmt::format("/{}/_mapping", path_), .headers = {}, .body = {}}, deadline);
    if (!answer)
        return with_context(action, answer.error());
    const auto body = json_answer(action, *answer);
    if (!body)
        return body.error();
    std::vector<FieldMapping> lacking;
    for (const auto& [name, index] : *body) {
        const json::value* mappings = index.is_object() ? index.get_object().if_contains("mappings") : nullptr;
        if (mappings == nullptr || !mappings->is_object())
            return Error{ErrorKind::bad_response,
                         fmt::format("{} at {}: the answer is not a mapping", action, answer->from), ""};
        auto difference = compare_mapping(wanted, mappings->get_object());
        if (!difference.conflict.empty())
            return Error{ErrorKind::rejected,
                         fmt::format("index {} at {} has another mapping: {}", printable(name, 80), answer->from,
                                     difference.conflict),
                         Remedy::delete_health_index};
        const bool others = mappings->get_object().contains("properties");
        if (others && difference.lacking.size() == wanted.size())
            return Error{ErrorKind::rejected,
                         fmt::format("index {} at {} holds other documents: none of its fields belongs to a snapshot",
                                     printable(name, 80), answer->from),
                         Remedy::choose_health_index};
        std::ranges::move(difference.lacking, std::back_inserter(lacking));
    }
    return lacking.empty() ? Result<void>{} : add_fields(lacking, deadline);
}

Result<void> HealthIndex::add_fields(std::span<const FieldMapping> lacking, const Deadline& deadline) {
    const std::string action = fmt::format("cannot complete the mapping of {}", printable(name_, 80));
    const auto answer =
        service_.call(json_request("PUT", fmt::format("/{}/_mapping", path_), to_json(lacking)), deadline);
    if (!answer)
        return with_context(action, answer.error());
    if (const auto body = json_answer(action, *answer); !body)
        return body.error();
    return {};
}

} // namespace health::elasticsearch
