#include <report/rate.hpp>

#include <doctest/doctest.h>

using namespace health;

TEST_CASE("a slow rate is by the hour, whichever its direction") {
    CHECK(readable_rate(2, 1).value == 2);
    CHECK(readable_rate(2, 1).unit == "/s");
    CHECK(readable_rate(1, 1).unit == "/s");
    CHECK(readable_rate(0.5, 1).value == 1800);
    CHECK(readable_rate(0.5, 1).unit == "/h");
    CHECK(readable_rate(0.5, 0.1).unit == "/s");
    CHECK(readable_rate(-0.5, 1).value == -1800);
    CHECK(readable_rate(-2, 1).unit == "/s");
}
