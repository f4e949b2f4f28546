#include <model/progress.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <numbers>
#include <random>
#include <string>

using namespace health;
using namespace std::chrono_literals;
using Reason = Progress::Reason;

namespace {

Clock::time_point at(double seconds) {
    return Clock::time_point(1h) + std::chrono::duration_cast<Clock::duration>(Progress::Seconds(seconds));
}

/// Documents a second.
struct Flow {
    double filled = 0;
    double arriving = 0;      ///< without the field
    double arriving_with = 0; ///< the field
    double removed = 0;       ///< the field, from documents that have it
    double deleted = 0;       ///< without the field
};

/// An index that is measured while things happen to it.
struct Index {
    double missing;
    double present = 0;
    double interval = 5;
    double refresh = 0; ///< seconds between the moments at which the store shows what was written; 0: at once
    double now = 0;
    Progress progress{};
    std::pair<double, double> shown{missing, present};

    /// Measures at the end, too.
    void during(double seconds, const Flow& flow) {
        constexpr double tick = 0.5;
        for (const double end = now + seconds; now < end;) {
            now += tick;
            const double filled = std::min(flow.filled * tick, missing);
            missing += (flow.arriving + flow.removed - flow.deleted) * tick - filled;
            present += (flow.arriving_with - flow.removed) * tick + filled;
            if (refresh == 0 || std::fmod(now, refresh) == 0)
                shown = {missing, present};
            if (std::fmod(now, interval) == 0)
                progress.add(at(now), count(shown.first), count(shown.second));
        }
    }

    [[nodiscard]] std::optional<Progress::Estimate> estimate() const {
        const auto outlook = progress.outlook(at(now));
        const auto* estimate = std::get_if<Progress::Estimate>(&outlook);
        return estimate == nullptr ? std::nullopt : std::optional(*estimate);
    }
    [[nodiscard]] Progress::NoEstimate no_estimate() const {
        const auto outlook = progress.outlook(at(now));
        REQUIRE(std::holds_alternative<Progress::NoEstimate>(outlook));
        return std::get<Progress::NoEstimate>(outlook);
    }

    static std::uint64_t count(double documents) { return static_cast<std::uint64_t>(std::llround(documents)); }
};

void check_holds(const Index& index, double truth) {
    const auto estimate = index.estimate();
    REQUIRE(estimate);
    CAPTURE(estimate->soonest.count());
    CAPTURE(estimate->expected.count());
    CAPTURE(truth);
    CHECK(estimate->soonest.count() <= truth);
    CHECK((!estimate->latest || truth <= estimate->latest->count()));
    CHECK(estimate->expected.count() == doctest::Approx(truth).epsilon(0.2));
}

} // namespace

TEST_CASE("a task that has ended while new documents arrive promises no end") {
    Index index{.missing = 500000};
    index.during(496.5, {.filled = 1000, .arriving = 9.7});
    CHECK(index.estimate());
    index.during(20, {.arriving = 9.7});
    for (int i = 0; i < 48; ++i) {
        index.during(5, {.arriving = 9.7});
        const auto none = index.no_estimate();
        CHECK(none.reason == Reason::nothing_filled);
        CHECK(none.per_second == doctest::Approx(9.7).epsilon(0.05));
        CHECK(none.time.count() == 20 + 5 * i);
    }
}

TEST_CASE("while the field is being removed there is no end") {
    Index index{.missing = 300000, .present = 200000};
    index.during(120, {.filled = 800});
    CHECK(index.estimate());
    for (int i = 0; i < 10; ++i) {
        index.during(5, {.removed = 3141});
        CHECK(index.no_estimate().reason == Reason::removed);
        CHECK(index.no_estimate().per_second == doctest::Approx(3141));
    }
}

TEST_CASE("a slow removal after a fast backfill promises no end") {
    Index index{.missing = 60000, .present = 20000};
    index.during(60, {.filled = 400});
    CHECK(index.estimate());
    for (int i = 0; i < 10; ++i) {
        index.during(5, {.removed = 20});
        CHECK(index.no_estimate().reason == Reason::removed);
        CHECK(index.no_estimate().per_second == doctest::Approx(20));
    }
    index.during(30, {.filled = 400});
    check_holds(index, index.missing / 400);
}

TEST_CASE("while measurements fail there is no estimate, and afterwards one from what is seen then") {
    Index index{.missing = 500000};
    index.during(300, {.filled = 100});
    CHECK(index.estimate());
    index.progress.add_failure(at(305));
    CHECK(index.no_estimate().reason == Reason::not_measured);
    index.progress.add_failure(at(310));
    index.now = 305 + 13 * 60;
    CHECK(index.no_estimate().time == 13min);
    index.now = 1100;
    index.during(5, {});
    CHECK(index.no_estimate().reason == Reason::nothing_filled);
    index.during(30, {.filled = 1000});
    check_holds(index, index.missing / 1000);
}

TEST_CASE("a faster restart is recognised") {
    Index index{.missing = 400000};
    index.during(900, {.filled = 200});
    index.during(120, {});
    CHECK(index.no_estimate().reason == Reason::nothing_filled);
    index.during(25, {.filled = 1630});
    check_holds(index, index.missing / 1630);

    SUBCASE("also without a pause") {
        index.during(50, {.filled = 500});
        check_holds(index, index.missing / 500);
    }
}

TEST_CASE("a slower phase is recognised") {
    Index index{.missing = 400000};
    index.during(300, {.filled = 1000});
    index.during(30, {.filled = 200});
    check_holds(index, index.missing / 200);
}

TEST_CASE("time before the backfill began does not count") {
    Index index{.missing = 500000};
    index.during(20, {});
    index.during(25, {.filled = 2800});
    check_holds(index, index.missing / 2800);

    Index later{.missing = 10000};
    later.during(3600, {});
    CHECK(later.no_estimate().reason == Reason::nothing_filled);
    CHECK(later.no_estimate().time == 3595s);
    later.during(25, {.filled = 10});
    check_holds(later, later.missing / 10);
}

TEST_CASE("one new document a second after the backfill has stopped is no progress") {
    Index index{.missing = 1000, .interval = 1};
    index.during(20, {.filled = 45});
    CHECK(index.estimate());
    index.during(15, {.arriving = 1});
    for (int i = 0; i < 200; ++i) {
        index.during(1, {.arriving = 1});
        CHECK(index.no_estimate().reason == Reason::nothing_filled);
        CHECK(index.no_estimate().per_second == doctest::Approx(1));
    }
}

TEST_CASE("new documents that arrive with the field are not filled ones") {
    Index index{.missing = 10000};
    index.during(120, {.filled = 20});
    index.during(60, {.arriving_with = 20});
    CHECK(index.no_estimate().reason == Reason::not_gaining);
    CHECK(index.no_estimate().per_second == doctest::Approx(20));

    Index both{.missing = 10000};
    both.during(120, {.filled = 20, .arriving_with = 30});
    check_holds(both, both.missing / 20);
}

TEST_CASE("new documents without the field extend the end, or there is none") {
    Index index{.missing = 10000};
    index.during(120, {.filled = 50, .arriving = 30});
    check_holds(index, index.missing / 20);
    index.during(120, {.filled = 50, .arriving = 60});
    CHECK(index.no_estimate().reason == Reason::not_gaining);
    CHECK(index.no_estimate().per_second == doctest::Approx(60));
}

TEST_CASE("deleted documents are not filled ones") {
    Index index{.missing = 10000, .present = 1000};
    index.during(60, {.filled = 20});
    index.during(60, {.deleted = 40});
    CHECK(index.no_estimate().reason == Reason::deleted);
    CHECK(index.no_estimate().per_second == doctest::Approx(40));
}

TEST_CASE("a bulk import is no part of the pace") {
    Index index{.missing = 100000};
    index.during(120, {.filled = 100});
    index.during(5, {.filled = 100, .arriving = 5000});
    CHECK(index.no_estimate().reason == Reason::not_gaining);
    CHECK(index.no_estimate().per_second == doctest::Approx(5000));
    index.during(25, {.filled = 100});
    check_holds(index, index.missing / 100);
}

TEST_CASE("an engine that shows its writes every 30 s works steadily, and is missed when it stops") {
    Index index{.missing = 100000, .refresh = 30};
    index.during(150, {.filled = 50});
    for (int i = 0; i < 20; ++i) {
        index.during(5, {.filled = 50});
        check_holds(index, index.missing / 50);
    }
    index.during(130, {});
    CHECK(index.no_estimate().reason == Reason::nothing_filled);
}

TEST_CASE("a backfill of rare batches is no stalled one") {
    Index index{.missing = 10000};
    for (int i = 0; i < 10; ++i) {
        index.during(85, {});
        index.during(5, {.filled = 40});
        if (i > 5)
            check_holds(index, index.missing / (200.0 / 90));
    }
}

TEST_CASE("rare measurements are no pauses") {
    Index index{.missing = 10000, .interval = 3600};
    index.during(6.0 * 3600, {.filled = 0.25});
    check_holds(index, index.missing / 0.25);
}

TEST_CASE("what should be done by now and is not has no time left that is known") {
    Index index{.missing = 100};
    index.during(40, {.filled = 2});
    CHECK(index.estimate()->expected == 10s);
    index.during(20, {});
    CHECK(index.no_estimate().reason == Reason::nothing_filled);
    CHECK(index.no_estimate().time == 20s);
}

TEST_CASE("when it is done there is nothing to estimate") {
    Index index{.missing = 100};
    index.during(60, {.filled = 2});
    CHECK(index.no_estimate().reason == Reason::nothing_missing);
}

TEST_CASE("the beginning is too early for an estimate") {
    Progress progress;
    const auto reason = [&](double seconds) {
        const auto outlook = progress.outlook(at(seconds));
        return std::get<Progress::NoEstimate>(outlook).reason;
    };
    CHECK(reason(0) == Reason::too_little_seen);
    CHECK_FALSE(progress.recent_trend());
    progress.add(at(0), 100, 0);
    CHECK(reason(0) == Reason::too_little_seen);
    progress.add(at(5), 90, 10);
    CHECK(reason(5) == Reason::too_little_seen);
}

TEST_CASE("uneven times between measurements do not hide a reason") {
    Progress progress;
    std::mt19937 random(4711);
    double now = 0;
    const auto measure = [&](std::uint64_t missing, std::uint64_t present) {
        now += 1 + static_cast<double>(random() % 1000) / 1e6;
        progress.add(at(now), missing, present);
    };
    for (unsigned i = 0; i < 20; ++i)
        measure(1000 - i * 45, i * 45);
    for (unsigned i = 0; i < 600; ++i) {
        measure(145 + i, 855);
        if (i > 5)
            CHECK(std::get<Progress::NoEstimate>(progress.outlook(at(now))).reason == Reason::nothing_filled);
    }
}

TEST_CASE("the recent trend is that of the last minute, and a clock that stands still is no measurement") {
    Index index{.missing = 10000};
    index.during(100, {.filled = 1});
    index.during(100, {.filled = 10, .arriving = 4});
    index.progress.add(at(200), 1, 1);
    index.progress.add(at(100), 1, 1);
    CHECK(index.progress.recent_trend()->missing == doctest::Approx(-6));
    CHECK(index.progress.recent_trend()->population == doctest::Approx(4));
    CHECK(index.progress.recent_trend()->over == 60s);
}

TEST_CASE("columns of recent rates have holes where nothing was measured") {
    Progress progress;
    for (unsigned i = 0; i <= 6; ++i)
        progress.add(at(i * 10), 1000U - i * 20U, i * 20U);
    const auto rates = progress.recent_rates(6, 15s);
    REQUIRE(rates.size() == 6);
    CHECK_FALSE(rates[0]);
    CHECK_FALSE(rates[1]);
    for (std::size_t i = 2; i < 6; ++i)
        CHECK(*rates[i] == doctest::Approx(2));
}

TEST_CASE("columns of recent rates have a hole where measuring failed") {
    Progress progress;
    for (unsigned i = 0; i <= 3; ++i)
        progress.add(at(i * 10), 1000U - i * 20U, i * 20U);
    progress.add_failure(at(40));
    for (unsigned i = 9; i <= 12; ++i)
        progress.add(at(i * 10), 1000U - i * 20U, i * 20U);
    const auto rates = progress.recent_rates(12, 10s);
    for (std::size_t i = 0; i < 12; ++i) {
        CAPTURE(i);
        CHECK(rates[i].has_value() == (i < 3 || i >= 9));
    }
}

TEST_CASE("after half a day the estimate is exact") {
    Progress progress;
    constexpr unsigned measurements = 8000;
    for (unsigned i = 0; i < measurements; ++i)
        progress.add(at(i * 5.0), (measurements - i) * 10U, i * 10U);
    const auto outlook = progress.outlook(at((measurements - 1) * 5.0));
    CHECK(std::get<Progress::Estimate>(outlook).expected.count() == doctest::Approx(5).epsilon(0.01));
}
