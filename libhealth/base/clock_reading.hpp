#pragma once

#include <base/deadline.hpp>
#include <base/time.hpp>

#include <chrono>

namespace health {

/// An instant on both clocks: the steady one measures ages, the calendar is for people and Prometheus.
struct ClockReading {
    Clock::time_point steady;
    std::chrono::system_clock::time_point calendar;

    static ClockReading now() { return {.steady = Clock::now(), .calendar = std::chrono::system_clock::now()}; }
    [[nodiscard]] Timestamp seconds() const { return std::chrono::floor<std::chrono::seconds>(calendar); }
};

} // namespace health
