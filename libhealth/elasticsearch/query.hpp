#pragma once

#include <http/message.hpp>
#include <model/backfill.hpp>

#include <boost/json/value.hpp>

#include <string>

namespace health::elasticsearch {

/// An index expression as one segment of a path. Commas and asterisks keep their meaning; what would leave the
/// path is refused with `usage`, everything else is the engine's to judge.
Result<std::string> index_path(const std::string& expression);

/// The documents that the backfill works on, and those of them that lack the field.
boost::json::value population_query(const Backfill& backfill);
boost::json::value missing_query(const Backfill& backfill);

/// A search whose answer is whole, or an error. allow_no_indices: a pattern that matches nothing is a missing index,
/// not 0 documents.
Result<http::Request> search(const std::string& expression, const boost::json::value& body);

/// One search whose answer holds all numbers of the backfill, from one instant.
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/search-search.html
Result<http::Request> measurement(const Backfill& backfill);

/// The name of the aggregation that counts a derived field.
std::string derived_aggregation(std::size_t i);

/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/indices-refresh.html
Result<http::Request> refresh(const Backfill& backfill);

} // namespace health::elasticsearch
