#pragma once

#include "support.hpp"

#include <commands/watch/state.hpp>

#include <cmath>

namespace test {

/// The numbers that are measured every 5 s, and the state that `watch` makes of them.
struct Watched {
    cli::WatchState state{.backfill = bills()};
    double missing = 1043;
    double present = 200;
    int seconds = -5;

    /// Documents a second.
    void during(std::chrono::seconds time, double missing_change, double present_change) {
        for (const auto end = seconds + time.count(); seconds < end;) {
            seconds += 5;
            missing += missing_change * 5;
            present += present_change * 5;
            state.snapshot = snapshot(static_cast<std::uint64_t>(std::llround(missing)),
                                      static_cast<std::uint64_t>(std::llround(present)), 0);
            state.progress.add(now().steady, state.snapshot->missing, state.snapshot->present);
        }
    }

    [[nodiscard]] health::ClockReading now() const {
        return {.steady = health::Clock::time_point(std::chrono::seconds(seconds)),
                .calendar = at("2025-10-10T14:22:31Z")};
    }
};

/// 300 s of 2 documents a second.
inline Watched midway() {
    Watched out;
    out.during(std::chrono::seconds(305), -2, 2);
    return out;
}

} // namespace test
