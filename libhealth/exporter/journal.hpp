#pragma once

#include <exporter/exporter.hpp>
#include <exposition/telemetry.hpp>
#include <model/history.hpp>

#include <chrono>
#include <deque>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace health::exporter {

struct Failure {
    Timestamp ts;
    ErrorKind kind{};
    std::string text; ///< one line, without secrets
};

/// A measurement that has ended, of whatever came of it.
struct Refresh {
    Timestamp ts;
    Clock::duration took{};
    std::optional<Failure> failure;
};

/// What was missing of one backfill, and when.
struct Point {
    Timestamp ts;
    double missing = 0;
};

/// What is known of one backfill over time.
struct Trend {
    std::vector<Point> stored; ///< hourly averages of the health index, from before the first that was seen
    std::vector<Point> seen;   ///< by this process
};

/// What the exporter knows at one instant.
struct View {
    exposition::Telemetry telemetry; ///< numbers that are too old to be shown are left out
    std::optional<Failure> failing;  ///< why the latest measurement failed
    Timestamp failing_since;
    std::vector<Trend> trends; ///< one for each reading of the telemetry
    std::string no_history;    ///< why the health index could not be read, if it could not
    std::vector<Refresh> refreshes;
    std::vector<Failure> failures; ///< these two are the last ones, newest first
};

/// Remembers how measurements ended. Safe to use from several threads.
class Journal {
public:
    Journal(const std::vector<Backfill>& backfills, std::chrono::milliseconds max_stale);

    /// The results of one measurement, one for each backfill. Gives the first error, if there is one.
    std::optional<Error> record(std::span<const Result<Snapshot>> results, Clock::duration took);

    /// The stored snapshots, one result for each backfill.
    void record_history(std::span<const Result<History>> results);

    [[nodiscard]] View view() const;
    /// What the metrics need of it, and until when it may be shown.
    struct Exposed {
        exposition::Telemetry telemetry;
        Clock::time_point until = Clock::time_point::max();
    };
    [[nodiscard]] Exposed exposed() const;
    [[nodiscard]] bool up() const;

private:
    void succeeded();
    void failed(const Error& error, Timestamp now);

    mutable std::mutex mutex_;
    std::chrono::milliseconds max_stale_;
    exposition::Telemetry telemetry_;
    std::optional<Failure> failing_;
    Timestamp failing_since_;
    Clock::time_point last_success_;
    std::vector<std::vector<Point>> stored_;
    std::vector<std::deque<Point>> seen_;
    std::string no_history_;
    std::deque<Refresh> refreshes_;
    std::deque<Failure> failures_;
};

} // namespace health::exporter
