#include <elasticsearch/api/multi_search.hpp>

#include <base/json.hpp>
#include <elasticsearch/api/duplicate_key.hpp>
#include <elasticsearch/api/index_path.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

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

/// None when it is not an answer to `_msearch`.
std::optional<json::array> responses_of(const http::Response& response) {
    if (response.status != 200 || response.body.find("\"responses\"") == std::string::npos)
        return std::nullopt;
    auto body = parse_object(response.body);
    json::value* responses = body ? body->if_contains("responses") : nullptr;
    if (responses == nullptr || !responses->is_array())
        return std::nullopt;
    return std::move(responses->get_array());
}

std::uint64_t status_of(const json::value& item) {
    return find_count(item, {"status"}).value_or(0);
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

std::vector<remote::Answer> parts_of(const remote::Answer& answer, std::size_t searches) {
    const auto responses = responses_of(answer.response);
    const auto is_object = [](const json::value& item) { return item.is_object(); };
    if (!responses || responses->size() != searches || !std::ranges::all_of(*responses, is_object) ||
        has_duplicate_key(answer.response.body))
        return std::vector(searches, answer);
    std::vector<remote::Answer> out;
    for (const json::value& item : *responses)
        out.push_back(part_of(answer, item.get_object()));
    return out;
}

remote::Answer part_of(const remote::Answer& answer, const json::object& item) {
    constexpr std::uint64_t no_status = 999;
    remote::Answer out = answer;
    out.response.status = static_cast<int>(std::min(find_count(item, {"status"}).value_or(0), no_status));
    out.response.body = json::serialize(item);
    return out;
}

bool is_busy(std::uint64_t status) {
    return status == 429 || (status >= 502 && status <= 504);
}

bool all_are_busy(const http::Response& response) {
    if (response.body.find("\"error\"") == std::string::npos)
        return false;
    const auto responses = responses_of(response);
    return responses && !responses->empty() &&
           std::ranges::all_of(*responses, [](const json::value& item) { return is_busy(status_of(item)); }) &&
           !remote::exceeds_bucket_limit(response);
}

} // namespace health::elasticsearch
