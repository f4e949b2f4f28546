#include <elasticsearch/measurement.hpp>

#include <base/json.hpp>
#include <base/printable.hpp>
#include <elasticsearch/answer.hpp>
#include <elasticsearch/query.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <functional>
#include <optional>
#include <string>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

constexpr std::string_view lacks_a_count = "the answer lacks a count, or one is not a whole number";
constexpr std::string_view do_not_add_up = "the counts do not add up";

/// What one count takes of an answer, its name included.
constexpr std::size_t bytes_of_a_count = 50;

json::value filter_aggregation(json::value condition) {
    return {{"filter", std::move(condition)}};
}

/// Its population is the query, and the total of the hits.
json::object measurement_of_one(const Backfill& backfill) {
    json::object counts{{"missing", filter_aggregation(none_of({exists(backfill.field)}))},
                        {"present", filter_aggregation(exists(backfill.field))}};
    for (std::size_t i = 0; i < backfill.derived.size(); ++i)
        counts[derived_aggregation(i)] =
            filter_aggregation(all_of({exists(backfill.field), exists(backfill.derived[i])}));
    return {
        {"size", 0}, {"track_total_hits", true}, {"query", population_query(backfill)}, {"aggs", std::move(counts)}};
}

/// "3.missing" in the search for several.
std::string bucket_name(std::size_t backfill, std::string_view count) {
    return fmt::format("{}.{}", backfill, count);
}

/// Every count is a filter of its own, for engines count such filters one by one from their indices, and those below
/// others document by document.
json::object measurement_of_several(const Backfills& backfills) {
    json::object filters;
    for (std::size_t i = 0; i < backfills.size(); ++i) {
        const Backfill& backfill = *backfills[i];
        const json::value population = population_query(backfill);
        const json::value present = exists(backfill.field);
        filters[bucket_name(i, "population")] = population;
        filters[bucket_name(i, "missing")] = missing_query(backfill);
        filters[bucket_name(i, "present")] = all_of({population, present});
        for (std::size_t j = 0; j < backfill.derived.size(); ++j)
            filters[bucket_name(i, derived_aggregation(j))] =
                all_of({population, present, exists(backfill.derived[j])});
    }
    return {{"size", 0},
            {"track_total_hits", false},
            {"aggs", {{"counts", {{"filters", {{"filters", std::move(filters)}}}}}}}};
}

/// The counts of one backfill, wherever they stand in the answer.
struct Counts {
    std::optional<std::uint64_t> population;
    std::function<std::optional<std::uint64_t>(std::string_view name)> at;
};

Result<Snapshot> to_snapshot(const Backfill& backfill, const Counts& counts, const remote::Answer& answer,
                             Timestamp ts) {
    const auto missing = counts.at("missing");
    const auto present = counts.at("present");
    if (!counts.population || !missing || !present)
        return bad_response(measuring(backfill), answer, lacks_a_count);
    if (*missing > *counts.population || *present != *counts.population - *missing)
        return bad_response(measuring(backfill), answer, do_not_add_up);
    Snapshot out{.index = backfill.index, .missing = *missing, .present = *present, .derived = {}, .ts = ts};
    for (std::size_t i = 0; i < backfill.derived.size(); ++i) {
        const auto derived = counts.at(derived_aggregation(i));
        if (!derived)
            return bad_response(measuring(backfill), answer, lacks_a_count);
        if (*derived > *present)
            return bad_response(measuring(backfill), answer, do_not_add_up);
        out.derived.push_back(*derived);
    }
    return out;
}

Result<Snapshot> to_snapshot_of_one(const Backfill& backfill, const json::object& body, const remote::Answer& answer,
                                    Timestamp ts) {
    auto total = find_count(body, {"hits", "total", "value"});
    const std::string relation = find_text(body, {"hits", "total", "relation"});
    if (total && relation == "gte")
        return partial(measuring(backfill), answer, "its total is a lower bound");
    if (relation != "eq")
        total.reset();
    const auto at = [&](std::string_view name) { return find_count(body, {"aggregations", name, "doc_count"}); };
    return to_snapshot(backfill, {.population = total, .at = at}, answer, ts);
}

} // namespace

std::string measuring(const Backfill& backfill) {
    return fmt::format("cannot measure {}", printable(backfill.index, 80));
}

std::size_t expected_bytes(const Backfill& backfill) {
    return (3 + backfill.derived.size()) * bytes_of_a_count;
}

json::object measurement(const Backfills& backfills) {
    return backfills.size() == 1 ? measurement_of_one(*backfills.front()) : measurement_of_several(backfills);
}

std::vector<Result<Snapshot>> to_snapshots(const Backfills& backfills, const remote::Answer& answer, Timestamp ts) {
    const auto body = complete_search(measuring(*backfills.front()), answer);
    std::vector<Result<Snapshot>> out;
    for (std::size_t i = 0; i < backfills.size(); ++i) {
        const Backfill& backfill = *backfills[i];
        const auto at = [&](std::string_view name) {
            return find_count(*body, {"aggregations", "counts", "buckets", bucket_name(i, name), "doc_count"});
        };
        if (!body)
            out.emplace_back(body.error());
        else if (find_count(*body, {"_shards", "total"}) == 0U)
            out.emplace_back(Error{ErrorKind::index_missing,
                                   fmt::format("{} at {}: nothing matches that name", measuring(backfill), answer.from),
                                   Remedy::check_index});
        else if (backfills.size() == 1)
            out.push_back(to_snapshot_of_one(backfill, *body, answer, ts));
        else
            out.push_back(to_snapshot(backfill, {.population = at("population"), .at = at}, answer, ts));
    }
    return out;
}

} // namespace health::elasticsearch
