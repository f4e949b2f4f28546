#include <model/progress.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace health {

namespace {

using Seconds = Progress::Seconds;

constexpr Seconds recent_time = std::chrono::minutes(15);
constexpr std::size_t most_recent = 2000;
constexpr std::size_t most_stretches = 256;
/// Twice the refresh interval of an index that nobody searches (30 s), and some.
constexpr Seconds shortest_pause = std::chrono::minutes(2);
constexpr double pause_in_mean_stretches = 5;
constexpr std::size_t fewest_stretches = 3;
constexpr double standard_errors = 2; // covers 95 % of a normal distribution

double seconds_between(Clock::time_point from, Clock::time_point to) {
    return Seconds(to - from).count();
}

double difference(std::uint64_t before, std::uint64_t after) {
    return static_cast<double>(before) - static_cast<double>(after);
}

} // namespace

void Progress::add(Clock::time_point at, std::uint64_t missing) {
    if (latest_ && at <= latest_->at)
        return;
    const bool changed = latest_ && latest_->missing != missing;
    if (changed)
        add_change(at, missing);
    latest_ = {.at = at, .missing = missing};
    if (!first_)
        first_ = latest_;
    recent_.push_back(*latest_);
    while (recent_.size() > most_recent || (recent_.size() > 2 && at - recent_.front().at > recent_time))
        recent_.pop_front();
}

void Progress::add_change(Clock::time_point at, std::uint64_t missing) {
    if (last_change_) {
        double seconds = seconds_between(last_change_->at, at);
        const double total = std::accumulate(stretches_.begin(), stretches_.end(), 0.0,
                                             [](double sum, const Stretch& stretch) { return sum + stretch.seconds; });
        const double mean = changes_ > 1 ? total / static_cast<double>(changes_ - 1) : 0;
        // After a pause, what is known of the new stretch is how long its measurement took to come.
        if (seconds > std::max(shortest_pause.count(), pause_in_mean_stretches * mean))
            seconds = seconds_between(latest_->at, at);
        stretches_.push_back({.seconds = seconds, .done = difference(last_change_->missing, missing)});
    }
    ++changes_;
    last_change_ = {.at = at, .missing = missing};
    if (stretches_.size() <= most_stretches)
        return;
    std::vector<Stretch> merged;
    for (std::size_t i = 0; i + 1 < stretches_.size(); i += 2)
        merged.push_back({.seconds = stretches_[i].seconds + stretches_[i + 1].seconds,
                          .done = stretches_[i].done + stretches_[i + 1].done});
    if (stretches_.size() % 2 == 1)
        merged.push_back(stretches_.back());
    stretches_ = std::move(merged);
}

std::optional<Progress::Rate> Progress::recent_rate(Seconds window) const {
    if (recent_.size() < 2)
        return std::nullopt;
    const Point& last = recent_.back();
    // The latest that is a whole window old, or the oldest.
    const auto young = std::ranges::find_if(recent_, [&](const Point& point) { return last.at - point.at < window; });
    const Point& from = young == recent_.begin() ? recent_.front() : *std::prev(young);
    return Rate{.per_second = difference(from.missing, last.missing) / seconds_between(from.at, last.at),
                .over = last.at - from.at};
}

std::optional<double> Progress::mean_rate() const {
    if (!latest_ || latest_->at == first_->at)
        return std::nullopt;
    if (stretches_.size() < fewest_stretches)
        return difference(first_->missing, latest_->missing) / seconds_between(first_->at, latest_->at);
    Stretch sum{.seconds = 0, .done = 0};
    for (const Stretch& stretch : stretches_) {
        sum.seconds += stretch.seconds;
        sum.done += stretch.done;
    }
    return sum.done / sum.seconds;
}

/// Of the mean rate, from the rates of so many blocks of stretches that follow each other.
double Progress::standard_error(double mean, std::size_t blocks) const {
    const double total = std::accumulate(stretches_.begin(), stretches_.end(), 0.0,
                                         [](double sum, const Stretch& stretch) { return sum + stretch.seconds; });
    double variance = 0;
    std::size_t count = 0;
    Stretch block{.seconds = 0, .done = 0};
    const auto close = [&] {
        const double weight = block.seconds / total;
        const double off = block.done / block.seconds - mean;
        variance += weight * weight * off * off;
        ++count;
        block = {.seconds = 0, .done = 0};
    };
    for (const Stretch& stretch : stretches_) {
        block.seconds += stretch.seconds;
        block.done += stretch.done;
        if (block.seconds >= total / static_cast<double>(blocks))
            close();
    }
    if (block.seconds > 0)
        close();
    return count < 2 ? 0 : std::sqrt(variance * static_cast<double>(count) / static_cast<double>(count - 1));
}

std::optional<Progress::Estimate> Progress::estimate(Clock::time_point now) const {
    if (!latest_ || latest_->missing == 0 || stretches_.size() < fewest_stretches || overdue(now))
        return std::nullopt;
    const double mean = *mean_rate();
    if (mean <= 0)
        return std::nullopt;
    // Rates that vary slowly show in few blocks, those that vary fast in many: the larger spread is the honest one.
    double error = 0;
    for (const std::size_t blocks : {3U, 4U, 6U, 8U, 16U})
        if (blocks <= stretches_.size())
            error = std::max(error, standard_error(mean, blocks));
    const auto left = [&](double rate) {
        const double elapsed = seconds_between(last_change_->at, now);
        return Seconds(std::max(static_cast<double>(last_change_->missing) / rate - elapsed, 0.0));
    };
    const double slowest = mean - standard_errors * error;
    return Estimate{.expected = left(mean),
                    .soonest = left(mean + standard_errors * error),
                    .latest = slowest > 0 ? std::optional(left(slowest)) : std::nullopt};
}

bool Progress::overdue(Clock::time_point now) const {
    const auto mean = mean_rate();
    return mean && *mean > 0 && last_change_ &&
           *mean * seconds_between(last_change_->at, now) >= static_cast<double>(last_change_->missing);
}

Seconds Progress::unchanged() const {
    const auto& since = last_change_ ? last_change_ : first_;
    return since ? Seconds(latest_->at - since->at) : Seconds(0);
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
            return static_cast<double>(after->missing);
        const auto before = std::prev(after);
        const double share = seconds_between(before->at, time) / seconds_between(before->at, after->at);
        return static_cast<double>(before->missing) - share * difference(before->missing, after->missing);
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
