#include <model/pace.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <random>

using health::Pace;

namespace {

void add_steps(Pace& pace, int count, double filled) {
    for (int i = 0; i < count; ++i)
        pace.add({.seconds = 5, .filled = filled});
}

} // namespace

TEST_CASE("a pace is known from three steps on, and the better the longer it lasts") {
    Pace pace;
    add_steps(pace, 2, 50);
    CHECK_FALSE(pace.range());
    add_steps(pace, 1, 50);
    CHECK(pace.range()->expected == doctest::Approx(10));
    CHECK(pace.range()->slowest == doctest::Approx(6.5).epsilon(0.05));
    CHECK(pace.range()->fastest == doctest::Approx(13.5).epsilon(0.05));
    CHECK(pace.mean_step() == doctest::Approx(50));
    add_steps(pace, 100, 50);
    CHECK(pace.range()->expected == doctest::Approx(10));
    CHECK(pace.range()->slowest > 9.2);
    CHECK(pace.range()->fastest < 10.8);
    pace.restart();
    CHECK_FALSE(pace.range());
}

TEST_CASE("a large change ends a pace within a few steps") {
    for (const double factor : {0.1, 0.2, 0.4, 2.0, 5.0, 50.0}) {
        Pace pace;
        add_steps(pace, 200, 100);
        add_steps(pace, 8, 100 * factor);
        CAPTURE(factor);
        CHECK(pace.range()->expected == doctest::Approx(20 * factor));
        CHECK(pace.kept_steps() <= 8);
    }
}

TEST_CASE("one large step is no change") {
    Pace pace;
    add_steps(pace, 100, 100);
    add_steps(pace, 1, 1000);
    for (int i = 0; i < 10; ++i) {
        add_steps(pace, 1, 100);
        CHECK(pace.kept_steps() > 60);
    }
}

TEST_CASE("a small change widens the range at once and is forgotten in time") {
    Pace pace;
    add_steps(pace, 60, 100);
    add_steps(pace, 3, 75);
    CHECK(pace.range()->expected > 18);
    CHECK(pace.range()->slowest <= 15);
    add_steps(pace, 120, 75);
    CHECK(pace.range()->expected == doctest::Approx(15));
}

TEST_CASE("what varies from step to step has one pace, and so has what comes one by one") {
    std::mt19937 random(4711);
    Pace uneven;
    Pace single;
    for (int i = 0; i < 500; ++i) {
        const double number = static_cast<double>(random()) / 4294967296.0;
        uneven.add({.seconds = 5, .filled = 50 + 100 * number});
        single.add({.seconds = -20 * std::log(1 - number), .filled = 1});
    }
    CHECK(uneven.range()->expected == doctest::Approx(20).epsilon(0.05));
    CHECK(single.range()->expected == doctest::Approx(0.05).epsilon(0.2));
}

TEST_CASE("memory grows with the logarithm of the time only") {
    Pace pace;
    add_steps(pace, 20000, 10);
    CHECK(pace.range()->expected == doctest::Approx(2));
    CHECK(pace.kept_steps() < 350);
}
