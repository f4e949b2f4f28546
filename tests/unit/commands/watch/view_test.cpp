#include "commands/watch/watched.hpp"

#include <base/columns.hpp>
#include <commands/watch/view.hpp>

#include <doctest/doctest.h>

using namespace cli;
using namespace std::chrono_literals;
using health::ErrorKind;
using health::Glyphs;

namespace {

std::vector<Line> draw(const test::Watched& watched) {
    return draw_watch(watched.state, watched.now(), 100, Glyphs::ascii);
}

} // namespace

TEST_CASE("the view says how much, how fast, and how long") {
    const test::Watched watched = test::midway();
    const auto lines = draw_watch(watched.state, watched.now(), 80, Glyphs::ascii);
    REQUIRE(lines.size() == 5);
    CHECK(lines[0].text.starts_with("bills of gmail_emails_v2"));
    CHECK(lines[1].text.starts_with("####"));
    CHECK(lines[1].text.ends_with("-- 65.1 %  810 of 1243"));
    CHECK(lines[2].text == "433 missing, falling by 2.0/s in the last minute");
    CHECK(lines[3].text.starts_with("about 3m 37s left (3m 13s to 4m 6s), at "));
    CHECK(lines[4].text.starts_with("rate  ####"));
}

TEST_CASE("an outage is there with the time since when, the bar stays, and nothing is foretold") {
    test::Watched watched = test::midway();
    watched.state.progress.add_failure(watched.now().steady);
    watched.state.measuring = {
        .error = test::error(ErrorKind::unreachable, "cannot measure gmail_emails_v2: Connection refused"),
        .since = watched.now().seconds() - 190s};
    const auto lines = draw(watched);
    CHECK(lines[1].text.find("810 of 1243") != std::string::npos);
    CHECK(lines[2].text == "433 missing");
    CHECK(lines[3].text.starts_with("last measured at "));
    CHECK(lines.back().text.ends_with(" (3m 10s): cannot measure gmail_emails_v2: Connection refused"));
    CHECK(lines.back().style == Style::bad);
}

TEST_CASE("a trend says over what time it is, and slow ones are by the hour") {
    test::Watched watched;
    watched.during(5s, 0, 0);
    CHECK(draw(watched)[2].text == "1043 missing");
    watched.during(5s, -2, 2);
    CHECK(draw(watched)[2].text == "1033 missing, falling by 2.0/s in the last 5s");
    watched.during(100s, 0, 0);
    CHECK(draw(watched)[2].text == "1033 missing, unchanged in the last minute");
    watched.during(100s, 0.0201, 0);
    CHECK(draw(watched)[2].text == "1035 missing, rising by 60.0/h in the last minute");
    watched.during(100s, 123.4, 0);
    CHECK(draw(watched)[2].text == "13375 missing, rising by 123/s in the last minute");
}

TEST_CASE("without an estimate there is the reason") {
    test::Watched watched;
    watched.during(5s, 0, 0);
    CHECK(draw(watched)[3].text == "too early for an estimate");
    watched.during(240s, 0, 0);
    CHECK(draw(watched)[3].text == "nothing filled for 4m");
    CHECK(draw(watched)[3].style == Style::warning);
    watched.during(300s, 9.6, 0);
    CHECK(draw(watched)[3].text == "nothing filled for 9m; 9.6 new documents/s arrive without dates");

    watched = test::midway();
    watched.during(60s, 5, 20);
    CHECK(draw(watched)[3].text == "missing has not fallen for 1m; 25.0 new documents/s arrive");
    watched = test::midway();
    watched.during(60s, 12, -12);
    CHECK(draw(watched)[3].text == "12.0 documents/s lose dates");
    watched = test::midway();
    watched.during(60s, -3, 0);
    CHECK(draw(watched)[3].text == "3.0 documents/s are being deleted; how many are filled is unknown");
}

TEST_CASE("the end, and what looks like one") {
    WatchState state = test::midway().state;
    const auto line = [&](std::uint64_t missing, std::uint64_t present, std::size_t number) {
        state.snapshot = test::snapshot(missing, present, 0);
        return draw_watch(state, test::midway().now(), 100, Glyphs::ascii)[number];
    };
    CHECK(line(0, 1243, 1).text.find("100.0 %") != std::string::npos);
    CHECK(line(0, 1243, 1).style == Style::good);
    CHECK(line(0, 1243, 3).text.starts_with("done at "));
    CHECK(line(1, 9999999, 1).text.find("99.9 %") != std::string::npos);
    CHECK(line(0, 0, 3).text == "no document matches category: bills in gmail_emails_v2");
}

TEST_CASE("done without a derived field is no good end") {
    test::Watched watched = test::midway();
    watched.state.snapshot = test::snapshot(0, 1243, 0);
    watched.state.backfill.index = "emails";
    const auto lines = draw(watched);
    CHECK(lines[3].text.starts_with("done at "));
    CHECK(lines[4].text == "no bills in emails have expires_at, although all have dates[]");
    CHECK(lines[4].style == Style::warning);
}

TEST_CASE("nothing missing with a broken rule is no good end") {
    test::Watched watched = test::midway();
    watched.state.snapshot->broken = {{.rule = "dates < now", .documents = 3}, {.rule = "dates != 0"}};
    CHECK(draw(watched)[3].text.starts_with("about 3m 37s left"));
    CHECK(draw(watched)[4].text == "3 break dates < now");
    CHECK(draw(watched)[4].style == Style::warning);
    watched.state.snapshot->missing = 0;
    CHECK(draw(watched)[1].style != Style::good);
    CHECK(draw(watched)[3].text == "nothing is missing, but not every rule holds");
    CHECK(draw(watched)[4].text == "3 break dates < now");
    watched.state.snapshot->broken[0].documents = 0;
    CHECK(draw(watched)[3].text.starts_with("done at "));
}

TEST_CASE("no line reaches the last column, whatever the width") {
    const health::ClockReading now = test::midway().now();
    WatchState state = test::midway().state;
    state.backfill.index = "индекс-索引-e\u0301mails-of-a-very-long-name-that-fits-nowhere";
    state.snapshot->broken = {{.rule = "dates != \"" + std::string(300, 'y') + "\"", .documents = 3}};
    state.measuring = {.error = test::error(ErrorKind::rejected, std::string(300, 'x')), .since = now.seconds()};
    for (const Glyphs glyphs : {Glyphs::ascii, Glyphs::unicode})
        for (std::size_t columns = 10; columns <= 200; columns += columns < 60 ? 1 : 7)
            for (const Line& line : draw_watch(state, now, columns, glyphs)) {
                CAPTURE(columns);
                CAPTURE(line.text);
                CHECK(health::columns_of(line.text) < columns);
            }
}
