#include <model/progress.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

// Backfills that begin late, change their rate by x0.2 to x5, stall, restart, vary from batch to batch, and run against
// arrivals with and without the field, seen through stores that show their writes late and measurements that are rare.
//
// An estimate says how long it takes when things go on as they do. Nobody can foresee the next change, so the bracket
// is judged by the true time that was left
//   - in the last phase, in which they did go on so, from the moment of its beginning: when the estimate may still rest
//     on the phase before;
//   - in every phase, by the time that would have been left had the phase lasted;
//   - and by what really came, over the whole of each run.

using namespace health;

namespace {

/// The same numbers everywhere: the distributions of <random> differ between libraries.
class Random {
public:
    explicit Random(unsigned seed) : engine_(seed) {}

    double between(double least, double most) {
        return least + (most - least) * static_cast<double>(engine_()) / 4294967296.0;
    }
    /// Half of them below the geometric mean.
    double scale(double least, double most) { return std::exp(between(std::log(least), std::log(most))); }
    bool happens(double probability) { return between(0, 1) < probability; }
    double one_of(std::initializer_list<double> values) { return values.begin()[engine_() % values.size()]; }

    double poisson(double mean) {
        if (mean > 30) { // as a normal distribution (Box and Muller's method)
            const double angle = between(0, 2 * std::numbers::pi);
            const double normal = std::sqrt(-2 * std::log(between(1e-9, 1))) * std::cos(angle);
            return std::max(0.0, std::round(mean + std::sqrt(mean) * normal));
        }
        const double least = std::exp(-mean);
        double out = 0;
        for (double product = between(0, 1); product > least; product *= between(0, 1))
            ++out;
        return out;
    }

private:
    std::mt19937 engine_;
};

struct Measurement {
    double at = 0;
    double missing = 0;
    double present = 0;
    double stalled = 0;            ///< seconds since the backfill stopped; 0 while it works
    double left_if_it_goes_on = 0; ///< seconds
};

struct Run {
    std::vector<Measurement> measurements{};
    double last_change = 0;
    double end = 0;
    double longest_gap = 0; ///< between the moments at which work is seen
};

Run simulate(unsigned seed) {
    Random random(seed);
    const double total = std::floor(random.scale(500, 2e6));
    double rate = total / random.scale(180, 2400);
    const double refresh = random.one_of({0, 1, 5, 30});
    const double interval = random.one_of({2, 5, 5, 15});
    const double variation = random.between(0, 0.5);
    const double batch = random.scale(1, 20);
    const double arriving = random.happens(0.5) ? rate * random.between(0.02, 0.5) : 0;
    const double arriving_with = random.happens(0.5) ? rate * random.between(0.02, 0.5) : 0;
    std::vector<double> changes(static_cast<std::size_t>(random.one_of({0, 1, 2, 3}))); // shares of the total
    for (double& change : changes)
        change = random.between(0.05, 0.9);
    std::ranges::sort(changes);

    Run out{.longest_gap = refresh + interval};
    double missing = total;
    double present = std::floor(total * random.between(0, 1));
    double works_from = random.happens(0.5) ? random.between(5, 120) : 0;
    double stopped_at = 0;
    double next_batch = 0;
    double pace = 1;
    double unfinished = 0; ///< part of a document
    Measurement shown;
    for (double now = 0;; ++now) {
        if (now >= works_from && !changes.empty() && missing < total * changes.back()) {
            changes.pop_back();
            stopped_at = works_from = now;
            const bool stalls = random.happens(0.4);
            if (stalls)
                works_from += random.scale(20, 600);
            if (!stalls || random.happens(0.5))
                rate = std::max(rate * random.scale(0.2, 5), arriving * 1.3);
            out.last_change = works_from;
        }
        if (now >= next_batch) {
            next_batch = now + batch;
            pace = random.between(1 - variation, 1 + variation);
        }
        const bool works = now >= works_from;
        unfinished += works ? rate * pace : 0;
        const double filled = std::min(std::floor(unfinished), missing);
        unfinished -= std::floor(unfinished);
        const double arrived = random.poisson(arriving);
        missing += arrived - filled;
        present += random.poisson(arriving_with) + filled;
        // With arrivals it is never quite done: the end is when only the latest ones are missing.
        const bool ends = works && missing <= arrived;
        if (refresh == 0 || std::fmod(now, refresh) == 0 || ends)
            shown = {.at = now, .missing = missing, .present = present};
        shown.at = now;
        shown.stalled = works ? 0 : now - stopped_at;
        shown.left_if_it_goes_on = missing / (rate - arriving);
        if (std::fmod(now, interval) == 0 && !ends)
            out.measurements.push_back(shown);
        if (ends) {
            out.end = now;
            return out;
        }
    }
}

Clock::time_point at(double seconds) {
    return Clock::time_point(std::chrono::hours(1)) +
           std::chrono::duration_cast<Clock::duration>(Progress::Seconds(seconds));
}

struct Score {
    int estimates = 0;
    int held = 0;
    int open = 0; ///< without a latest time
    std::vector<double> widths{};

    void add(const Progress::Estimate& estimate, double truth) {
        ++estimates;
        open += estimate.latest ? 0 : 1;
        held += estimate.soonest.count() <= truth && (!estimate.latest || truth <= estimate.latest->count()) ? 1 : 0;
        if (estimate.latest)
            widths.push_back(estimate.latest->count() / std::max(estimate.soonest.count(), 1.0));
    }
    [[nodiscard]] double share_held() const { return static_cast<double>(held) / estimates; }
};

} // namespace

TEST_CASE("the bracket of the estimate holds the truth") {
    Score last_phase;
    Score if_it_goes_on;
    Score whole;
    int working = 0;
    int promises_while_stalled = 0;
    for (unsigned seed = 1; seed <= 80; ++seed) {
        const Run run = simulate(seed);
        Progress progress;
        for (const Measurement& each : run.measurements) {
            progress.add(at(each.at), static_cast<std::uint64_t>(each.missing),
                         static_cast<std::uint64_t>(each.present));
            const auto outlook = progress.outlook(at(each.at));
            const auto* estimate = std::get_if<Progress::Estimate>(&outlook);
            working += each.stalled == 0 ? 1 : 0;
            if (estimate == nullptr)
                continue;
            promises_while_stalled += each.stalled > std::max(45.0, 3 * run.longest_gap) + run.longest_gap ? 1 : 0;
            if (each.stalled > 0)
                continue;
            whole.add(*estimate, run.end - each.at);
            if_it_goes_on.add(*estimate, each.left_if_it_goes_on);
            if (each.at >= run.last_change)
                last_phase.add(*estimate, run.end - each.at);
        }
    }
    CHECK(last_phase.share_held() >= 0.9);
    CHECK(if_it_goes_on.share_held() >= 0.9);
    CHECK(whole.share_held() >= 0.6); // what really came: no one can foresee the changes
    CHECK(promises_while_stalled == 0);

    // A bracket from now to never holds every truth: these are worth reading, and there when a backfill works.
    std::ranges::sort(last_phase.widths);
    CHECK(last_phase.widths[last_phase.widths.size() / 2] < 1.6);
    CHECK(last_phase.widths[last_phase.widths.size() * 9 / 10] < 4);
    CHECK(last_phase.open < last_phase.estimates / 20);
    CHECK(whole.estimates > working * 9 / 10);
}
