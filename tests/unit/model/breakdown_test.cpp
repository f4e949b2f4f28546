#include "support.hpp"

#include <model/breakdown.hpp>
#include <report/assessment.hpp>
#include <report/comparison.hpp>

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

TEST_CASE("many values are summed up, and how many they are is said") {
    Assessment assessment{.now = test::snapshot(30, 0, 0), .by = Assessment::ByField{}};
    auto& groups = assessment.by->breakdown.groups;
    assessment.by->grouping.field = "sender";
    for (std::uint64_t i = 0; i < 30; ++i)
        groups.push_back({.value = "s" + std::to_string(i), .missing = 1, .documents = 2});
    groups.push_back({.value = {}, .missing = 7, .documents = 7});
    const std::string text = text_assessment(test::bills(), assessment, Glyphs::ascii);
    CHECK(text.find("(10 other values)       10  20  ##########") != std::string::npos);
    CHECK(text.find("(none)                   7   7  ####################\n") != std::string::npos);
    CHECK(text.find("s20") == std::string::npos);
}

TEST_CASE("Markdown and workflow commands hold what a name may hold") {
    Snapshot now = test::snapshot(1, 2, 1);
    now.index = "a|b`c%d";
    const Assessment assessment{.now = now, .broken = {"50% is\nless: than, that"}};
    const std::string markdown = markdown_assessment(test::bills(), assessment);
    CHECK(markdown.find("a\\|b\\`c%d") != std::string::npos);
    const std::string github = github_annotations(test::bills(), assessment);
    CHECK(github.find("::error title=Backfill of bills::50%25 is%0Aless: than, that\n") != std::string::npos);
    CHECK(github.find("in a|b`c%25d\n") != std::string::npos);
}

TEST_CASE("a regression is anything that is worse") {
    const Snapshot before = test::snapshot(5, 10, 10);
    CHECK(regressions(test::bills(), before, test::snapshot(5, 10, 10)).empty());
    CHECK(regressions(test::bills(), before, test::snapshot(0, 15, 15)).empty());
    CHECK(regressions(test::bills(), before, test::snapshot(6, 10, 10)).size() == 1);
    CHECK(regressions(test::bills(), before, test::snapshot(0, 15, 10)).size() == 1); // the coverage
    CHECK(regressions(test::bills(), before, test::snapshot(0, 0, 0)).size() == 3);
}
