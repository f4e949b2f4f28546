#include <elasticsearch/api/answer.hpp>

#include <base/json.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <elasticsearch/api/duplicate_key.hpp>
#include <remote/product.hpp>
#include <remote/status.hpp>
#include <store/remedy.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

constexpr std::size_t longest_reason = 110;

struct EngineError {
    std::string type;
    std::string reason;
    bool rejected_by_shards = false; ///< shards fail because of the request, and will again
};

/// The first reason in `root_cause` that says more than `reason`.
std::string root_cause(const json::object& body, const std::string& reason) {
    const json::array* roots = find_array(body, {"error", "root_cause"});
    for (const json::value& root : roots == nullptr ? json::array{} : *roots)
        if (std::string cause = root.is_object() ? find_text(root.get_object(), {"reason"}) : "";
            !cause.empty() && cause != reason)
            return cause;
    return {};
}

/// With several shards the status says only that some failed; each of them says why.
bool is_rejected_by_shards(const json::object& body) {
    constexpr std::array types{"query_shard_exception", "illegal_argument_exception", "parsing_exception",
                               "number_format_exception"};
    const json::array* failed = find_array(body, {"error", "failed_shards"});
    return failed != nullptr && std::ranges::any_of(*failed, [&](const json::value& shard) {
               const std::string type = shard.is_object() ? find_text(shard.get_object(), {"reason", "type"}) : "";
               return std::ranges::find(types, type) != types.end();
           });
}

EngineError parse_refusal(const http::Response& response) {
    const auto body = parse_object(response.body);
    if (!body)
        return {};
    if (std::string plain = find_text(*body, {"error"}); !plain.empty())
        return {.type = {}, .reason = std::move(plain)};
    for (const std::string_view key : {"message", "Message"}) // of a gateway in front, such as that of AWS
        if (std::string said = find_text(*body, {key}); !said.empty() && !body->contains("error"))
            return {.type = {}, .reason = std::move(said)};
    EngineError out{.type = find_text(*body, {"error", "type"}), .reason = find_text(*body, {"error", "reason"})};
    // "Request for uri [/_cluster/health/…] with method [GET] exists but is not available when running in serverless
    // mode"
    if (out.type == "api_not_available_exception")
        if (const auto begin = out.reason.find("not available"); begin != std::string::npos)
            return {.type = {}, .reason = out.reason.substr(begin)};
    // "all shards failed" alone does not explain anything.
    std::string cause = find_text(*body, {"error", "caused_by", "reason"});
    if (cause.empty() || cause == out.reason)
        cause = root_cause(*body, out.reason);
    if (!cause.empty())
        out.reason += (out.reason.empty() ? "" : ": ") + cause;
    out.rejected_by_shards = is_rejected_by_shards(*body);
    return out;
}

bool about_shards(const http::Response& response, const EngineError& refusal) {
    constexpr std::array types{"search_phase_execution_exception", "no_shard_available_action_exception",
                               "unavailable_shards_exception"};
    const bool shard_type = std::ranges::find(types, refusal.type) != types.end();
    return !refusal.rejected_by_shards &&
           ((response.status == 503 && shard_type) || refusal.reason.starts_with("Partial shards failure"));
}

bool is_without_scripts(const EngineError& refusal) {
    constexpr std::array<std::string_view, 4> reasons{
        "cannot execute [inline] scripts",       // script.allowed_types
        "cannot execute scripts using",          // script.allowed_contexts
        "[script] queries cannot be executed",   // search.allow_expensive_queries
        "script_lang not supported [painless]"}; // the module is not there
    return std::ranges::any_of(
        reasons, [&](std::string_view reason) { return refusal.reason.find(reason) != std::string::npos; });
}

std::string shards(std::uint64_t successful, std::uint64_t total) {
    return fmt::format("{} of {} shards answered", successful, total);
}

Result<void> check_complete(const std::string& action, const remote::Answer& answer, const json::object& body) {
    const auto total = find_count(body, {"_shards", "total"});
    const auto successful = find_count(body, {"_shards", "successful"});
    const auto failed = find_count(body, {"_shards", "failed"});
    if (!total || !successful || !failed)
        return bad_response(action, answer, "the answer has no valid _shards");
    // `failed` can be 0 with a shard missing: an unassigned one was never asked.
    if (*failed != 0 || *successful != *total)
        return partial(action, answer, shards(*successful, *total));
    return {};
}

Result<void> check_clusters(const std::string& action, const remote::Answer& answer, const json::object& body) {
    if (!body.contains("_clusters"))
        return {};
    const auto total = find_count(body, {"_clusters", "total"});
    const auto successful = find_count(body, {"_clusters", "successful"});
    if (!total || !successful)
        return bad_response(action, answer, "the answer has no valid _clusters");
    if (*total != *successful)
        return partial(action, answer, fmt::format("{} of {} clusters answered", *successful, *total));
    return {};
}

} // namespace

Error bad_response(const std::string& action, const remote::Answer& answer, std::string_view why) {
    return {ErrorKind::bad_response, fmt::format("{} at {}: {}", action, answer.from, why),
            "check that it is Elasticsearch, and that no proxy changes its answers"};
}

Error partial(const std::string& action, const remote::Answer& answer, std::string_view why) {
    return {ErrorKind::partial, fmt::format("{} at {}: the answer is incomplete: {}", action, answer.from, why),
            "check the cluster's health and try again"};
}

std::string error_type(const http::Response& response) {
    return parse_refusal(response).type;
}

std::string error_reason(const http::Response& response) {
    return parse_refusal(response).reason;
}

std::string describe_refusal(const http::Response& response) {
    const EngineError refusal = parse_refusal(response);
    const std::string& type = refusal.type;
    const std::string& reason = refusal.reason;
    std::string status = remote::describe_status(response);
    if (type.empty() && reason.empty())
        return status;
    return fmt::format(
        "{}, {}", status,
        printable(type.empty() || reason.starts_with(type) ? reason : type + ": " + reason, longest_reason));
}

Error refusal(const std::string& action, const remote::Answer& answer) {
    const http::Response& response = answer.response;
    const EngineError parsed = parse_refusal(response);
    const auto error = [&](ErrorKind kind, Hint hint) {
        return Error{kind, fmt::format("{} at {}: {}", action, answer.from, describe_refusal(response)),
                     std::move(hint)};
    };
    if (remote::is_kibana(response))
        return {ErrorKind::rejected,
                fmt::format("{} at {}: this is Kibana ({})", action, answer.from, remote::describe_status(response)),
                Remedy::find_engine};
    if (response.status == 401)
        return error(ErrorKind::unauthorized, {Remedy::engine_credentials, answer.credentials_source});
    // FORBIDDEN blocks have status 403; the block of a full disk has 429, but trying again does not help there, either.
    if (parsed.type == "cluster_block_exception" && response.status / 100 == 4)
        return error(ErrorKind::rejected, Remedy::remove_block);
    if (response.status == 403)
        return error(ErrorKind::unauthorized, "the credentials lack a privilege");
    if (response.status == 404 && parsed.type == "index_not_found_exception")
        return {ErrorKind::index_missing,
                fmt::format("{} at {}: {}", action, answer.from, printable(parsed.reason, longest_reason)),
                Remedy::check_index};
    // The names of the indices are part of it. Elasticsearch 7.10 calls it a frame.
    if (parsed.type == "too_long_http_line_exception" || parsed.type == "too_long_frame_exception")
        return error(ErrorKind::rejected, "name fewer indices, or use a pattern");
    if (parsed.type.empty() && parsed.reason.empty())
        return error(ErrorKind::rejected, "is it Elasticsearch? check the URL");
    if (remote::exceeds_bucket_limit(response))
        return error(ErrorKind::rejected, "raise search.max_buckets in the cluster settings");
    if (parsed.reason.find("FieldExistsQuery requires") != std::string::npos) // with status 500
        return error(ErrorKind::rejected, "the field is not indexed: change its mapping, and reindex");
    if (is_without_scripts(parsed))
        return {ErrorKind::rejected,
                fmt::format("{} at {}: it needs a script, and scripts are switched off", action, answer.from),
                "compare with a value, or let the engine run scripts: script.allowed_types, script.allowed_contexts, "
                "search.allow_expensive_queries"};
    if (about_shards(response, parsed))
        return error(ErrorKind::partial, "check the cluster's health and try again");
    if (response.status == 429 || response.status >= 500)
        return error(ErrorKind::rejected, "the engine is overloaded or unhealthy; try again later");
    return error(ErrorKind::rejected, "");
}

Result<json::object> json_answer(const std::string& action, const remote::Answer& answer) {
    if (answer.response.status / 100 != 2)
        return refusal(action, answer);
    if (answer.response.body_problem)
        return bad_response(action, answer, answer.response.body_problem->message);
    auto body = parse_object(answer.response.body);
    if (!body)
        return bad_response(action, answer, "the answer is not a JSON object");
    return *std::move(body);
}

Result<json::object> complete_search(const std::string& action, const remote::Answer& answer) {
    auto body = json_answer(action, answer);
    if (!body)
        return body;
    if (has_duplicate_key(answer.response.body))
        return bad_response(action, answer, "the answer has a duplicate key");

    const auto timed_out = find_bool(*body, {"timed_out"});
    if (!timed_out)
        return bad_response(action, answer, "the answer is not a search response");
    if (*timed_out)
        return partial(action, answer, "the search timed out in the engine");
    if (auto complete = check_complete(action, answer, *body); !complete)
        return complete.error();
    if (auto complete = check_clusters(action, answer, *body); !complete)
        return complete.error();
    return body;
}

Result<DocumentId> document_of(const std::string& action, const remote::Answer& answer, const json::value& hit) {
    const json::string* index = find_string(hit, {"_index"});
    const json::string* id = find_string(hit, {"_id"});
    if (index == nullptr || id == nullptr)
        return bad_response(action, answer, "the answer has a document without an id");
    return DocumentId{.index = std::string(*index), .id = std::string(*id)};
}

Result<void> check_refreshed(const std::string& action, const remote::Answer& answer) {
    const auto body = json_answer(action, answer);
    if (!body)
        return body.error();
    // `total` includes unassigned copies here, which need no refresh.
    const auto failed = find_count(*body, {"_shards", "failed"});
    if (!failed)
        return bad_response(action, answer, "the answer has no valid _shards");
    if (*failed != 0)
        return partial(action, answer, count_of(*failed, "shard") + " failed");
    return {};
}

} // namespace health::elasticsearch
