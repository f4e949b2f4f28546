#pragma once

#include <base/deadline.hpp>
#include <elasticsearch/api/send.hpp>
#include <elasticsearch/planner.hpp>
#include <model/backfill.hpp>
#include <model/snapshot.hpp>

#include <span>
#include <vector>

namespace health::elasticsearch {

/// Store::measure(). What is learned from refusals is kept in `isolation` for the next time.
std::vector<Result<Snapshot>> measure(const Send& send, std::span<const Backfill> backfills, Isolation& isolation,
                                      const Deadline& deadline);

} // namespace health::elasticsearch
