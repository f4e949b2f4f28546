#include <model/progress.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <numbers>
#include <random>
#include <string>

using namespace health;
using namespace std::chrono_literals;

namespace {

constexpr double step = 0.05; ///< seconds

/// A backfill whose rate varies by half around a constant mean: 1 is the mean.
struct Shape {
    std::string name;
    std::function<double(double seconds)> rate;
    double refresh = 0; ///< seconds between the moments at which what was done can be seen
};

struct Outcome {
    int estimates = 0;
    int wrong = 0; ///< by more than 20 %
    int covered = 0;
    double worst = 0;
};

Clock::time_point at(double seconds) {
    return Clock::time_point(1h) + std::chrono::duration_cast<Clock::duration>(Progress::Seconds(seconds));
}

/// From when a tenth is done until only a tenth is left: of the last documents, one refresh more or less is all.
Outcome simulate(const Shape& shape, double total, double seconds, double interval) {
    std::vector<double> done{0};
    for (std::size_t i = 0; done.back() < total; ++i)
        done.push_back(done.back() + shape.rate(static_cast<double>(i) * step) * total / seconds * step);
    const double end = static_cast<double>(done.size() - 1) * step;
    Progress progress;
    Outcome out;
    for (double time = 0; time < end; time += interval) {
        const double seen_at = shape.refresh > 0 ? std::floor(time / shape.refresh) * shape.refresh : time;
        const double seen = done[static_cast<std::size_t>(seen_at / step)];
        progress.add(at(time), static_cast<std::uint64_t>(total - std::floor(seen)));
        if (seen < total / 10 || seen > total * 9 / 10)
            continue;
        const auto estimate = progress.estimate(at(time));
        REQUIRE_MESSAGE(estimate, shape.name);
        const double truth = end - time;
        const double off = std::abs(estimate->expected.count() - truth) / truth;
        ++out.estimates;
        out.worst = std::max(out.worst, off);
        out.wrong += off > 0.2 ? 1 : 0;
        out.covered +=
            estimate->soonest.count() <= truth && (!estimate->latest || truth <= estimate->latest->count()) ? 1 : 0;
        CHECK(estimate->soonest <= estimate->expected);
        CHECK((!estimate->latest || *estimate->latest >= estimate->expected));
    }
    return out;
}

/// A new rate every so many seconds.
std::function<double(double)> random_rate(double every, unsigned seed) {
    return [every, seed](double seconds) {
        std::minstd_rand random(seed + static_cast<unsigned>(seconds / every) * 7919U);
        random.discard(3);
        return std::uniform_real_distribution(0.5, 1.5)(random);
    };
}

std::function<double(double)> wave(double period) {
    return [period](double seconds) { return 1 + 0.5 * std::sin(2 * std::numbers::pi * seconds / period); };
}

} // namespace

TEST_CASE("the time left is told within 20 % once a tenth is done, though the rate varies by half") {
    for (const double seconds : {600.0, 3600.0, 20000.0}) {
        std::vector<Shape> shapes{{"constant", [](double) { return 1.0; }},
                                  {"alternating", [](double time) { return std::fmod(time, 20) < 10 ? 0.5 : 1.5; }},
                                  {"short waves", wave(7)},
                                  {"long waves", wave(seconds / 30)},
                                  {"refreshed every 30 s", wave(11), seconds > 3000 ? 30.0 : 5.0}};
        for (unsigned seed = 1; seed <= 10; ++seed)
            shapes.push_back({"random " + std::to_string(seed), random_rate(seconds / 600, seed)});
        int covered = 0;
        int estimates = 0;
        for (const Shape& shape : shapes)
            for (const double total : {1243.0, 3000000.0}) {
                CAPTURE(shape.name);
                CAPTURE(seconds);
                CAPTURE(total);
                const Outcome outcome = simulate(shape, total, seconds, seconds > 1000 ? 5 : 1);
                CAPTURE(outcome.worst);
                CHECK(outcome.estimates > 0);
                CHECK(outcome.wrong == 0);
                covered += outcome.covered;
                estimates += outcome.estimates;
            }
        CAPTURE(seconds);
        CAPTURE(static_cast<double>(covered) / estimates);
        CHECK(covered >= estimates * 8 / 10);
    }
}

TEST_CASE("what was before the backfill began, and its pauses, are no part of the rate") {
    Progress progress;
    double time = 0;
    std::uint64_t missing = 10000;
    const auto idle = [&](double seconds) {
        for (const double end = time + seconds; time < end; time += 5)
            progress.add(at(time), missing);
    };
    const auto work = [&](double seconds) {
        for (const double end = time + seconds; time < end; time += 5)
            progress.add(at(time), missing -= 50);
    };
    idle(600);
    CHECK_FALSE(progress.estimate(at(time)));
    CHECK(progress.unchanged() >= 595s);
    work(300);
    CHECK(*progress.mean_rate() == doctest::Approx(10).epsilon(0.02));
    idle(1800);
    work(100);
    CHECK(*progress.mean_rate() == doctest::Approx(10).epsilon(0.02));
    CHECK(progress.estimate(at(time))->expected.count() ==
          doctest::Approx(static_cast<double>(missing) / 10).epsilon(0.03));
}

TEST_CASE("a growing number of missing has no end") {
    Progress progress;
    for (int i = 0; i < 20; ++i)
        progress.add(at(i * 5), 1000U + static_cast<unsigned>(i));
    CHECK(*progress.mean_rate() < 0);
    CHECK(progress.recent_rate()->per_second == doctest::Approx(-0.2));
    CHECK_FALSE(progress.estimate(at(100)));
}

TEST_CASE("the recent rate is that of the last minute, and a clock that stands still is no measurement") {
    Progress progress;
    CHECK_FALSE(progress.recent_rate());
    std::uint64_t missing = 10000;
    for (int i = 0; i < 40; ++i)
        progress.add(at(i * 5), missing -= i < 20 ? 5 : 50);
    progress.add(at(195), 1);
    progress.add(at(100), 1);
    CHECK(progress.recent_rate()->per_second == doctest::Approx(10));
    CHECK(*progress.mean_rate() == doctest::Approx(5.6).epsilon(0.05));
}

TEST_CASE("columns of recent rates have holes where nothing was measured") {
    Progress progress;
    for (int i = 0; i <= 6; ++i)
        progress.add(at(i * 10), 1000U - static_cast<unsigned>(i) * 20U);
    const auto rates = progress.recent_rates(6, 15s);
    REQUIRE(rates.size() == 6);
    CHECK_FALSE(rates[0]);
    CHECK_FALSE(rates[1]);
    for (std::size_t i = 2; i < 6; ++i)
        CHECK(*rates[i] == doctest::Approx(2));
}

TEST_CASE("weeks of watching cost no memory to speak of, and the mean stays exact") {
    Progress progress;
    for (unsigned i = 0; i < 400000; ++i)
        progress.add(at(i * 5.0), 4000000U - i * 10U);
    CHECK(*progress.mean_rate() == doctest::Approx(2));
    CHECK(progress.estimate(at(399999 * 5.0))->expected.count() == doctest::Approx(5).epsilon(0.01));
}

TEST_CASE("when it is done there is nothing to estimate") {
    Progress progress;
    for (unsigned i = 0; i <= 10; ++i)
        progress.add(at(i * 5.0), 100U - i * 10U);
    CHECK_FALSE(progress.estimate(at(50)));
}

TEST_CASE("what should be done by now and is not has no time left that is known") {
    Progress progress;
    for (unsigned i = 0; i <= 8; ++i)
        progress.add(at(i * 5.0), 100U - i * 10U);
    CHECK(progress.estimate(at(45))->expected.count() == doctest::Approx(5));
    for (unsigned i = 9; i <= 12; ++i)
        progress.add(at(i * 5.0), 20);
    CHECK(progress.overdue(at(60)));
    CHECK_FALSE(progress.estimate(at(60)));
    CHECK(progress.unchanged() == 20s);
}

TEST_CASE("between measurements and while there are none, nothing is known of a pause") {
    Progress progress;
    for (unsigned i = 0; i <= 8; ++i)
        progress.add(at(i * 300.0), 10000U - i * 10U);
    CHECK(progress.unchanged() == 0s);
    CHECK(progress.recent_rate()->over == 300s);
    progress.add(at(9 * 300.0 + 3600), 9000);
    CHECK(progress.recent_rate()->over == 3900s);
}
