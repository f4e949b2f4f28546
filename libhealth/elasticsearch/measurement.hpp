#pragma once

#include <model/backfill.hpp>
#include <model/snapshot.hpp>
#include <remote/service.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace health::elasticsearch {

/// A backfill, and the queries for the documents that break each of its rules, and for those that came in late.
struct MeasuredBackfill {
    MeasuredBackfill(const Backfill* of, std::vector<boost::json::value> rules = {}, // NOLINT(*-explicit-*)
                     std::optional<boost::json::value> late = {})
        : backfill(of), broken(std::move(rules)), arrivals(std::move(late)) {}

    const Backfill* backfill;
    std::vector<boost::json::value> broken;
    std::optional<boost::json::value> arrivals;
};

using MeasuredBackfills = std::vector<MeasuredBackfill>;

/// One search whose answer has all numbers of the backfills, taken at one instant. They share one index expression.
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/search-aggregations-bucket-filters-aggregation.html
boost::json::object measurement(const MeasuredBackfills& backfills);

/// Fully checks the answer before any number of it is used. A result for each backfill.
std::vector<Result<Snapshot>> to_snapshots(const MeasuredBackfills& backfills, const remote::Answer& answer,
                                           Timestamp ts);

/// "cannot measure INDEX", with which its errors begin.
std::string measure_action(const Backfill& backfill);

/// How much this backfill adds to the answer.
std::size_t expected_bytes(const Backfill& backfill);

} // namespace health::elasticsearch
