#include <elasticsearch/query.hpp>

#include <base/encoding.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>

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

} // namespace

std::string derived_aggregation(std::size_t i) {
    return i == 0 ? "derived" : fmt::format("derived_{}", i);
}

json::value population_query(const Backfill& backfill) {
    json::array population;
    for (const Term& term : backfill.population) {
        const bool one = term.values.size() == 1;
        population.push_back(one ? json::value{{"term", {{term.field, term.values.front()}}}}
                                 : json::value{{"terms", {{term.field, json::value_from(term.values)}}}});
    }
    if (backfill.query)
        population.push_back(json::parse(*backfill.query));
    return all_of(std::move(population));
}

json::value missing_query(const Backfill& backfill) {
    return {{"bool",
             {{"filter", json::array{population_query(backfill)}}, {"must_not", json::array{exists(backfill.field)}}}}};
}

Result<std::string> index_path(const std::string& expression) {
    Error error{ErrorKind::usage, fmt::format("\"{}\" is not an index name", printable(expression, 80)),
                Remedy::check_index_names};
    if (expression.empty() || expression.find('\0') != std::string::npos)
        return error;
    for (const std::string_view segment : split(expression, '/'))
        if (segment == "." || segment == "..")
            return error;
    return percent_encode(expression, ",*");
}

Result<http::Request> search(const std::string& expression, const json::value& body) {
    auto path = index_path(expression);
    if (!path)
        return path.error();
    return http::Request{
        .method = "POST",
        .target = fmt::format("/{}/_search?allow_partial_search_results=false&allow_no_indices=false", *path),
        .headers = {{"Content-Type", "application/json"}},
        .body = json::serialize(body)};
}

Result<http::Request> measurement(const Backfill& backfill) {
    const json::value missing{{"bool", {{"must_not", json::array{exists(backfill.field)}}}}};
    json::object counts{{"missing", filter_aggregation(missing)},
                        {"present", filter_aggregation(exists(backfill.field))}};
    for (std::size_t i = 0; i < backfill.derived.size(); ++i)
        counts[derived_aggregation(i)] =
            filter_aggregation(all_of({exists(backfill.field), exists(backfill.derived[i])}));
    return search(
        backfill.index,
        {{"size", 0}, {"track_total_hits", true}, {"query", population_query(backfill)}, {"aggs", std::move(counts)}});
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
