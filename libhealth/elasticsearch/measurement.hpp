#pragma once

#include <model/backfill.hpp>
#include <model/snapshot.hpp>
#include <remote/service.hpp>

#include <boost/json/object.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace health::elasticsearch {

using Backfills = std::vector<const Backfill*>;

/// One search whose answer holds all numbers of the backfills, from one instant. They have one index expression.
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/search-aggregations-bucket-filters-aggregation.html
boost::json::object measurement(const Backfills& backfills);

/// Checks the answer to it in every respect before anybody sees a number of it. A result for each backfill.
std::vector<Result<Snapshot>> to_snapshots(const Backfills& backfills, const remote::Answer& answer, Timestamp ts);

/// "cannot measure emails": how its errors begin.
std::string measure_action(const Backfill& backfill);

/// Of the answer, for this backfill.
std::size_t expected_bytes(const Backfill& backfill);

} // namespace health::elasticsearch
