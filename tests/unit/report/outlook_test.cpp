#include "support.hpp"

#include <report/outlook.hpp>

#include <doctest/doctest.h>

using namespace health;
using namespace std::chrono_literals;

TEST_CASE("a change has its direction, and the unit in which it can be read") {
    CHECK(describe_change(0) == "unchanged");
    CHECK(describe_change(-5.84) == "falling by 5.8/s");
    CHECK(describe_change(250.4) == "rising by 250/s");
    CHECK(describe_change(-0.02) == "falling by 72.0/h");
    CHECK(describe_change(Progress::Trend{.missing = -2, .population = 0, .over = 60s}) ==
          "falling by 2.0/s in the last minute");
    CHECK(describe_change(Progress::Trend{.missing = 0, .population = 0, .over = 2h}) == "unchanged in the last 2h");
}

TEST_CASE("about a minute is one, and any other time is in whole seconds") {
    const auto window = [](Progress::Seconds over) { return window_of({.missing = 0, .population = 0, .over = over}); };
    CHECK(window(54.5s) == 55s);
    CHECK(describe_window(window(54.5s)) == "the last 55s");
    CHECK(window(55s) == 60s);
    CHECK(window(70s) == 60s);
    CHECK(describe_window(window(70s)) == "the last minute");
    CHECK(window(70.1s) == 71s);
    CHECK(window(0.2s) == 1s);
}

TEST_CASE("what is left has its bounds, and none where there may be no end") {
    CHECK(describe_left({.expected = 61.2s, .soonest = 55s, .latest = 70s, .per_second = 2}) ==
          "1m 2s left (55s to 1m 10s)");
    CHECK(describe_left({.expected = 0.1s, .soonest = 0s, .latest = {}, .per_second = 2}) == "1s left (1s or more)");
}

TEST_CASE("without an estimate there is a reason, or nothing to say") {
    using Reason = Progress::Reason;
    const auto why = [](Reason reason, double per_second = 0) {
        return describe_reason({.reason = reason, .time = 240s, .per_second = per_second}, test::bills());
    };
    CHECK(why(Reason::nothing_filled) == "nothing filled for 4m");
    CHECK(why(Reason::nothing_filled, 9.6) == "nothing filled for 4m; 9.6 new documents/s arrive without dates");
    CHECK(why(Reason::not_gaining, 25) == "missing has not fallen for 4m; 25.0 new documents/s arrive");
    CHECK(why(Reason::removed, 3) == "3.0 documents/s lose dates");
    CHECK(why(Reason::deleted, 3) == "3.0 documents/s are being deleted; how many are filled is unknown");
    for (const Reason silent : {Reason::nothing_missing, Reason::too_little_seen, Reason::not_measured})
        CHECK(why(silent).empty());
}
