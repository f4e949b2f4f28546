#include <elasticsearch/api/multi_search.hpp>

#include <elasticsearch/api/duplicate_key.hpp>
#include <elasticsearch/api/index_path.hpp>
#include <elasticsearch/api/parts.hpp>
#include <remote/status.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

constexpr std::string_view responses = "responses"; ///< of an answer to `_msearch`

http::Request multi_search(std::span<const SearchBody> searches) {
    std::string body;
    for (const SearchBody& search : searches) {
        body += json::serialize(json::object{
            {"index", search.index}, {"allow_partial_search_results", false}, {"allow_no_indices", false}});
        body += '\n';
        body += json::serialize(search.body);
        body += '\n';
    }
    return {.method = "POST",
            .target = "/_msearch",
            .headers = {{"Content-Type", "application/x-ndjson"}},
            .body = std::move(body)};
}

/// Saves looking at the answer to a single search, which has none.
bool mentions_responses(const http::Response& response) {
    return response.body.find("\"responses\"") != std::string::npos;
}

} // namespace

http::Request search_request(std::span<const SearchBody> searches) {
    if (searches.size() != 1)
        return multi_search(searches);
    const auto path = index_path(searches.front().index);
    if (path->size() > longest_index_path)
        return multi_search(searches);
    return {.method = "POST",
            .target = fmt::format("/{}/_search?allow_partial_search_results=false&allow_no_indices=false", *path),
            .headers = {{"Content-Type", "application/json"}},
            .body = json::serialize(searches.front().body)};
}

Result<http::Request> search(const std::string& expression, json::object body) {
    const auto path = index_path(expression);
    if (!path)
        return path.error();
    return search_request(std::array{SearchBody{.index = expression, .body = std::move(body)}});
}

std::vector<remote::Answer> answers_in(const remote::Answer& answer, std::size_t searches) {
    if (!mentions_responses(answer.response) || has_duplicate_key(answer.response.body))
        return std::vector(searches, answer);
    const auto parts = parts_of(answer.response, responses);
    if (!parts || parts->size() != searches ||
        std::ranges::any_of(*parts, [](const AnswerPart& part) { return part.text.empty(); }))
        return std::vector(searches, answer);
    std::vector<remote::Answer> out;
    for (const AnswerPart& part : *parts)
        out.push_back(as_answer(part, answer));
    return out;
}

bool all_are_busy(const http::Response& response) {
    if (response.body.find("\"error\"") == std::string::npos || remote::exceeds_bucket_limit(response))
        return false;
    const auto parts = parts_of(response, responses);
    return parts && !parts->empty() &&
           std::ranges::all_of(*parts, [](const AnswerPart& part) { return remote::is_busy(part.status); });
}

} // namespace health::elasticsearch
