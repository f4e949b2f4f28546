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

TEST_CASE("an age has two units at most") {
    const auto now = *parse_rfc3339("2025-10-10T14:30:00Z");
    CHECK(ago(now, now) == "just now");
    CHECK(ago(now + 5s, now) == "just now"); // a clock that was set back
    CHECK(ago(now - 46s, now) == "46s ago");
    CHECK(ago(now - 90s, now) == "1m 30s ago");
    CHECK(ago(now - 2h - 5min - 7s, now) == "2h 5m ago");
    CHECK(ago(now - 50h - 5min, now) == "2d 2h ago");
}

TEST_CASE("in UTC, too, the date of today goes without saying") {
    const auto now = *parse_rfc3339("2025-10-10T14:30:00Z");
    CHECK(to_utc(now, now) == "14:30:00");
    CHECK(to_utc(now + 9h, now) == "23:30:00");
    CHECK(to_utc(now - 15h, now) == "2025-10-09 23:30:00");
    CHECK(to_utc(now - 365 * 24h, now) == "2024-10-10 14:30:00"); // the same day of another year
}

TEST_CASE("dates to the millisecond, in every form that Elasticsearch takes") {
    CHECK(parse_date_milliseconds("1970-01-01") == 0);
    CHECK(parse_date_milliseconds("1970-01-01T00:00:01.5Z") == 1500);
    CHECK(parse_date_milliseconds("1970-01-01T00:00:01.123456789Z") == 1123);
    CHECK(parse_date_milliseconds("1970-01-01T01:00:00.001+01:00") == 1);
    CHECK(parse_date_milliseconds("1969-12-31T23:59:59.999Z") == -1);
    CHECK(parse_date_milliseconds("1760105551123") == 1760105551123);
    CHECK(parse_date_milliseconds("1760105551000000000") == 1760105551000000000);
    for (const char* text : {"", "2025-13-01", "2025-10-10T24:00", "2025-10-10T00:00:00.", "2025-10-10T00:00:00.Z",
                             "2025-10-10 00:00", "today", "1.5"}) {
        CAPTURE(text);
        CHECK(!parse_date_milliseconds(text));
        CHECK(!parse_date(text));
    }
    CHECK(parse_date("1969-12-31T23:59:59.999Z") == parse_date("1969-12-31T23:59:59Z"));
}

TEST_CASE("a fraction after what is no date ends at once") {
    for (const std::string_view text : {"2025-10-10T14:22:.5", "2025-10-10T1x:22:31.5", "x.5"})
        CHECK(parse_iso_date(text) == std::nullopt);
}

TEST_CASE("milliseconds as dates, however far away") {
    CHECK(date_text(0) == "1970-01-01T00:00:00Z");
    CHECK(date_text(1500) == "1970-01-01T00:00:01.500Z");
    CHECK(date_text(-1) == "1969-12-31T23:59:59.999Z");
    CHECK(date_text(253402300799999) == "9999-12-31T23:59:59.999Z");
    CHECK(date_text(253402300800000) == "+10000-01-01T00:00:00Z");
    CHECK(date_text(1760105551000000) == "+57745-07-11T00:36:40Z");
    CHECK(date_text(-62167219200000) == "0000-01-01T00:00:00Z");
    CHECK(date_text(-62167219200001) == "-0001-12-31T23:59:59.999Z");
    CHECK(date_text(INT64_MAX) == "+292278994-08-17T07:12:55.807Z");
    CHECK(date_text(INT64_MIN) == "-292275055-05-16T16:47:04.192Z");
}
