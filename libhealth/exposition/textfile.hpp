#pragma once

#include <model/backfill.hpp>
#include <model/snapshot.hpp>

#include <filesystem>

namespace health {

/// Writes what `serve` would show of this measurement for the textfile collector of node_exporter
/// (https://github.com/prometheus/node_exporter#textfile-collector), by a rename. Of a failed measurement there are
/// no numbers, and the time of the last good one is that of the file before.
Result<void> write_textfile(const std::filesystem::path& path, const Backfill& backfill,
                            const Result<Snapshot>& measured);

} // namespace health
