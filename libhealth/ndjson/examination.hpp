#pragma once

#include <model/finding.hpp>
#include <store/store.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace health::ndjson {

/// The fields of the documents; called only where a name may be misspelt.
using FieldNames = std::function<Result<std::vector<std::string>>(const Deadline& deadline)>;

/// Checks everything that can be wrong with the folder and its files. `timeout` applies to each reading of them.
std::vector<Finding> examine(Store& store, const std::filesystem::path& folder,
                             const std::filesystem::path& health_file, const Backfill& backfill,
                             const std::string& health_index, const FieldNames& field_names,
                             std::chrono::milliseconds timeout);

} // namespace health::ndjson
