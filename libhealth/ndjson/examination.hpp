#pragma once

#include <model/finding.hpp>
#include <store/store.hpp>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace health::ndjson {

/// Checks everything that can be wrong with the folder and its files. `timeout` applies to each measurement.
std::vector<Finding> examine(Store& store, const std::filesystem::path& folder,
                             const std::filesystem::path& health_file, const Backfill& backfill,
                             const std::string& health_index, std::chrono::milliseconds timeout);

} // namespace health::ndjson
