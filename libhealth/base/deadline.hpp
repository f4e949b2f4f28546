#pragma once

#include <algorithm>
#include <chrono>
#include <stop_token>

namespace health {

using Clock = std::chrono::steady_clock;

/// The end of one operation, all its attempts and waits included. A request to stop ends it early.
struct Deadline {
    Clock::time_point at;
    std::stop_token stop;

    static Deadline after(Clock::duration time, std::stop_token stop = {}) {
        return {.at = Clock::now() + time, .stop = std::move(stop)};
    }

    [[nodiscard]] Clock::duration remaining(Clock::time_point now = Clock::now()) const {
        return std::max(at - now, Clock::duration::zero());
    }
    [[nodiscard]] bool passed() const { return stop.stop_requested() || Clock::now() >= at; }
};

} // namespace health
