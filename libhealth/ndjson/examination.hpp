#pragma once

#include <model/finding.hpp>
#include <store/store.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace health::ndjson {

/// The fields of the backfill's documents; called only where a name may be misspelt.
using FieldNames = std::function<Result<std::vector<std::string>>(const Backfill& backfill, const Deadline& deadline)>;

/// Checks everything that can be wrong with the folder and its files. `timeout` applies to each reading of them: one
/// for all numbers, one for the snapshots, and one for each backfill with a name that may be misspelt.
std::vector<Finding> examine(Store& store, const std::filesystem::path& folder,
                             const std::filesystem::path& health_file, std::span<const Backfill> backfills,
                             const std::string& health_index, const FieldNames& field_names,
                             std::chrono::milliseconds timeout);

} // namespace health::ndjson
