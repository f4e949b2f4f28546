#pragma once

#include "exposition/telemetry.hpp"

#include <health/exporter.hpp>

#include <chrono>
#include <deque>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace health::exporter {

/// A measurement that was good, for the trend on the page.
struct Point {
    Timestamp ts;
    std::uint64_t missing = 0; ///< of all backfills
};

struct Failure {
    Timestamp ts;
    ErrorKind kind{};
    std::string text; ///< one line, without secrets
};

/// What the exporter knows at one instant.
struct View {
    exposition::Telemetry telemetry; ///< numbers that are too old to be shown are left out
    bool measured = false;           ///< whether any measurement has ended
    std::optional<Failure> failing;  ///< why the latest measurement failed
    Timestamp failing_since;
    std::vector<Point> trend;
    std::vector<Failure> failures; ///< the last ones, newest first
};

/// Remembers how measurements ended. Safe to use from several threads.
class Journal {
public:
    Journal(const std::vector<Backfill>& backfills, std::chrono::milliseconds max_stale);

    /// The results of one measurement, one for each backfill. Gives the first error, if there is one.
    std::optional<Error> record(std::span<const Result<Snapshot>> results, Clock::duration took);

    [[nodiscard]] View view() const;
    /// Grows with every record.
    [[nodiscard]] std::uint64_t version() const;

private:
    mutable std::mutex mutex_;
    std::chrono::milliseconds max_stale_;
    exposition::Telemetry telemetry_;
    std::optional<Failure> failing_;
    Timestamp failing_since_;
    Clock::time_point last_success_;
    std::deque<Point> trend_;
    std::deque<Failure> failures_;
    std::uint64_t version_ = 0;
};

} // namespace health::exporter
