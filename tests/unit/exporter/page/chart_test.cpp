#include "has.hpp"
#include "support.hpp"

#include <exporter/page/chart.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <regex>
#include <string>
#include <vector>

using namespace health;
using namespace health::exporter;
using namespace std::chrono_literals;
using test::has;

namespace {

MissingPoint point(const std::string& ts, std::uint64_t missing) {
    return {.ts = test::at(ts), .missing = missing};
}

std::string chart_of(std::vector<MissingPoint> seen) {
    return render_chart({.seen = std::move(seen), .refresh_interval = 1h}, "dates[]");
}

/// The path that is the line.
std::string line_of(const std::string& chart) {
    static const std::regex path(R"re(class="line" d="([^"]*)")re");
    std::smatch found;
    REQUIRE(std::regex_search(chart, found, path));
    return found[1];
}

const Timestamp noon = test::at("2025-10-10T12:00:00Z");

/// The labels of the time, "~" before those that a narrow window leaves out.
std::vector<std::string> times_of(const std::string& chart) {
    static const std::regex label(R"re(<span( class="spare")? style="left:[\d.]+%">([^<]*)</span>)re");
    std::vector<std::string> out;
    for (std::sregex_iterator at(chart.begin(), chart.end(), label), end; at != end; ++at)
        out.push_back(((*at)[1].matched ? "~" : "") + (*at)[2].str());
    return out;
}

std::vector<std::string> times_over(std::chrono::seconds span) {
    return times_of(chart_of({{.ts = noon, .missing = 5}, {.ts = noon + span, .missing = 5}}));
}

using Texts = std::vector<std::string>;

} // namespace

TEST_CASE("a chart needs two points in time") {
    CHECK(chart_of({}).empty());
    CHECK(chart_of({point("2025-10-10T12:00:00Z", 3)}).empty());
    const auto chart = chart_of({point("2025-10-10T12:00:00Z", 3), point("2025-10-10T12:30:00Z", 2)});
    CHECK(std::ranges::count(line_of(chart), 'M') == 1);
    CHECK(has(chart, "3 at 12:00, 2 at 12:30 UTC, 3 at most"));
}

TEST_CASE("the line is cut where the history is") {
    std::vector<MissingPoint> seen{point("2025-10-10T12:00:00Z", 3), point("2025-10-10T12:30:00Z", 2),
                                   point("2025-10-10T13:00:00Z", 1)};
    CHECK(std::ranges::count(line_of(chart_of(seen)), 'M') == 1);
    seen[2].after_failure = true;
    CHECK(std::ranges::count(line_of(chart_of(seen)), 'M') == 2);
}

TEST_CASE("a chart's counts go from 0 to a round number that all fit below") {
    using Labels = std::vector<std::string>;
    for (const auto& [most, labels] :
         std::initializer_list<std::pair<std::uint64_t, Labels>>{{0, {"0", "1"}},
                                                                 {3, {"0", "1", "2", "3"}},
                                                                 {7, {"0", "2", "4", "6", "8"}},
                                                                 {1240, {"0", "500", "1k", "1.5k"}},
                                                                 {2600000, {"0", "1M", "2M", "3M"}}}) {
        std::string expected;
        for (const std::string& label : labels)
            expected += "<span>" + label + "</span>";
        CAPTURE(most);
        CHECK(has(chart_of({point("2025-10-10T12:00:00Z", most), point("2025-10-10T13:00:00Z", 0)}),
                  ">" + expected + "</div>"));
    }
}

TEST_CASE("a clock that was set back does not lead out of the chart") {
    const auto chart = chart_of(
        {point("2025-10-10T12:00:00Z", 9), point("2025-10-10T11:00:00Z", 5), point("2025-10-10T12:30:00Z", 2)});
    CHECK_FALSE(has(line_of(chart), "-"));
}

TEST_CASE("a chart ends at the newest snapshot, and its line is cut at an outage") {
    MissingHistory history{.stored = {{.ts = noon, .missing = 400}, {.ts = noon + 1h, .missing = 300}},
                           .seen = {{.ts = noon + 90min, .missing = 200},
                                    {.ts = noon + 91min, .missing = 100},
                                    {.ts = noon + 100min, .missing = 0, .after_failure = true}},
                           .refresh_interval = 1min};
    const std::string line = line_of(render_chart(history, "dates[]"));
    CHECK(std::ranges::count(line, 'M') == 2);
    CHECK(line.starts_with("M0 0L600 250L900 500L910 750M1000 1000h0"));
    CHECK(render_chart(history, "dates[]").find("Missing dates[]: 400 at 12:00, 0 at 13:40 UTC, 400 at most") !=
          std::string::npos);
}

TEST_CASE("numbers of a chart have their thousands set apart") {
    const MissingHistory history{.seen = {{.ts = noon, .missing = 12345}, {.ts = noon + 1min, .missing = 1234}}};
    CHECK(render_chart(history, "dates[]").find("12,345 at 12:00:00, 1,234 at 12:01:00 UTC, 12,345 at most") !=
          std::string::npos);
}

TEST_CASE("there are labels enough to read a time, and a narrow window shows fewer of many") {
    CHECK(times_over(25s) == Texts{"~12:00:05", "12:00:10", "~12:00:15", "12:00:20"});
    CHECK(times_over(10min) == Texts{"12:02", "12:04", "12:06", "12:08"});
    CHECK(times_over(6h) == Texts{"~13:00", "14:00", "~15:00", "16:00", "~17:00"});
    CHECK(times_over(36h) == Texts{"~18:00", "11 Oct", "~06:00", "12:00", "~18:00"});
    CHECK(times_over(150h).size() == 6);
    CHECK(times_over(24h * 400).size() >= 3);
}
