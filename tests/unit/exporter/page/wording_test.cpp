#include "support.hpp"

#include <exporter/page/wording.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace health;
using namespace health::exporter;
using namespace std::chrono_literals;

TEST_CASE("thousands are set apart") {
    CHECK(grouped(0) == "0");
    CHECK(grouped(999) == "999");
    CHECK(grouped(1000) == "1,000");
    CHECK(grouped(12345678) == "12,345,678");
    CHECK(grouped(std::numeric_limits<std::uint64_t>::max()) == "18,446,744,073,709,551,615");
}

TEST_CASE("a percentage is neither 0 nor 100 before it is") {
    CHECK(percentage(20, 22, Rounding::down) == "90.9 %");
    CHECK(percentage(2, 22, Rounding::up) == "9.1 %");
    CHECK(percentage(99999, 100000, Rounding::down) == "99.9 %");
    CHECK(percentage(99999, 100000, Rounding::up) == "99.9 %");
    CHECK(percentage(1, 100000, Rounding::up) == "0.1 %");
    CHECK(percentage(1, 100000, Rounding::down) == "0.1 %");
    CHECK(percentage(0, 22, Rounding::up) == "0.0 %");
    CHECK(percentage(22, 22, Rounding::down) == "100.0 %");
    CHECK(percentage(0, 0, Rounding::down) == "n/a");
}

TEST_CASE("a time of another day has its date") {
    const auto now = test::at("2025-10-10T14:30:00Z");
    CHECK(time_element(now, now) == "<time datetime=\"2025-10-10T14:30:00Z\">14:30:00 UTC</time>");
    CHECK(time_element(now - 15h, now, "") == "<time datetime=\"2025-10-09T23:30:00Z\">2025-10-09 23:30:00</time>");
}
