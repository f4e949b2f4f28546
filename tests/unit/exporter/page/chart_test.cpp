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

namespace {

Point point(const std::string& ts, std::uint64_t missing) {
    return {.ts = test::at(ts), .missing = missing};
}

std::string chart_of(std::vector<Point> seen) {
    return render_chart({.seen = std::move(seen), .refresh_interval = 1h}, "dates[]");
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// The path that is the line.
std::string line_of(const std::string& chart) {
    static const std::regex path(R"re(class="line" d="([^"]*)")re");
    std::smatch found;
    REQUIRE(std::regex_search(chart, found, path));
    return found[1];
}

} // namespace

TEST_CASE("a chart needs two points in time") {
    CHECK(chart_of({}).empty());
    CHECK(chart_of({point("2025-10-10T12:00:00Z", 3)}).empty());
    const auto chart = chart_of({point("2025-10-10T12:00:00Z", 3), point("2025-10-10T12:30:00Z", 2)});
    CHECK(std::ranges::count(line_of(chart), 'M') == 1);
    CHECK(has(chart, "3 at 12:00, 2 at 12:30 UTC, 3 at most"));
}

TEST_CASE("the line is cut where the trend is") {
    std::vector<Point> seen{point("2025-10-10T12:00:00Z", 3), point("2025-10-10T12:30:00Z", 2),
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
