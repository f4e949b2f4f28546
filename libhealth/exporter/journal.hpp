#pragma once

#include <base/clock_reading.hpp>
#include <base/deadline.hpp>
#include <base/error.hpp>
#include <exporter/page/missing_history.hpp>
#include <exporter/page/view.hpp>
#include <exposition/telemetry.hpp>
#include <model/history.hpp>
#include <model/progress.hpp>

#include <array>
#include <chrono>
#include <deque>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace health::exporter {

/// Backfills of which measuring begins to fail, or works again.
struct Change {
    std::vector<std::string> names;
    std::optional<Failure> failure; ///< none: they work again
};

/// Remembers how measurements ended, for each backfill by itself: one that fails neither hides nor ages the others.
/// It has no clock. Safe to use from several threads.
class Journal {
public:
    struct Settings {
        std::chrono::milliseconds max_stale;        ///< how long the last good numbers are shown while measuring fails
        std::chrono::milliseconds refresh_interval; ///< 0: unknown
        HintTexts hint_texts;                       ///< puts the hints of errors into words
    };
    Journal(const std::vector<Backfill>& backfills, const Settings& settings);

    struct Recorded {
        std::optional<Error> error; ///< the first one
        std::vector<Change> changes;
    };
    /// One measurement that has ended: a result for each backfill.
    Recorded record(std::span<const Result<Snapshot>> results, Clock::duration took, const ClockReading& now);

    /// The stored snapshots by the hour, a result for each of these backfills. Those that are not measured any more are
    /// passed over.
    void record_history(std::span<const Backfill> backfills, std::span<const Result<History>> results);

    /// Replaces the measured backfills. The records of those that stay are kept.
    void replace(const std::vector<Backfill>& backfills);
    /// The configuration file was read: without an error it is in force.
    void record_configuration(const std::optional<Error>& error);

    [[nodiscard]] std::vector<Backfill> backfills() const;
    /// How many times they have been replaced.
    [[nodiscard]] std::uint64_t replacements() const;

    /// What the metrics show, and until when it may be shown.
    struct Exposed {
        exposition::Telemetry telemetry;
        Clock::time_point until = Clock::time_point::max();
        std::optional<std::string> reason_not_ready;
    };
    [[nodiscard]] Exposed exposed(Clock::time_point now) const;
    /// Of all backfills, or of that one alone.
    [[nodiscard]] View view(Clock::time_point now, std::optional<std::string_view> only = std::nullopt) const;

    /// None when the latest measurement of any backfill succeeded.
    [[nodiscard]] std::optional<std::string> reason_not_ready() const;

private:
    struct Record {
        Backfill backfill;
        std::optional<Snapshot> snapshot{}; ///< the last good one
        std::optional<ClockReading> last_success{};
        std::optional<Failure> failure{};
        std::vector<MissingPoint> stored{};
        std::string no_history{}; ///< why the health index could not be read, if it could not
        std::deque<MissingPoint> seen{};
        Progress progress{};

        void succeed(const Snapshot& measured, const ClockReading& now);
        void fail(const Error& error, HintTexts texts, const ClockReading& now);
        /// The latest measurement succeeded.
        [[nodiscard]] bool up() const { return last_success && !failure; }
    };

    /// An error, and how it is shown.
    struct Remembered {
        Error error;
        ErrorEntry entry;
    };

    /// The same without the lock.
    [[nodiscard]] std::optional<std::string> reason_none_is_up() const;
    void count(const Error& error);
    void remember(const Error& error, Timestamp now);
    /// When the numbers become too old to be shown; never as long as measuring works.
    [[nodiscard]] Clock::time_point stale_at(const Record& record) const;
    [[nodiscard]] MissingHistory missing_history_of(const Record& record) const;

    mutable std::mutex mutex_;
    Settings settings_;
    std::vector<Record> records_;
    std::uint64_t replacements_ = 0;
    std::optional<ClockReading> all_succeeded_;
    std::uint64_t succeeded_ = 0;
    std::array<std::uint64_t, exposition::failure_kinds.size()> failed_{};
    exposition::Durations durations_;
    std::optional<bool> configuration_in_force_; ///< none without a file
    std::string bad_configuration_;
    std::deque<Refresh> refreshes_;
    std::deque<Remembered> errors_;
};

} // namespace health::exporter
