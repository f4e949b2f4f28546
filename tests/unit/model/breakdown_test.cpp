#include "support.hpp"

#include <model/breakdown.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace health;

namespace {

Timestamp at(std::string_view text) {
    return *parse_rfc3339(text);
}

} // namespace

TEST_CASE("stretches of the calendar begin where people say they do") {
    const Timestamp time = at("2025-11-05T14:22:31Z"); // a Wednesday
    const std::vector<std::tuple<Interval, std::string_view, std::string_view>> expected{
        {Interval::minute, "2025-11-05T14:22:00Z", "2025-11-05T14:22Z"},
        {Interval::hour, "2025-11-05T14:00:00Z", "2025-11-05T14:00Z"},
        {Interval::day, "2025-11-05T00:00:00Z", "2025-11-05"},
        {Interval::week, "2025-11-03T00:00:00Z", "2025-11-03"},
        {Interval::month, "2025-11-01T00:00:00Z", "2025-11"},
        {Interval::quarter, "2025-10-01T00:00:00Z", "2025-Q4"},
        {Interval::year, "2025-01-01T00:00:00Z", "2025"},
    };
    for (const auto& [interval, begin, name] : expected) {
        CAPTURE(to_string(interval));
        CHECK(begin_of(interval, time) == at(begin));
        CHECK(begin_of(interval, at(begin)) == at(begin));
        CHECK(name_of(interval, at(begin)) == name);
        CHECK(*parse_interval(to_string(interval)) == interval);
    }
    CHECK(begin_of(Interval::week, at("1969-12-31T23:59:59Z")) == at("1969-12-29T00:00:00Z"));
    CHECK(parse_interval("fortnight").error().kind == ErrorKind::usage);
}

TEST_CASE("dates are what Elasticsearch takes for dates") {
    const std::vector<std::pair<std::string_view, std::string_view>> expected{
        {"2025", "2025-01-01T00:00:00Z"},
        {"2025-11", "2025-11-01T00:00:00Z"},
        {"2025-11-05", "2025-11-05T00:00:00Z"},
        {"2025-11-05T", "2025-11-05T00:00:00Z"},
        {"2025-11-05T14", "2025-11-05T14:00:00Z"},
        {"2025-11-05T14:22:31.987Z", "2025-11-05T14:22:31Z"},
        {"2025-11-05T14:22:31+02:00", "2025-11-05T12:22:31Z"},
        {"2025-11-05T14:22-0130", "2025-11-05T15:52:00Z"},
        {"1762352551000", "2025-11-05T14:22:31Z"},
        {"-1", "1969-12-31T23:59:59Z"},
    };
    for (const auto& [text, time] : expected) {
        CAPTURE(text);
        REQUIRE(parse_date(text));
        CHECK(to_rfc3339(*parse_date(text)) == time);
    }
    for (const std::string_view text : {"", "soon", "2025-13", "2025-02-30", "2025-11-05 14:22", "2025-11-05T25", "1e9",
                                        "2025-11-05T14:22:31+", "2025-11-05Z!", "99999999999999999999"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_date(text));
    }
}

TEST_CASE("groups by value have the most missing first, by time they are chronological, and none comes last") {
    const Group none{.value = {}, .missing = 9, .documents = 9};
    const Group few{.value = "a", .missing = 1, .documents = 5};
    const Group many{.value = "b", .missing = 4, .documents = 4};
    std::vector<Group> groups{none, few, many};
    sort_groups(groups, {.field = "x", .interval = {}});
    CHECK(groups == std::vector<Group>{many, few, none});
    sort_groups(groups, {.field = "x", .interval = Interval::month});
    CHECK(groups == std::vector<Group>{few, many, none});
}
