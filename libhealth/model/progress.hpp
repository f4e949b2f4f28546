#pragma once

#include <base/deadline.hpp>
#include <model/pace.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <variant>
#include <vector>

namespace health {

/// How a backfill goes on, and when it will be done, from measurements of it. Times are given to it: it has no clock.
///
/// What is filled. Two counts cannot separate a document that was filled from one that arrived with the field while
/// another without it was deleted. But a filled document leaves `missing` and enters `present`, and so both bound the
/// number: an arrival with the field raises `present` alone, a deletion lowers `missing` alone, and neither counts. An
/// arrival without the field raises `missing` alone and counts against what is filled, because it has to be filled,
/// too. So the estimate is what is missing divided by the rate at which the backfill gains on it.
///
/// When there is no estimate. Nobody knows whether a backfill still runs that has filled nothing for longer than its
/// store usually takes to show the next documents; nor how it goes on while measurements fail. Then there is a reason
/// instead. What was before such a pause is no part of later estimates, and neither is the time before the backfill
/// began.
class Progress {
public:
    using Seconds = std::chrono::duration<double>;

    /// Measurements in the order of their times; one that is not later than the one before is left out.
    void add(Clock::time_point at, std::uint64_t missing, std::uint64_t present);

    /// A measurement failed: until the next one that succeeds, nothing is known.
    void add_failure(Clock::time_point at);

    /// The time that is left. `latest` is none when the pace varies so much that there may be no end.
    struct Estimate {
        Seconds expected;
        Seconds soonest;
        std::optional<Seconds> latest;
        double per_second; ///< the rate that it rests on: documents by which `missing` falls
    };

    enum class Obstacle {
        nothing_missing,
        too_little_seen,
        not_measured,   ///< measurements fail
        nothing_filled, ///< no document was filled; `per_second` new ones arrive without the field
        not_gaining,    ///< `missing` does not fall while `per_second` new documents arrive, with the field or without
        removed,        ///< `per_second` documents lose the field
        deleted,        ///< `per_second` documents are deleted, so what is filled cannot be known
    };
    struct NoEstimate {
        Obstacle obstacle;
        Seconds time{};        ///< for which it has been so
        double per_second = 0; ///< see Obstacle
    };

    using Outlook = std::variant<Estimate, NoEstimate>;
    [[nodiscard]] Outlook outlook(Clock::time_point now) const;

    /// How the counts change, in documents a second.
    struct Trend {
        double missing;
        double population;
        Seconds over; ///< less than the window at the beginning, more when measurements are rare or were interrupted
    };
    /// None before there are two measurements.
    [[nodiscard]] std::optional<Trend> recent_trend(Seconds window = std::chrono::minutes(1)) const;

    /// By how much `missing` fell a second in each of so many columns of time, the last of which ends at the latest
    /// measurement; none where nothing was measured.
    [[nodiscard]] std::vector<std::optional<double>> recent_rates(std::size_t columns, Seconds column) const;

private:
    struct Point {
        Clock::time_point at;
        double missing;
        double present;
    };

    static double filled_between(const Point& before, const Point& after);
    void add_filled(const Point& point);
    [[nodiscard]] double usual_gap() const;
    [[nodiscard]] double usual_spacing() const;
    [[nodiscard]] double longest_gap() const;
    [[nodiscard]] bool interrupts(const Point& point) const;
    [[nodiscard]] NoEstimate obstacle(const Point& since) const;
    [[nodiscard]] const Point& point_before(Seconds time) const;
    [[nodiscard]] Trend trend_since(const Point& from) const;

    std::deque<Point> recent_; ///< of the last minutes
    std::optional<Point> first_;
    std::optional<Point> latest_;
    std::optional<Point> last_filled_; ///< the latest measurement that showed filled documents
    double shown_after_ = 0; ///< seconds between the measurement before it and it: the store showed them in that time
    std::optional<Clock::time_point> failing_since_;
    std::deque<double> gaps_; ///< seconds between the latest measurements that showed filled documents
    Pace pace_;
};

} // namespace health
