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

TEST_CASE("a time of another day has its date") {
    const auto now = test::at("2025-10-10T14:30:00Z");
    CHECK(time_element(now, now) == "<time datetime=\"2025-10-10T14:30:00Z\">14:30:00 UTC</time>");
    CHECK(time_element(now - 15h, now, "") == "<time datetime=\"2025-10-09T23:30:00Z\">2025-10-09 23:30:00</time>");
}
