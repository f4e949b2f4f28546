#pragma once

#include <elasticsearch/api/send.hpp>
#include <model/finding.hpp>
#include <remote/settings.hpp>
#include <store/store.hpp>

#include <chrono>
#include <span>
#include <string>

namespace health::elasticsearch {

/// Checks everything that can be wrong with the engine, the health index and the backfills' indices: a dozen requests,
/// and some for each backfill. `timeout` applies to each of them.
Examination examine(Store& store, const Send& send, const RemoteSettings& settings, std::span<const Backfill> backfills,
                    const std::string& health_index, std::chrono::milliseconds timeout);

} // namespace health::elasticsearch
