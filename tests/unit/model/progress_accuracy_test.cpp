#include <model/progress.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <numbers>
#include <random>
#include <string>

using namespace health;

namespace {

/// A backfill whose rate varies by half around a constant mean: 1 is the mean.
struct Shape {
    std::string name;
    std::function<double(double seconds)> rate;
    double refresh = 0; ///< seconds between the moments at which what was done can be seen
};

struct Outcome {
    int estimates = 0;
    int wrong = 0; ///< by more than 20 %
    int held = 0;  ///< by the bracket
    int disordered = 0;
    double worst = 0;
};

Clock::time_point at(double seconds) {
    return Clock::time_point(std::chrono::hours(1)) +
           std::chrono::duration_cast<Clock::duration>(Progress::Seconds(seconds));
}

/// From when a tenth is done until only a tenth is left: of the last documents, one refresh more or less is all.
Outcome simulate(const Shape& shape, double total, double seconds, double interval) {
    const double step = interval / 5;
    std::vector<double> done{0};
    for (std::size_t i = 0; done.back() < total; ++i)
        done.push_back(done.back() + shape.rate(static_cast<double>(i) * step) * total / seconds * step);
    const double end = static_cast<double>(done.size() - 1) * step;
    Progress progress;
    Outcome out;
    for (double time = 0; time < end; time += interval) {
        const double seen_at = shape.refresh > 0 ? std::floor(time / shape.refresh) * shape.refresh : time;
        const double seen = std::floor(done[static_cast<std::size_t>(seen_at / step)]);
        progress.add(at(time), static_cast<std::uint64_t>(total - seen), static_cast<std::uint64_t>(seen));
        if (seen < total / 10 || seen > total * 9 / 10)
            continue;
        const auto outlook = progress.outlook(at(time));
        const auto* estimate = std::get_if<Progress::Estimate>(&outlook);
        REQUIRE_MESSAGE(estimate != nullptr, shape.name);
        const double truth = end - time;
        const double off = std::abs(estimate->expected.count() - truth) / truth;
        ++out.estimates;
        out.worst = std::max(out.worst, off);
        out.wrong += off > 0.2 ? 1 : 0;
        out.held +=
            estimate->soonest.count() <= truth && (!estimate->latest || truth <= estimate->latest->count()) ? 1 : 0;
        out.disordered +=
            estimate->soonest > estimate->expected || (estimate->latest && *estimate->latest < estimate->expected) ? 1
                                                                                                                   : 0;
    }
    return out;
}

/// A new rate every so many seconds.
std::function<double(double)> random_rate(double every, unsigned seed) {
    return [every, seed](double seconds) {
        std::minstd_rand random(seed + static_cast<unsigned>(seconds / every) * 7919U);
        random.discard(3);
        return 0.5 + static_cast<double>(random()) / static_cast<double>(std::minstd_rand::max());
    };
}

std::function<double(double)> wave(double period) {
    return [period](double seconds) { return 1 + 0.5 * std::sin(2 * std::numbers::pi * seconds / period); };
}

} // namespace

TEST_CASE("the time left is within 20 % once a tenth is done, though the rate varies by half") {
    for (const double seconds : {600.0, 3600.0, 20000.0}) {
        std::vector<Shape> shapes{{"constant", [](double) { return 1.0; }},
                                  {"alternating", [](double time) { return std::fmod(time, 20) < 10 ? 0.5 : 1.5; }},
                                  {"short waves", wave(7)},
                                  {"long waves", wave(seconds / 30)},
                                  {"shown late", wave(11), seconds / 120}};
        for (unsigned seed = 1; seed <= 3; ++seed)
            shapes.push_back({"random " + std::to_string(seed), random_rate(seconds / 600, seed)});
        int held = 0;
        int estimates = 0;
        for (const Shape& shape : shapes)
            for (const double total : {1243.0, 3000000.0}) {
                CAPTURE(shape.name);
                CAPTURE(seconds);
                CAPTURE(total);
                const Outcome outcome = simulate(shape, total, seconds, seconds / 1000);
                CAPTURE(outcome.worst);
                CHECK(outcome.estimates > 0);
                CHECK(outcome.wrong == 0);
                CHECK(outcome.disordered == 0);
                held += outcome.held;
                estimates += outcome.estimates;
            }
        CAPTURE(seconds);
        CAPTURE(static_cast<double>(held) / estimates);
        CHECK(held >= estimates * 9 / 10);
    }
}
