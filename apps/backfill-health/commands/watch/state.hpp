#pragma once

#include <base/clock_reading.hpp>
#include <base/error.hpp>
#include <base/time.hpp>
#include <model/backfill.hpp>
#include <model/progress.hpp>
#include <model/snapshot.hpp>
#include <report/backfill_status.hpp>

#include <optional>
#include <string>

namespace cli {

/// What fails, and since when.
struct Outage {
    health::Error error; ///< the latest one
    health::Timestamp since;

    /// In one line.
    [[nodiscard]] std::string reason() const;
};

/// "3 arrived since without dates"; empty when none did.
std::string describe_arrivals(const health::Backfill& backfill, const health::Snapshot& snapshot);

/// All that `watch` shows.
struct WatchState {
    health::Backfill backfill;
    std::optional<health::Snapshot> snapshot{}; ///< the last one
    health::Progress progress{};
    std::optional<Outage> measuring{};
    std::optional<Outage> storing{};

    /// On the last snapshot; empty when there is nothing to say.
    [[nodiscard]] std::string remark() const;
    [[nodiscard]] bool is_done() const;
    [[nodiscard]] health::BackfillStatus status(const health::ClockReading& now) const;
};

} // namespace cli
