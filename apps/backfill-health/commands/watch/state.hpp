#pragma once

#include <base/time.hpp>
#include <model/backfill.hpp>
#include <model/names.hpp>
#include <model/progress.hpp>
#include <model/snapshot.hpp>

#include <optional>
#include <string>

namespace cli {

/// Both clocks at one instant: one for durations, one for people.
struct Now {
    health::Clock::time_point steady;
    health::Timestamp wall;
};

/// What fails, and since when.
struct Outage {
    std::string reason;
    health::Timestamp since;
};

/// All that `watch` shows.
struct WatchState {
    health::Backfill backfill;
    std::optional<health::Snapshot> snapshot{}; ///< the last one
    health::Progress progress{};
    std::optional<Outage> measuring{};
    std::optional<Outage> storing{};

    /// On the last snapshot; empty when there is nothing to say.
    [[nodiscard]] std::string remark() const { return snapshot ? health::remark(backfill, *snapshot) : std::string(); }
    [[nodiscard]] bool is_done() const { return snapshot && !measuring && verdict(*snapshot) == health::Verdict::ok; }
};

} // namespace cli
