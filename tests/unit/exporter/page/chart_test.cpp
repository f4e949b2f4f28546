#include "support.hpp"

#include <exporter/page/chart.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <regex>
#include <string>

using namespace health;
using namespace health::exporter;
using namespace std::chrono_literals;

namespace {

const Timestamp noon = test::at("2025-10-10T12:00:00Z");

std::string draw(const Trend& trend) {
    return render_chart(trend, "dates[]");
}

std::string line_of(const std::string& chart) {
    std::smatch found;
    REQUIRE(std::regex_search(chart, found, std::regex(R"re(class="line" d="([^"]*)")re")));
    return found[1];
}

/// The labels of the time, "~" before those that a narrow window leaves out.
std::vector<std::string> times_of(const std::string& chart) {
    static const std::regex label(R"re(<span( class="spare")? style="left:[\d.]+%">([^<]*)</span>)re");
    std::vector<std::string> out;
    for (std::sregex_iterator at(chart.begin(), chart.end(), label), end; at != end; ++at)
        out.push_back(((*at)[1].matched ? "~" : "") + (*at)[2].str());
    return out;
}

std::vector<std::string> times_over(std::chrono::seconds span) {
    return times_of(
        draw({.seen = {{.ts = noon, .missing = 5}, {.ts = noon + span, .missing = 5}}, .refresh_interval = 1h}));
}

using Texts = std::vector<std::string>;

} // namespace

TEST_CASE("a chart ends at the newest snapshot, and its line is cut at an outage") {
    Trend trend{.stored = {{.ts = noon, .missing = 400}, {.ts = noon + 1h, .missing = 300}},
                .seen = {{.ts = noon + 90min, .missing = 200},
                         {.ts = noon + 91min, .missing = 100},
                         {.ts = noon + 100min, .missing = 0, .after_failure = true}},
                .refresh_interval = 1min};
    const std::string line = line_of(draw(trend));
    CHECK(std::ranges::count(line, 'M') == 2);
    CHECK(line.starts_with("M0 0L600 250L900 500L910 750M1000 1000h0"));
    CHECK(draw(trend).find("Missing dates[]: 400 at 12:00, 0 at 13:40 UTC, 400 at most") != std::string::npos);
}

TEST_CASE("numbers of a chart have their thousands set apart") {
    const Trend trend{.seen = {{.ts = noon, .missing = 12345}, {.ts = noon + 1min, .missing = 1234}}};
    CHECK(draw(trend).find("12,345 at 12:00:00, 1,234 at 12:01:00 UTC, 12,345 at most") != std::string::npos);
}

TEST_CASE("a chart needs two points in time") {
    CHECK(draw({}).empty());
    CHECK(draw({.seen = {{.ts = noon, .missing = 3}}}).empty());
    CHECK(draw({.seen = {{.ts = noon, .missing = 3}, {.ts = noon, .missing = 2}}}).empty());
}

TEST_CASE("there are labels enough to read a time, and a narrow window shows fewer of many") {
    CHECK(times_over(25s) == Texts{"~12:00:05", "12:00:10", "~12:00:15", "12:00:20"});
    CHECK(times_over(10min) == Texts{"12:02", "12:04", "12:06", "12:08"});
    CHECK(times_over(6h) == Texts{"~13:00", "14:00", "~15:00", "16:00", "~17:00"});
    CHECK(times_over(36h) == Texts{"~18:00", "11 Oct", "~06:00", "12:00", "~18:00"});
    CHECK(times_over(150h).size() == 6);
    CHECK(times_over(24h * 400).size() >= 3);
}
