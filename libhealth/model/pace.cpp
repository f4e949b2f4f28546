#include <model/pace.hpp>

#include <algorithm>
#include <cmath>

namespace health {

namespace {

constexpr std::size_t min_steps = 3;
constexpr std::size_t max_steps_of_a_size = 32;
/// The relative standard deviation of a step, at least: three steps that are alike by chance do not prove a steady
/// backfill, a hundred are.
constexpr double min_variation = 0.3;
constexpr double standard_errors = 2; ///< on both sides of the mean: 95 % of a normal distribution
constexpr double far_off = 4; ///< standard deviations: many steps are compared, and one in 16,000 is that far off
constexpr std::size_t min_blocks = 3; ///< from which a variance can be known

} // namespace

void Pace::Steps::operator+=(const Steps& other) {
    seconds += other.seconds;
    filled += other.filled;
    count += other.count;
}

Pace::Steps Pace::sum(std::span<const Steps> steps) {
    Steps out;
    for (const Steps& each : steps)
        out += each;
    return out;
}

/// A count varies at least as much as a Poisson process does; see min_variation, too.
double Pace::min_variance(const Steps& total) {
    const double mean_step = total.seconds / static_cast<double>(total.count);
    return std::max(std::abs(total.rate()), std::pow(min_variation * total.rate(), 2) * mean_step);
}

/// The variance of the documents filled in a second; those filled in T seconds have T times this variance. It is taken
/// from the means of blocks of `block` seconds (the method of batch means), as slow variations do not show in short
/// blocks.
double Pace::variance(std::span<const Steps> steps, const Steps& total, double block) {
    const double rate = total.rate();
    double squares = 0;
    std::size_t blocks = 0;
    Steps open;
    const auto close = [&] {
        const double off = open.filled - rate * open.seconds;
        squares += off * off / open.seconds;
        ++blocks;
        open = {};
    };
    constexpr double rounding = 0.999;
    for (const Steps& each : steps) {
        open += each;
        if (open.seconds >= block * rounding)
            close();
    }
    if (open.seconds >= block / 2)
        close();
    const double least = min_variance(total);
    return blocks < min_blocks ? least : std::max(least, squares / static_cast<double>(blocks - 1));
}

void Pace::add(const Step& step) {
    steps_.push_back({.seconds = step.seconds, .filled = step.filled, .count = 1});
    drop_outdated_steps();
    merge_old_steps();
}

/// Compares the work of more and more of the latest steps with that of the steps before. The pace has changed where the
/// two differ most, if enough steps have come since, and more than one of them shows the difference.
void Pace::drop_outdated_steps() {
    const Steps all = sum(steps_);
    Steps recent;
    std::size_t next = 1;
    double largest = far_off;
    double previous = 0;
    std::optional<std::size_t> change;
    for (std::size_t i = steps_.size(); i-- > 0;) {
        recent += steps_[i];
        if (recent.seconds > all.seconds / (min_blocks + 1))
            break;
        if (recent.count < next)
            continue;
        next = std::max(next + 1, next * 4 / 3);
        const Steps before{.seconds = all.seconds - recent.seconds,
                           .filled = all.filled - recent.filled,
                           .count = all.count - recent.count};
        const double off = deviation(std::span(steps_).first(i), before, recent);
        if (off > largest) {
            largest = off;
            change = recent.count >= min_steps && previous > far_off ? std::optional(i) : std::nullopt;
        }
        previous = off;
    }
    if (change)
        steps_.erase(steps_.begin(), steps_.begin() + static_cast<std::ptrdiff_t>(*change));
}

/// How far the recent work is from what the older steps predict, in standard deviations; 0 when it is certainly not far
/// off.
double Pace::deviation(std::span<const Steps> older, const Steps& before, const Steps& recent) {
    const double off = std::abs(recent.filled - before.rate() * recent.seconds);
    // The rate before is itself known from a limited time.
    const double time = recent.seconds * (1 + recent.seconds / before.seconds);
    if (off <= far_off * std::sqrt(min_variance(before) * time))
        return 0;
    return off / std::sqrt(variance(older, before, recent.seconds) * time);
}

/// Keeps a limited number of entries of each size (1, 2, 4 … steps), so that memory grows with the logarithm of time.
void Pace::merge_old_steps() {
    std::size_t end = steps_.size();
    for (std::size_t size = 1; end > 0; size *= 2) {
        std::size_t begin = end;
        while (begin > 0 && steps_[begin - 1].count <= size)
            --begin;
        if (end - begin <= max_steps_of_a_size)
            return;
        steps_[begin] += steps_[begin + 1];
        steps_.erase(steps_.begin() + static_cast<std::ptrdiff_t>(begin) + 1);
        end = begin + 1;
    }
}

std::span<const Pace::Steps> Pace::later_part() const {
    const double least = sum(steps_).seconds * 2 / 3;
    Steps later;
    std::size_t i = steps_.size();
    while (i > 0 && (later.seconds < least || later.count < min_steps))
        later += steps_[--i];
    return std::span(steps_).subspan(i);
}

std::optional<Pace::Range> Pace::range() const {
    if (steps_.size() < min_steps)
        return std::nullopt;
    const std::span steps = later_part();
    const Steps total = sum(steps);
    double largest = 0;
    for (const double blocks : {3, 4, 6, 8, 16})
        largest = std::max(largest, variance(steps, total, total.seconds / blocks));
    const double error = standard_errors * std::sqrt(largest / total.seconds);
    const double rate = total.rate();
    // The latest steps show a change before it is statistically certain.
    const double latest = sum(std::span(steps_).last(min_steps)).rate();
    return Range{
        .expected = rate, .slowest = std::min(rate - error, latest), .fastest = std::max(rate + error, latest)};
}

double Pace::mean_step() const {
    const Steps total = sum(later_part());
    return total.count == 0 ? 0 : total.filled / static_cast<double>(total.count);
}

} // namespace health
