#include "query.hpp"

#include "text.hpp"

#include <health/url.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

json::value exists(const std::string& field) {
    return {{"exists", {{"field", field}}}};
}

json::value all_of(json::array conditions) {
    return {{"bool", {{"filter", std::move(conditions)}}}};
}

json::value filter_aggregation(json::value condition) {
    return {{"filter", std::move(condition)}};
}

std::string search_body(const Backfill& backfill) {
    json::array population;
    for (const Term& term : backfill.population)
        population.push_back(json::object{{"term", json::object{{term.field, term.value}}}});
    const json::value missing{{"bool", {{"must_not", json::array{exists(backfill.field)}}}}};
    const json::value derived = all_of({exists(backfill.field), exists(backfill.derived)});
    return json::serialize(json::value{
        {"size", 0},
        {"track_total_hits", true},
        {"query", all_of(std::move(population))},
        {"aggs",
         {{"missing", filter_aggregation(missing)},
          {"present", filter_aggregation(exists(backfill.field))},
          {"derived", filter_aggregation(derived)}}},
    });
}

} // namespace

Result<std::string> index_path(const std::string& expression) {
    Error error{ErrorKind::usage, fmt::format("\"{}\" is not an index name", printable(expression, 80)),
                "check --index and --health-index"};
    if (expression.empty() || expression.find('\0') != std::string::npos)
        return error;
    for (const std::string_view segment : split(expression, '/'))
        if (segment == "." || segment == "..")
            return error;
    return percent_encode(expression, ",*");
}

Result<http::Request> measurement(const Backfill& backfill) {
    auto path = index_path(backfill.index);
    if (!path)
        return path.error();
    // allow_no_indices: a pattern that matches nothing is a missing index, not 0 documents.
    return http::Request{
        .method = "POST",
        .target = fmt::format("/{}/_search?allow_partial_search_results=false&allow_no_indices=false", *path),
        .headers = {{"Content-Type", "application/json"}},
        .body = search_body(backfill)};
}

Result<http::Request> refresh(const Backfill& backfill) {
    auto path = index_path(backfill.index);
    if (!path)
        return path.error();
    return http::Request{.method = "POST",
                         .target = fmt::format("/{}/_refresh?allow_no_indices=false", *path),
                         .headers = {},
                         .body = {}};
}

} // namespace health::elasticsearch
