#pragma once

#include <base/error.hpp>
#include <model/backfill.hpp>
#include <model/snapshot.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace health::exposition {

/// The kinds of failure that a measurement can have, in the order in which they are exposed.
inline constexpr std::array failure_kinds{ErrorKind::unreachable,   ErrorKind::timeout, ErrorKind::unauthorized,
                                          ErrorKind::index_missing, ErrorKind::partial, ErrorKind::rejected,
                                          ErrorKind::bad_response};

/// Upper bounds in seconds; the last bucket, +Inf, is the count itself.
inline constexpr std::array duration_bounds{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0};

struct Durations {
    std::array<std::uint64_t, duration_bounds.size()> at_most{}; ///< cumulative
    std::uint64_t count = 0;
    double sum_seconds = 0;

    void observe(double seconds);
};

/// Resources of this process, as the official Prometheus clients name them.
struct ProcessStats {
    double cpu_seconds = 0;
    double start_time_seconds = 0; ///< since the epoch
    std::uint64_t resident_bytes = 0;
    std::uint64_t virtual_bytes = 0;
    std::uint64_t open_fds = 0;
    std::uint64_t max_fds = 0;
};

/// What is known of one backfill.
struct Reading {
    Backfill backfill;
    std::optional<Snapshot> snapshot{};           ///< the last good numbers, while they may be shown
    bool up = false;                              ///< its latest measurement succeeded
    std::optional<double> last_success_seconds{}; ///< when the latest one that succeeded ended, since the epoch
};

/// All that the metrics show of the measurements. One measurement is of all backfills, and fails when any of them does.
struct Telemetry {
    std::vector<Reading> readings;
    double all_succeeded_seconds = 0; ///< when the latest one in which all succeeded ended, since the epoch; or 0
    std::uint64_t succeeded = 0;
    std::array<std::uint64_t, failure_kinds.size()> failed{}; ///< by the first error of each
    Durations durations;
    std::optional<bool> configuration_reloaded{}; ///< none without a configuration file
};

} // namespace health::exposition
