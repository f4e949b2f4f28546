#pragma once

#include <base/deadline.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace health {

/// How a backfill goes on, and when it will be done, from measurements of what is missing. What it gets done is the
/// decrease of that, so documents that come in meanwhile count against it. Times are given to it: it has no clock.
///
/// The estimate is the mean rate between the first change that was seen and the last one, without the pauses. An engine
/// shows what was written in steps, when it refreshes; from change to change the steps do not distort the mean.
class Progress {
public:
    using Seconds = std::chrono::duration<double>;

    /// Measurements in the order of their times; one that is not later than the one before is left out.
    void add(Clock::time_point at, std::uint64_t missing);

    /// Documents a second; negative when more and more are missing.
    struct Rate {
        double per_second;
        Seconds over; ///< less than the window at the beginning, more when measurements are rare or were interrupted
    };
    /// None before there are two measurements.
    [[nodiscard]] std::optional<Rate> recent_rate(Seconds window = std::chrono::minutes(1)) const;
    [[nodiscard]] std::optional<double> mean_rate() const;

    /// What is left. `latest` is none when it cannot be told.
    struct Estimate {
        Seconds expected;
        Seconds soonest;
        std::optional<Seconds> latest;
    };
    /// None when nothing is missing, nothing becomes less, too little has been seen, or it is overdue.
    [[nodiscard]] std::optional<Estimate> estimate(Clock::time_point now) const;

    /// By the mean rate, all would be done by now.
    [[nodiscard]] bool overdue(Clock::time_point now) const;

    /// From the last change, or the first measurement, to the latest measurement: what came then is not known.
    [[nodiscard]] Seconds unchanged() const;

    /// The rate in each of so many columns of time, the last of which ends at the latest measurement; none where
    /// nothing was measured.
    [[nodiscard]] std::vector<std::optional<double>> recent_rates(std::size_t columns, Seconds column) const;

private:
    struct Point {
        Clock::time_point at;
        std::uint64_t missing;
    };
    /// From one change to the next, without the pause between them.
    struct Stretch {
        double seconds;
        double done;
    };

    void add_change(Clock::time_point at, std::uint64_t missing);
    [[nodiscard]] double standard_error(double mean, std::size_t blocks) const;

    std::deque<Point> recent_;         ///< of the last minutes
    std::optional<Point> first_;       ///< measurement
    std::optional<Point> last_change_; ///< the measurement that showed it
    std::optional<Point> latest_;
    std::vector<Stretch> stretches_; ///< a bounded number: when there are many, two become one
    std::size_t changes_ = 0;
};

} // namespace health
