#pragma once

#include <base/deadline.hpp>
#include <model/backfill.hpp>
#include <remote/service.hpp>

#include <span>
#include <vector>

namespace health::elasticsearch {

/// Refreshes the indices of all backfills, in as few requests as possible. A result for each backfill.
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/indices-refresh.html
std::vector<Result<void>> refresh(remote::Service& service, std::span<const Backfill> backfills,
                                  const Deadline& deadline);

} // namespace health::elasticsearch
