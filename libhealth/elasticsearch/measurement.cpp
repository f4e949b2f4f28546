#include <elasticsearch/measurement.hpp>

#include <base/json.hpp>
#include <base/printable.hpp>
#include <elasticsearch/api/answer.hpp>
#include <elasticsearch/api/query.hpp>
#include <store/remedy.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

constexpr std::string_view lacks_a_count = "the answer lacks a count, or one is not a whole number";
constexpr std::string_view do_not_add_up = "the counts do not add up";

/// In an answer, with the count's name.
constexpr std::size_t bytes_of_a_count = 50;

json::value filter_aggregation(json::value condition) {
    return {{"filter", std::move(condition)}};
}

std::string broken_aggregation(std::size_t i) {
    return fmt::format("broken_{}", i);
}

json::value arrived_missing(const MeasuredBackfill& counted) {
    return all_of({*counted.arrivals, none_of({exists(counted.backfill->field)})});
}

/// The query selects its population, and the total of the hits counts it.
json::object measurement_of_one(const MeasuredBackfill& counted) {
    const Backfill& backfill = *counted.backfill;
    json::object counts{{"missing", filter_aggregation(none_of({exists(backfill.field)}))},
                        {"present", filter_aggregation(exists(backfill.field))}};
    for (std::size_t i = 0; i < backfill.derived.size(); ++i)
        counts[derived_aggregation(i)] =
            filter_aggregation(all_of({exists(backfill.field), exists(backfill.derived[i])}));
    for (std::size_t i = 0; i < counted.broken.size(); ++i)
        counts[broken_aggregation(i)] = filter_aggregation(counted.broken[i]);
    if (counted.arrivals) {
        counts["arrived"] = filter_aggregation(*counted.arrivals);
        counts["arrived_missing"] = filter_aggregation(arrived_missing(counted));
    }
    return {
        {"size", 0}, {"track_total_hits", true}, {"query", population_query(backfill)}, {"aggs", std::move(counts)}};
}

/// "3.missing" in the search for several.
std::string bucket_name(std::size_t backfill, std::string_view count) {
    return fmt::format("{}.{}", backfill, count);
}

/// For each backfill the number of the population that it shares with others; none where it is not shared.
std::vector<std::optional<std::size_t>> shared_populations(const MeasuredBackfills& backfills) {
    std::map<std::string, std::vector<const Backfill*>> by_population;
    for (const auto& [backfill, broken, arrivals] : backfills)
        by_population[json::serialize(population_query(*backfill))].push_back(backfill);
    std::map<const Backfill*, std::size_t> numbers;
    std::size_t number = 0;
    for (const auto& [population, members] : by_population) {
        if (members.size() == 1)
            continue;
        for (const Backfill* member : members)
            numbers[member] = number;
        ++number;
    }
    std::vector<std::optional<std::size_t>> out;
    for (const auto& [backfill, broken, arrivals] : backfills) {
        const auto found = numbers.find(backfill);
        out.push_back(found == numbers.end() ? std::nullopt : std::optional(found->second));
    }
    return out;
}

std::string population_aggregation(std::size_t number) {
    return fmt::format("population{}", number);
}

/// Adds the filters of one backfill. `population` is empty where an enclosing aggregation selects it already.
void add_counts(json::object& filters, std::size_t number, const MeasuredBackfill& counted,
                const json::array& population) {
    const Backfill& backfill = *counted.backfill;
    const auto within = [&](const json::array& conditions) {
        json::array all = population;
        all.insert(all.end(), conditions.begin(), conditions.end());
        return all_of(std::move(all));
    };
    const json::value present = exists(backfill.field);
    filters[bucket_name(number, "missing")] = within({none_of({present})});
    filters[bucket_name(number, "present")] = within({present});
    for (std::size_t i = 0; i < backfill.derived.size(); ++i)
        filters[bucket_name(number, derived_aggregation(i))] = within({present, exists(backfill.derived[i])});
    for (std::size_t i = 0; i < counted.broken.size(); ++i)
        filters[bucket_name(number, broken_aggregation(i))] = within({counted.broken[i]});
    if (counted.arrivals) {
        filters[bucket_name(number, "arrived")] = within({*counted.arrivals});
        filters[bucket_name(number, "arrived_missing")] = within({arrived_missing(counted)});
    }
}

json::value filters_aggregation(json::object filters) {
    return {{"filters", {{"filters", std::move(filters)}}}};
}

/// Backfills that share a population are counted below one aggregation for it: its documents are found once, which
/// takes an engine a tenth of the time where there are a thousand backfills. For a population of a single backfill that
/// would visit every document, so its counts are separate filters, which the engine counts from its indices.
json::object measurement_of_several(const MeasuredBackfills& backfills) {
    const auto shared = shared_populations(backfills);
    std::map<std::size_t, json::object> below;
    std::map<std::size_t, json::value> populations;
    json::object filters;
    for (std::size_t i = 0; i < backfills.size(); ++i) {
        const json::value population = population_query(*backfills[i].backfill);
        if (shared[i]) {
            populations[*shared[i]] = population;
            add_counts(below[*shared[i]], i, backfills[i], {});
        } else {
            filters[bucket_name(i, "population")] = population;
            add_counts(filters, i, backfills[i], {population});
        }
    }
    json::object aggregations;
    for (auto& [number, counts] : below)
        aggregations[population_aggregation(number)] = {{"filter", populations[number]},
                                                        {"aggs", {{"counts", filters_aggregation(std::move(counts))}}}};
    if (!filters.empty())
        aggregations["counts"] = filters_aggregation(std::move(filters));
    return {{"size", 0}, {"track_total_hits", false}, {"aggs", std::move(aggregations)}};
}

/// The counts of one backfill, wherever the answer has them.
struct Counts {
    std::optional<std::uint64_t> population;
    std::function<std::optional<std::uint64_t>(std::string_view name)> at;
};

Result<Snapshot> to_snapshot(const Backfill& backfill, const Counts& counts, const remote::Answer& answer,
                             Timestamp ts) {
    const auto missing = counts.at("missing");
    const auto present = counts.at("present");
    if (!counts.population || !missing || !present)
        return bad_response(measure_action(backfill), answer, lacks_a_count);
    if (*missing > *counts.population || *present != *counts.population - *missing)
        return bad_response(measure_action(backfill), answer, do_not_add_up);
    Snapshot out{.index = backfill.index, .missing = *missing, .present = *present, .derived = {}, .ts = ts};
    for (std::size_t i = 0; i < backfill.derived.size(); ++i) {
        const auto derived = counts.at(derived_aggregation(i));
        if (!derived)
            return bad_response(measure_action(backfill), answer, lacks_a_count);
        if (*derived > *present)
            return bad_response(measure_action(backfill), answer, do_not_add_up);
        out.derived.push_back(*derived);
    }
    for (std::size_t i = 0; i < backfill.rules.size(); ++i) {
        const auto broken = counts.at(broken_aggregation(i));
        if (!broken)
            return bad_response(measure_action(backfill), answer, lacks_a_count);
        if (*broken > *counts.population)
            return bad_response(measure_action(backfill), answer, do_not_add_up);
        out.broken.push_back({.rule = backfill.rules[i].text, .documents = *broken});
    }
    if (backfill.arrivals_since) {
        const auto arrived = counts.at("arrived");
        const auto without_field = counts.at("arrived_missing");
        if (!arrived || !without_field)
            return bad_response(measure_action(backfill), answer, lacks_a_count);
        if (*arrived > *counts.population || *without_field > std::min(*arrived, *missing))
            return bad_response(measure_action(backfill), answer, do_not_add_up);
        out.arrivals = {.since = *backfill.arrivals_since, .total = *arrived, .missing = *without_field};
    }
    return out;
}

Result<Snapshot> to_snapshot_of_one(const Backfill& backfill, const json::object& body, const remote::Answer& answer,
                                    Timestamp ts) {
    auto total = find_count(body, {"hits", "total", "value"});
    const std::string relation = find_text(body, {"hits", "total", "relation"});
    if (total && relation == "gte")
        return partial(measure_action(backfill), answer, "its total is a lower bound");
    if (relation != "eq")
        total.reset();
    const auto at = [&](std::string_view name) { return find_count(body, {"aggregations", name, "doc_count"}); };
    return to_snapshot(backfill, {.population = total, .at = at}, answer, ts);
}

/// For the backfill with this number among several.
Counts counts_of(std::size_t number, std::optional<std::size_t> shared, const json::object& body) {
    const std::string population = shared ? population_aggregation(*shared) : "";
    const json::object* above =
        shared ? find_object(body, {"aggregations", population}) : find_object(body, {"aggregations"});
    const json::object* buckets = above == nullptr ? nullptr : find_object(*above, {"counts", "buckets"});
    const auto at = [=](std::string_view name) -> std::optional<std::uint64_t> {
        return buckets == nullptr ? std::nullopt : find_count(*buckets, {bucket_name(number, name), "doc_count"});
    };
    if (above == nullptr)
        return {.population = std::nullopt, .at = at};
    return {.population = shared ? find_count(*above, {"doc_count"}) : at("population"), .at = at};
}

} // namespace

std::string measure_action(const Backfill& backfill) {
    return fmt::format("cannot measure {}", printable(backfill.index, 80));
}

std::size_t expected_bytes(const Backfill& backfill) {
    return (5 + backfill.derived.size() + backfill.rules.size()) * bytes_of_a_count;
}

json::object measurement(const MeasuredBackfills& backfills) {
    return backfills.size() == 1 ? measurement_of_one(backfills.front()) : measurement_of_several(backfills);
}

std::vector<Result<Snapshot>> to_snapshots(const MeasuredBackfills& backfills, const remote::Answer& answer,
                                           Timestamp ts) {
    const auto body = complete_search(measure_action(*backfills.front().backfill), answer);
    const auto shared = shared_populations(backfills);
    std::vector<Result<Snapshot>> out;
    for (std::size_t i = 0; i < backfills.size(); ++i) {
        const Backfill& backfill = *backfills[i].backfill;
        if (!body)
            out.emplace_back(body.error());
        else if (find_count(*body, {"_shards", "total"}) == 0U)
            out.emplace_back(
                Error{ErrorKind::index_missing,
                      fmt::format("{} at {}: nothing matches that name", measure_action(backfill), answer.from),
                      Remedy::check_index});
        else if (backfills.size() == 1)
            out.push_back(to_snapshot_of_one(backfill, *body, answer, ts));
        else
            out.push_back(to_snapshot(backfill, counts_of(i, shared[i], *body), answer, ts));
    }
    return out;
}

} // namespace health::elasticsearch
