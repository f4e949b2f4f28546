#pragma once

#include <base/deadline.hpp>
#include <elasticsearch/api/send.hpp>
#include <model/backfill.hpp>

#include <span>
#include <vector>

namespace health::elasticsearch {

/// Refreshes the indices of all backfills, in as few requests as possible. A result for each backfill.
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/indices-refresh.html
std::vector<Result<void>> refresh(const Send& send, std::span<const Backfill> backfills, const Deadline& deadline);

} // namespace health::elasticsearch
