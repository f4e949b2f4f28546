#include "support.hpp"

#include <base/columns.hpp>
#include <base/time.hpp>
#include <commands/watch/view.hpp>

#include <doctest/doctest.h>

using namespace cli;
using namespace std::chrono_literals;
using health::Clock;
using health::Glyphs;

namespace {

WatchState midway() {
    WatchState state{.backfill = test::bills()};
    for (int i = 0; i <= 60; ++i)
        state.progress.add(Clock::time_point(i * 5s), 1043U - static_cast<unsigned>(i) * 10U);
    state.snapshot = test::snapshot(443, 800, 790);
    return state;
}

const Now now{.steady = Clock::time_point(300s), .wall = test::at("2025-10-10T14:22:31Z")};

std::string text_of(const std::vector<Line>& lines) {
    std::string out;
    for (const Line& line : lines)
        out += line.text + "\n";
    return out;
}

} // namespace

TEST_CASE("the view says how much, how fast, and how long") {
    const auto lines = draw_watch(midway(), now, 80, Glyphs::ascii);
    REQUIRE(lines.size() == 5);
    CHECK(lines[0].text.starts_with("bills of gmail_emails_v2"));
    CHECK(lines[1].text.starts_with("####"));
    CHECK(lines[1].text.ends_with("-- 64.3 %  800 of 1243"));
    CHECK(lines[2].text == "443 missing, 2.0/s in the last minute, 2.0/s overall");
    CHECK(lines[3].text.starts_with("about 3m 42s left (3m 42s to 3m 42s), at "));
    CHECK(lines[4].text.starts_with("rate  ####"));
}

TEST_CASE("what is wrong is there with the time since when, and the bar stays") {
    WatchState state = midway();
    state.measuring = {.what = "cannot measure gmail_emails_v2: Connection refused", .since = now.wall - 190s};
    const auto lines = draw_watch(state, now, 100, Glyphs::ascii);
    CHECK(lines[1].text.find("800 of 1243") != std::string::npos);
    CHECK(lines.back().text.ends_with(" (3m 10s): cannot measure gmail_emails_v2: Connection refused"));
    CHECK(lines.back().style == Style::bad);
    CHECK(lines[3].text.starts_with("last measured at "));
}

TEST_CASE("a rate says over what time it is") {
    WatchState state{.backfill = test::bills(), .snapshot = test::snapshot(90, 10, 0)};
    state.progress.add(Clock::time_point(0s), 100);
    state.progress.add(Clock::time_point(5s), 90);
    CHECK(draw_watch(state, now, 80, Glyphs::ascii)[2].text == "90 missing, 2.0/s in the last 5s, 2.0/s overall");
    state.progress.add(Clock::time_point(905s), 0);
    CHECK(draw_watch(state, now, 80, Glyphs::ascii)[2].text.find("0.1/s in the last 15m,") != std::string::npos);
}

TEST_CASE("no line reaches the last column, whatever the width") {
    WatchState state = midway();
    state.backfill.index = "индекс-索引-e\u0301mails-of-a-very-long-name-that-fits-nowhere";
    state.measuring = {.what = std::string(300, 'x'), .since = now.wall};
    for (const Glyphs glyphs : {Glyphs::ascii, Glyphs::unicode})
        for (std::size_t columns = 10; columns <= 200; ++columns)
            for (const Line& line : draw_watch(state, now, columns, glyphs)) {
                CAPTURE(columns);
                CAPTURE(line.text);
                CHECK(health::columns_of(line.text) < columns);
            }
}

TEST_CASE("done, empty, stalled and too early are told") {
    WatchState state = midway();
    WatchState stalled = midway();
    stalled.progress.add(now.steady + 5min, 443);
    CHECK(text_of(draw_watch(stalled, {.steady = now.steady + 5min, .wall = now.wall}, 80, Glyphs::ascii))
              .find("no change for 5m") != std::string::npos);
    CHECK(watch_line(stalled, {.steady = now.steady + 5min, .wall = now.wall}).ends_with(", no change for 5m\n"));
    state.snapshot = test::snapshot(0, 1243, 1200);
    CHECK(text_of(draw_watch(state, now, 80, Glyphs::ascii)).find("100.0 %") != std::string::npos);
    CHECK(text_of(draw_watch(state, now, 80, Glyphs::ascii)).find("done at ") != std::string::npos);
    state.snapshot = test::snapshot(1, 9999999, 0);
    CHECK(text_of(draw_watch(state, now, 80, Glyphs::ascii)).find("99.9 %") != std::string::npos);
    state.snapshot = test::snapshot(0, 0, 0);
    CHECK(text_of(draw_watch(state, now, 80, Glyphs::ascii)).find("no document matches category: bills") !=
          std::string::npos);
    WatchState early{.backfill = test::bills(), .snapshot = test::snapshot(10, 0, 0)};
    CHECK(text_of(draw_watch(early, now, 80, Glyphs::ascii)).find("too early") != std::string::npos);
}

TEST_CASE("a drawing goes over the one before, also when the terminal has wrapped it") {
    Canvas canvas{Paint(false)};
    const std::vector<Line> lines{{std::string(70, 'a')}, {"b"}};
    CHECK(canvas.leave().empty());
    CHECK(canvas.draw(lines, {.columns = 80, .rows = 24}).find("A\r") == std::string::npos);
    CHECK(canvas.draw(lines, {.columns = 80, .rows = 24}).starts_with("\x1b[2A\r"));
    CHECK(canvas.draw(lines, {.columns = 40, .rows = 24}).starts_with("\x1b[3A\r"));
    const std::string low = canvas.draw(lines, {.columns = 80, .rows = 2});
    CHECK(low.find('b') == std::string::npos);
    CHECK(canvas.leave() == "\r\x1b[K\x1b[?25h");
}

TEST_CASE("times for people are short") {
    CHECK(health::in_words(0s) == "0s");
    CHECK(health::in_words(59s) == "59s");
    CHECK(health::in_words(3600s) == "1h");
    CHECK(health::in_words(3605s) == "1h");
    CHECK(health::in_words(7500s) == "2h 5m");
    CHECK(health::in_words(100h) == "4d 4h");
}
