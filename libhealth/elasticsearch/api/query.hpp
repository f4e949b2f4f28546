#pragma once

#include <model/backfill.hpp>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace health::elasticsearch {

/// Building blocks of queries.
boost::json::value exists(std::string_view field);
boost::json::value all_of(boost::json::array conditions);
boost::json::value none_of(boost::json::array conditions);

/// The documents that the backfill works on, those of them that lack the field, and those that have it.
boost::json::value population_query(const Backfill& backfill);
boost::json::value missing_query(const Backfill& backfill);
boost::json::value present_query(const Backfill& backfill);

/// The name of the aggregation that counts a derived field.
std::string derived_aggregation(std::size_t i);

} // namespace health::elasticsearch
