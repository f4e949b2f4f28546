#include "commands/watch/watched.hpp"

#include <commands/watch/overview.hpp>

#include <doctest/doctest.h>

using namespace cli;
using namespace std::chrono_literals;
using health::Glyphs;

namespace {

/// A row for each, between the title and the sum.
std::vector<Line> draw(const std::vector<WatchState>& states) {
    return draw_overview(states, test::midway().now(), {.columns = 200, .rows = 24}, Glyphs::ascii);
}

} // namespace

TEST_CASE("the title says over which time the changes were seen, and a row whose time differs says it itself") {
    test::Watched begun_late;
    begun_late.during(10s, -2, 2);
    const auto lines = draw({test::midway().state, test::midway().state, begun_late.state});
    CHECK(lines[0].text.starts_with("3 backfills, changes in the last minute "));
    CHECK(lines[1].text.find("  falling by 2.0/s  about ") != std::string::npos);
    CHECK(lines[3].text.find("  falling by 2.0/s in the last 5s  ") != std::string::npos);
}

TEST_CASE("before there are changes, the title names no time") {
    test::Watched begun;
    begun.during(5s, 0, 0);
    CHECK(draw({begun.state, begun.state})[0].text.starts_with("2 backfills  "));
}

TEST_CASE("a backfill that is done without a derived field is no good end") {
    test::Watched watched = test::midway();
    watched.state.snapshot = test::snapshot(0, 1243, 0);
    watched.state.backfill.index = "emails";
    const auto lines = draw({watched.state, test::midway().state});
    CHECK(lines[1].text.ends_with("done, but no bills in emails have expires_at, although all have dates[]"));
    CHECK(lines[1].style == Style::warning);
}

TEST_CASE("a backfill that breaks a rule is not done") {
    test::Watched watched = test::midway();
    watched.state.snapshot->broken = {{.rule = "dates < now", .documents = 3}};
    CHECK(
        draw({watched.state, test::midway().state})[1].text.ends_with(" left (3m 13s to 4m 6s), 3 break dates < now"));
    watched.state.snapshot->missing = 0;
    const auto lines = draw({watched.state, test::midway().state});
    CHECK(lines[1].text.ends_with("nothing missing, but 3 break dates < now"));
    CHECK(lines[1].style == Style::warning);
    CHECK(lines[3].text.ends_with("0 of 2 done"));
}

TEST_CASE("where there are too few rows, what is most urgent is shown, and what is done is left out first") {
    std::vector<WatchState> states(4, test::midway().state);
    states[0].backfill.name = "finished";
    states[0].snapshot = test::snapshot(0, 1243, 1243);
    states[1].backfill.name = "nearly";
    states[1].snapshot->missing = 1;
    states[2].backfill.name = "begun";
    states[3].backfill.name = "unknown";
    states[3].measuring = {.error = test::error(health::ErrorKind::timeout), .since = test::midway().now().seconds()};
    const auto lines = draw_overview(states, test::midway().now(), {.columns = 200, .rows = 6}, Glyphs::ascii);
    REQUIRE(lines.size() == 5);
    CHECK(lines[1].text.starts_with("unknown"));
    CHECK(lines[2].text.starts_with("begun"));
    CHECK(lines[3].text == "and 2 more not shown");
    CHECK(lines[4].text.ends_with("1 of 4 done"));
}
