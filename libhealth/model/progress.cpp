#include <model/progress.hpp>

#include <algorithm>
#include <cmath>

namespace health {

namespace {

using Seconds = Progress::Seconds;

constexpr Seconds recent_time = std::chrono::minutes(15);
constexpr std::size_t max_recent = 2000;

// A backfill counts as stopped when no document was filled for this many usual gaps.
constexpr double usual_gaps = 3;
constexpr double shortest_stop = 15; ///< seconds
constexpr std::size_t remembered_gaps = 8;
constexpr std::size_t min_gaps = 4;
/// Until enough gaps are known, in seconds: one and a half times the refresh interval of an index that nobody searches.
constexpr double shortest_stop_at_first = 45;
/// When `missing` grows by this many usual steps, something else is at work: a bulk import, or a script that removes
/// the field.
constexpr double steps_of_a_setback = 3;
constexpr Seconds watched_long_enough = std::chrono::minutes(1); ///< to report that nothing happens
constexpr Seconds longest_trend = std::chrono::minutes(5);

double seconds_between(Clock::time_point from, Clock::time_point to) {
    return Seconds(to - from).count();
}

} // namespace

/// Negative when `missing` grew.
double Progress::filled_between(const Point& before, const Point& after) {
    const double less = before.missing - after.missing;
    return less > 0 ? std::clamp(after.present - before.present, 0.0, less) : less;
}

void Progress::add(Clock::time_point at, std::uint64_t missing, std::uint64_t present) {
    if (latest_ && at <= latest_->at)
        return;
    const Point point{.at = at,
                      .missing = static_cast<double>(missing),
                      .present = static_cast<double>(present),
                      .after_failure = failing_since_.has_value()};
    if (latest_ && filled_between(*latest_, point) > 0)
        add_filled(point);
    if (!first_)
        first_ = point;
    latest_ = point;
    failing_since_.reset();
    recent_.push_back(point);
    while (recent_.size() > max_recent || (recent_.size() > 3 && at - recent_.front().at > recent_time))
        recent_.pop_front();
}

void Progress::add_failure(Clock::time_point at) {
    if (!failing_since_)
        failing_since_ = at;
}

void Progress::add_filled(const Point& point) {
    if (last_filled_) {
        const double gap = seconds_between(last_filled_->at, point.at);
        if (interrupts(point))
            pace_.restart();
        else
            pace_.add({.seconds = gap, .filled = filled_between(*last_filled_, point)});
        gaps_.push_back(gap);
        if (gaps_.size() > remembered_gaps)
            gaps_.pop_front();
    }
    last_filled_ = point;
    shown_after_ = seconds_between(latest_->at, point.at);
}

/// The upper quartile, so that a single pause does not count.
double Progress::usual_gap() const {
    if (gaps_.empty())
        return 0;
    std::vector<double> sorted(gaps_.begin(), gaps_.end());
    std::ranges::sort(sorted);
    return sorted[(sorted.size() - 1) * 3 / 4];
}

/// The shorter of the latest two, so that a single interruption of the measurements does not count.
double Progress::usual_spacing() const {
    double out = 0;
    for (std::size_t i = recent_.size(); i > 1 && i + 2 > recent_.size(); --i) {
        const double spacing = seconds_between(recent_[i - 2].at, recent_[i - 1].at);
        out = out == 0 ? spacing : std::min(out, spacing);
    }
    return out;
}

double Progress::longest_gap() const {
    const double least = gaps_.size() < min_gaps ? shortest_stop_at_first : shortest_stop;
    return std::max({least, usual_gaps * usual_gap(), usual_gaps * usual_spacing()});
}

/// The backfill has stopped since documents were last filled, or something else outweighs it.
bool Progress::interrupts(const Point& point) const {
    const double usual_step = pace_.mean_step();
    return seconds_between(last_filled_->at, point.at) > longest_gap() ||
           (usual_step > 0 && filled_between(*last_filled_, point) < -steps_of_a_setback * usual_step);
}

/// Since documents were last filled, fewer have the field and more miss it. Deletions and arrivals could look alike,
/// and the time left is not known with them either.
bool Progress::field_is_being_removed() const {
    return latest_->missing > last_filled_->missing && latest_->present < last_filled_->present;
}

Progress::NoEstimate Progress::reason_since(const Point& since) const {
    const Seconds time = latest_->at - since.at;
    const Trend trend = trend_since(time > longest_trend ? point_before(longest_trend) : since);
    const double present = trend.population - trend.missing;
    if (trend.missing < 0)
        return present > 0 ? NoEstimate{.reason = Reason::too_little_seen}
                           : NoEstimate{.reason = Reason::deleted, .time = time, .per_second = -trend.population};
    if (present > 0)
        return {.reason = Reason::not_gaining, .time = time, .per_second = trend.population};
    const double removed = std::min(-present, trend.missing);
    if (removed > trend.missing / 2)
        return {.reason = Reason::removed, .time = time, .per_second = removed};
    return {.reason = Reason::nothing_filled, .time = time, .per_second = trend.missing - removed};
}

Progress::Outlook Progress::outlook(Clock::time_point now) const {
    if (failing_since_)
        return NoEstimate{.reason = Reason::not_measured, .time = now - *failing_since_};
    if (!latest_)
        return NoEstimate{.reason = Reason::too_little_seen};
    if (latest_->missing == 0)
        return NoEstimate{.reason = Reason::nothing_missing};
    if (!last_filled_)
        return latest_->at - first_->at < watched_long_enough ? NoEstimate{.reason = Reason::too_little_seen}
                                                              : reason_since(*first_);
    if (interrupts(*latest_) || field_is_being_removed())
        return reason_since(*last_filled_);
    const auto pace = pace_.range();
    if (!pace)
        return NoEstimate{.reason = Reason::too_little_seen};
    if (pace->expected <= 0)
        return reason_since(point_before(watched_long_enough));
    const double missing = std::min(latest_->missing, last_filled_->missing);
    const double unfilled = seconds_between(last_filled_->at, latest_->at);
    if (unfilled > missing / pace->expected + usual_gap()) // all should be done by now, and be seen to be
        return reason_since(*last_filled_);
    const auto left = [&](double rate, double late) {
        return Seconds(std::max(missing / rate + late - seconds_between(last_filled_->at, now), 0.0));
    };
    return Estimate{.expected = left(pace->expected, 0),
                    .soonest = left(pace->fastest, -shown_after_),
                    .latest = pace->slowest > 0 ? std::optional(left(pace->slowest, usual_gap())) : std::nullopt,
                    .per_second = pace->expected};
}

/// The latest measurement that is at least this old, or else the oldest one kept.
const Progress::Point& Progress::point_before(Seconds time) const {
    const auto young =
        std::ranges::find_if(recent_, [&](const Point& point) { return recent_.back().at - point.at < time; });
    return young == recent_.begin() ? recent_.front() : *std::prev(young);
}

Progress::Trend Progress::trend_since(const Point& from) const {
    const Seconds time = latest_->at - from.at;
    const double missing = latest_->missing - from.missing;
    return {.missing = missing / time.count(),
            .population = (missing + latest_->present - from.present) / time.count(),
            .over = time};
}

std::optional<Progress::Trend> Progress::recent_trend(Seconds window) const {
    return recent_.size() < 2 ? std::nullopt : std::optional(trend_since(point_before(window)));
}

std::vector<std::optional<double>> Progress::recent_rates(std::size_t columns, Seconds column) const {
    std::vector<std::optional<double>> out(columns);
    if (recent_.size() < 2)
        return out;
    const Clock::time_point end = recent_.back().at;
    const auto missing_at = [this](Clock::time_point time) -> std::optional<double> {
        const auto after = std::ranges::find_if(recent_, [&](const Point& point) { return point.at >= time; });
        if (after == recent_.end() || (after == recent_.begin() && after->at != time))
            return std::nullopt;
        if (after->at == time)
            return after->missing;
        if (after->after_failure)
            return std::nullopt;
        const auto before = std::prev(after);
        const double share = seconds_between(before->at, time) / seconds_between(before->at, after->at);
        return before->missing - share * (before->missing - after->missing);
    };
    for (std::size_t i = 0; i < columns; ++i) {
        const auto to =
            end - std::chrono::duration_cast<Clock::duration>(column * static_cast<double>(columns - 1 - i));
        const auto before = missing_at(to - std::chrono::duration_cast<Clock::duration>(column));
        const auto after = missing_at(to);
        if (before && after)
            out[i] = (*before - *after) / column.count();
    }
    return out;
}

} // namespace health
