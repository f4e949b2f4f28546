#pragma once

#include "http/message.hpp"

#include <health/backfill.hpp>

#include <string>

namespace health::elasticsearch {

/// An index expression as one segment of a path. Commas and asterisks keep their meaning; what would leave the
/// path is refused with `usage`, everything else is the engine's to judge.
Result<std::string> index_path(const std::string& expression);

/// One search whose answer holds all numbers of the backfill, from one instant.
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/search-search.html
Result<http::Request> measurement(const Backfill& backfill);

/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/indices-refresh.html
Result<http::Request> refresh(const Backfill& backfill);

} // namespace health::elasticsearch
