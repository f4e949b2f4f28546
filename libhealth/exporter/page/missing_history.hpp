#pragma once

#include <base/time.hpp>

#include <chrono>
#include <cstdint>
#include <vector>

namespace health::exporter {

/// What was missing of one backfill, and when.
struct MissingPoint {
    Timestamp ts;
    std::uint64_t missing = 0;
    bool after_failure = false; ///< the measurement before it failed

    bool operator==(const MissingPoint&) const = default;
};

/// What is known of one backfill over time, oldest first.
struct MissingHistory {
    /// The last snapshot of each hour in the health index, from before the first one seen.
    std::vector<MissingPoint> stored{};
    std::vector<MissingPoint> seen{};        ///< by this process
    std::chrono::seconds refresh_interval{}; ///< usual distance of those; 0: unknown
};

/// All points, cut where nothing was measured: where a measurement failed, or for longer than is usual.
std::vector<std::vector<MissingPoint>> pieces(const MissingHistory& history);

} // namespace health::exporter
