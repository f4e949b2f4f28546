#pragma once

#include <model/finding.hpp>
#include <remote/service.hpp>
#include <store/store.hpp>

#include <chrono>
#include <string>

namespace health::elasticsearch {

/// Checks everything that can be wrong with the engine and the two indices, in a dozen requests. `timeout` applies to
/// each of them.
Examination examine(Store& store, remote::Service& service, const RemoteSettings& settings, const Backfill& backfill,
                    const std::string& health_index, std::chrono::milliseconds timeout);

} // namespace health::elasticsearch
