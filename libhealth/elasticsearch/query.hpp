#pragma once

#include <http/message.hpp>
#include <model/backfill.hpp>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace health::elasticsearch {

/// An index expression as one segment of a path. Commas and asterisks keep their meaning; what would leave the
/// path is refused with `usage`, everything else is the engine's to judge.
Result<std::string> index_path(const std::string& expression);

/// Building blocks of queries.
boost::json::value exists(std::string_view field);
boost::json::value all_of(boost::json::array conditions);
boost::json::value none_of(boost::json::array conditions);

/// The documents that the backfill works on, and those of them that lack the field.
boost::json::value population_query(const Backfill& backfill);
boost::json::value missing_query(const Backfill& backfill);

/// The name of the aggregation that counts a derived field.
std::string derived_aggregation(std::size_t i);

/// What fits into a request line of 4,096 bytes (http.max_initial_line_length), including the URL's prefix.
inline constexpr std::size_t longest_index_path = 3500;

/// A search_request() for a single search. Its answer is that of parts_of(answer, 1).
Result<http::Request> search(const std::string& expression, boost::json::object body);

} // namespace health::elasticsearch
