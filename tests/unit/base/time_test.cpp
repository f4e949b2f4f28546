#include <base/time.hpp>

#include <doctest/doctest.h>

using namespace health;
using namespace std::chrono_literals;

TEST_CASE("timestamps are RFC 3339 in UTC, and come back") {
    for (const char* text :
         {"1970-01-01T00:00:00Z", "2024-02-29T23:59:59Z", "2025-10-10T14:22:31Z", "9999-12-31T00:00:00Z"}) {
        CAPTURE(text);
        const auto parsed = parse_rfc3339(text);
        REQUIRE(parsed.has_value());
        CHECK(to_rfc3339(*parsed) == text);
    }
}

TEST_CASE("what is no timestamp is refused") {
    for (const char* text : {"", "2025-10-10", "2025-02-29T00:00:00Z", "2025-10-10T24:00:00Z", "2025-10-10T14:22:31",
                             "2025-10-10 14:22:31Z", "2025-10-10T14:22:3xZ", "2025-10-10T14:22:31+00"}) {
        CAPTURE(text);
        CHECK(!parse_rfc3339(text).has_value());
    }
}

TEST_CASE("durations") {
    CHECK(*parse_duration("0") == 0ms);
    CHECK(*parse_duration("0s") == 0ms);
    CHECK(*parse_duration("500ms") == 500ms);
    CHECK(*parse_duration("10s") == 10s);
    CHECK(*parse_duration("15m") == 15min);
    CHECK(*parse_duration("1h30m") == 90min);
    CHECK(*parse_duration("7d") == 168h);
    for (const char* text :
         {"", "10", "s", "-1s", "1.5s", "1s1m", "1m1m", "10 s", "1x", "99999999999999999999s", "999999999999d"}) {
        CAPTURE(text);
        const auto parsed = parse_duration(text);
        REQUIRE(!parsed.has_value());
        CHECK(parsed.error().kind == ErrorKind::usage);
    }
    CHECK(to_string(90s) == "1m30s");
    CHECK(to_string(0ms) == "0");
}

TEST_CASE("times for people are short") {
    CHECK(health::in_words(0s) == "0s");
    CHECK(health::in_words(59s) == "59s");
    CHECK(health::in_words(3600s) == "1h");
    CHECK(health::in_words(3605s) == "1h");
    CHECK(health::in_words(7500s) == "2h 5m");
    CHECK(health::in_words(100h) == "4d 4h");
}
