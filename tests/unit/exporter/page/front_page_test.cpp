#include "exporter/fixtures.hpp"

#include <exporter/page/chart.hpp>
#include <exporter/page/front_page.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <regex>
#include <string>
#include <vector>

using namespace health;
using namespace health::exporter;
using namespace std::chrono_literals;

namespace {

const auto now = test::at("2025-10-10T14:30:00Z");

/// As after one measurement, which was just now.
View measured(std::uint64_t missing, std::uint64_t present, std::uint64_t derived,
              const Backfill& backfill = test::bills()) {
    View view;
    view.telemetry.up = true;
    view.telemetry.succeeded = 1;
    view.telemetry.last_success_seconds = static_cast<double>(now.time_since_epoch().count());
    view.telemetry.readings = {{.backfill = backfill, .snapshot = test::snapshot(missing, present, derived)}};
    view.trends.resize(1);
    view.refreshes = {{.ts = now, .took = 5ms, .failure = {}}};
    return view;
}

Failure failure(const std::string& text, std::chrono::seconds ago) {
    return {.ts = now - ago, .kind = ErrorKind::unreachable, .text = text};
}

View failing(View view, const std::string& text = "cut off") {
    view.telemetry.up = false;
    view.failures = {failure(text, 0s)};
    view.failing = view.failures.front();
    view.failing_since = now - 90s;
    return view;
}

std::string page_of(const View& view) {
    return render_front_page(view, "http://es:9200", now);
}

/// Without marks, scripts and styles.
std::string text_of(const View& view) {
    static const std::regex aside("<style>[^]*?</style>|<script>[^]*?</script>|<[^>]*>");
    static const std::regex blanks("\\s+");
    return std::regex_replace(std::regex_replace(page_of(view), aside, " "), blanks, " ");
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

std::size_t count(const std::string& text, std::string_view part) {
    std::size_t out = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
        ++out;
    return out;
}

/// The commands of the path of that class: how many begin a piece.
std::size_t pieces_of_line(const std::string& chart) {
    std::smatch found;
    REQUIRE(std::regex_search(chart, found, std::regex(R"re(class="line" d="([^"]*)")re")));
    const std::string path = found[1];
    return static_cast<std::size_t>(std::ranges::count(path, 'M'));
}

Point point(const std::string& ts, double missing) {
    return {.ts = test::at(ts), .missing = missing};
}

} // namespace

TEST_CASE("the page has the numbers, the shares and the verdict of each backfill") {
    const auto text = text_of(measured(2, 20, 18));
    for (const std::string_view part : {"Bills in gmail_emails_v2", "missing dates[] 2 ", "with dates[] 20 ",
                                        "with expires_at 18 ", "90.9 %", "90.0 %", "CHECK", "http://es:9200"})
        CHECK_MESSAGE(has(text, part), part);
    CHECK(has(text_of(measured(0, 20, 20)), " OK "));
}

TEST_CASE("what is nearly all is not 100 %") {
    CHECK(has(text_of(measured(1, 99999, 99998)), "99.9 %"));
    CHECK_FALSE(has(text_of(measured(1, 99999, 99998)), "100.0 %"));
    CHECK(count(text_of(measured(0, 5, 5)), "100.0 %") == 2);
}

TEST_CASE("an empty population has no shares, and no all-clear") {
    const auto text = text_of(measured(0, 0, 0));
    CHECK(has(text, "category: bills"));
    CHECK(has(text, "CHECK"));
    CHECK_FALSE(has(page_of(measured(0, 0, 0)), "<progress"));
}

TEST_CASE("names that would be marks are text") {
    Backfill hostile = test::bills();
    hostile.name = "<script>";
    hostile.index = "a\"><img src=x>";
    hostile.field_label = "<b>due</b>";
    hostile.derived = {"\"'><i>&amp;"};
    for (View view : {measured(2, 20, 18, hostile), failing(measured(2, 20, 18, hostile), "<u>text</u>")}) {
        view.trends[0].seen = {point("2025-10-10T12:00:00Z", 3), point("2025-10-10T12:30:00Z", 2)};
        view.no_history = "<s>";
        const auto page = render_front_page(view, "<hr>", now);
        for (const std::string_view mark : {"<script>&", "<img", "<b>", "<i>", "<u>", "<s>", "<hr>"})
            CHECK_MESSAGE(!has(page, mark), mark);
        CHECK(has(page, "a&quot;&gt;&lt;img src=x&gt;"));
    }
}

TEST_CASE("before the first measurement there are no numbers") {
    View view;
    view.telemetry.readings = {{.backfill = test::bills(), .snapshot = {}}};
    view.trends.resize(1);
    const auto page = page_of(view);
    CHECK_FALSE(has(page, "<dl class=\"numbers\">"));
    CHECK_FALSE(has(page, "<svg"));
    CHECK(has(page, "gmail_emails_v2"));
}

TEST_CASE("while measuring fails the page says why and since when, beside the last good numbers") {
    const auto text = text_of(failing(measured(2, 20, 18), "cut off by es:9200"));
    CHECK(has(text, "cut off by es:9200"));
    CHECK(has(text, "14:28:30 UTC"));
    CHECK(has(text, "1m30s ago"));
    CHECK(has(text, "missing dates[] 2 "));
    CHECK(page_of(failing(measured(2, 20, 18))) != page_of(measured(2, 20, 18)));

    View without = failing(measured(2, 20, 18));
    without.telemetry.readings[0].snapshot.reset();
    CHECK_FALSE(has(text_of(without), "missing dates[] 2 "));
}

TEST_CASE("the same failure again and again is one entry") {
    View view = failing(measured(2, 20, 18));
    view.failures = {failure("cut off", 0s), failure("cut off", 60s), failure("cut off", 120s),
                     failure("no name", 180s)};
    const auto page = page_of(view);
    CHECK(count(page, "<li>") == 2);
    CHECK(has(page, "3 times since"));
}

TEST_CASE("a chart needs two points in time") {
    CHECK(render_chart({}, "dates[]").empty());
    CHECK(render_chart({.stored = {}, .seen = {point("2025-10-10T12:00:00Z", 3)}}, "dates[]").empty());
    const Trend trend{.stored = {point("2025-10-10T12:00:00Z", 3)}, .seen = {point("2025-10-10T12:30:00Z", 2)}};
    const auto chart = render_chart(trend, "dates[]");
    CHECK(pieces_of_line(chart) == 1);
    CHECK(has(chart, "3 at 12:00, 2 at 12:30 UTC, 3 at most"));
}

TEST_CASE("a chart's line has a gap where there is no snapshot") {
    Trend trend;
    for (const char* hour : {"08", "09", "10", "13", "14"})
        trend.stored.push_back(point(std::string("2025-10-10T") + hour + ":00:00Z", 5));
    CHECK(pieces_of_line(render_chart(trend, "dates[]")) == 2);
    trend.seen = {point("2025-10-10T15:59:00Z", 4)}; // the last stored one stands for its whole hour
    CHECK(pieces_of_line(render_chart(trend, "dates[]")) == 2);
    trend.seen = {point("2025-10-10T16:01:00Z", 4)};
    CHECK(pieces_of_line(render_chart(trend, "dates[]")) == 3);
}

TEST_CASE("a chart's counts go from 0 to a round number that all fit below") {
    for (const auto& [most, labels] :
         std::initializer_list<std::pair<double, std::vector<std::string>>>{{0, {"0", "1"}},
                                                                            {3, {"0", "1", "2", "3"}},
                                                                            {7, {"0", "2", "4", "6", "8"}},
                                                                            {1240, {"0", "500", "1k", "1.5k"}},
                                                                            {2.6e6, {"0", "1M", "2M", "3M"}}}) {
        const auto chart = render_chart(
            {.stored = {point("2025-10-10T12:00:00Z", most), point("2025-10-10T13:00:00Z", 0)}, .seen = {}}, "dates[]");
        std::string expected;
        for (const std::string& label : labels)
            expected += "<span>" + label + "</span>";
        CHECK_MESSAGE(has(chart, ">" + expected + "</div>"), most);
    }
}

TEST_CASE("a clock that was set back does not lead out of the chart") {
    const Trend trend{
        .stored = {},
        .seen = {point("2025-10-10T12:00:00Z", 9), point("2025-10-10T11:00:00Z", 5), point("2025-10-10T12:30:00Z", 2)}};
    std::smatch line;
    const auto chart = render_chart(trend, "dates[]");
    REQUIRE(std::regex_search(chart, line, std::regex(R"re(class="line" d="([^"]*)")re")));
    CHECK_FALSE(has(line[1], "-"));
}
