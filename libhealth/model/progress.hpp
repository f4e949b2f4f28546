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

/// How a backfill progresses, and when it will be done, judged by its measurements. The caller passes all times: it has
/// no clock.
///
/// What is filled. Two counts cannot separate a document that was filled from one that arrived with the field while
/// another without it was deleted. But a filled document leaves `missing` and enters `present`, and so both bound the
/// number: an arrival with the field raises `present` alone, a deletion lowers `missing` alone, and neither counts. An
/// arrival without the field raises `missing` alone and counts against what is filled, because it has to be filled,
/// too. So the estimate is what is missing divided by the rate at which the backfill gains on it.
///
/// When there is no estimate. Nobody knows whether a backfill still runs that has filled nothing for longer than its
/// store usually takes to show the next documents; nor how it progresses while measurements fail. Then there is a
/// reason instead. Later estimates ignore what was before such a pause, and the time before the backfill began.
class Progress {
public:
    using Seconds = std::chrono::duration<double>;

    /// Takes measurements in order; one that is not later than the previous one is ignored.
    void add(Clock::time_point at, std::uint64_t missing, std::uint64_t present);

    /// A measurement failed: until one succeeds again, there is no estimate.
    void add_failure(Clock::time_point at);

    /// The time that is left. `latest` is none when the pace varies so much that there may be no end.
    struct Estimate {
        Seconds expected;
        Seconds soonest;
        std::optional<Seconds> latest;
        double per_second; ///< the rate it is based on: how many documents `missing` falls by
    };

    enum class Reason {
        nothing_missing,
        too_little_seen,
        not_measured,   ///< measurements fail
        nothing_filled, ///< no document was filled; `per_second` new ones arrive without the field
        not_gaining,    ///< `missing` does not fall while `per_second` new documents arrive, with the field or without
        removed,        ///< `per_second` documents lose the field
        deleted,        ///< `per_second` documents are deleted, so what is filled cannot be known
    };
    struct NoEstimate {
        Reason reason;
        Seconds time{};        ///< for which it has been so
        double per_second = 0; ///< see Reason
    };

    using Outlook = std::variant<Estimate, NoEstimate>;
    [[nodiscard]] Outlook outlook(Clock::time_point now) const;

    /// How the counts change, in documents a second.
    struct Trend {
        double missing;
        double population;
        Seconds over; ///< shorter than the window at first, longer when measurements are rare or were interrupted
    };
    /// None before there are two measurements.
    [[nodiscard]] std::optional<Trend> recent_trend(Seconds window = std::chrono::minutes(1)) const;

    /// How much `missing` fell per second in each of `columns` intervals, the last of which ends at the latest
    /// measurement; none where nothing was measured.
    [[nodiscard]] std::vector<std::optional<double>> recent_rates(std::size_t columns, Seconds column) const;

private:
    struct Point {
        Clock::time_point at;
        double missing;
        double present;
        bool after_failure; ///< measuring failed since the point before
    };

    static double filled_between(const Point& before, const Point& after);
    void add_filled(const Point& point);
    [[nodiscard]] double usual_gap() const;
    [[nodiscard]] double usual_spacing() const;
    [[nodiscard]] double longest_gap() const;
    [[nodiscard]] bool interrupts(const Point& point) const;
    [[nodiscard]] bool field_is_being_removed() const;
    [[nodiscard]] NoEstimate reason_since(const Point& since) const;
    [[nodiscard]] const Point& point_before(Seconds time) const;
    [[nodiscard]] Trend trend_since(const Point& from) const;

    std::deque<Point> recent_; ///< of the last minutes
    std::optional<Point> first_;
    std::optional<Point> latest_;
    std::optional<Point> last_filled_; ///< the latest measurement that showed filled documents
    double shown_after_ = 0; ///< seconds since the measurement before it: the store showed the documents in that time
    std::optional<Clock::time_point> failing_since_;
    std::deque<double> gaps_; ///< seconds between the latest measurements that showed filled documents
    Pace pace_;
};

} // namespace health
