#pragma once

#include <model/backfill.hpp>
#include <base/deadline.hpp>
#include <model/finding.hpp>

#include <string>

namespace health {

/// Asks whoever listens at the address of `serve` (as of its --listen) how it is. That nothing is there is a problem
/// when it is expected to be. Without credentials: of pages that want some, only the probe can be seen.
Finding probe_exporter(const std::string& listen, const Backfill& backfill, bool expected, const Deadline& deadline);

} // namespace health
