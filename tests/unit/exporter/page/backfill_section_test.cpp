#include "has.hpp"
#include "support.hpp"

#include <exporter/page/backfill_section.hpp>
#include <exporter/page/front_page.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>

using namespace health;
using namespace health::exporter;
using namespace std::chrono_literals;
using test::has;

namespace {

const auto now = test::at("2025-10-10T14:30:00Z");

BackfillView measured(const Backfill& backfill, Snapshot snapshot) {
    return {
        .backfill = backfill, .snapshot = std::move(snapshot), .failure = {}, .last_success = now - 3s, .history = {}};
}

BackfillView bills() {
    return measured(test::bills(), test::snapshot(2, 20, 18));
}

BackfillView failing(BackfillView backfill) {
    backfill.last_success = now - 90s;
    backfill.failure = {.kind = ErrorKind::timeout, .text = "no <answer>", .since = now - 75s};
    return backfill;
}

/// What a browser shows: tags and runs of whitespace become one blank.
std::string text_of(std::string_view html) {
    std::string out = " ";
    const auto add = [&](std::string_view text) {
        for (const char c : text)
            if (const char shown = c == '\n' ? ' ' : c; shown != ' ' || out.back() != ' ')
                out += shown;
    };
    const auto skip_past = [&](std::string_view end) {
        html.remove_prefix(std::min(html.find(end), html.size() - end.size()) + end.size());
        add(" ");
    };
    while (!html.empty()) {
        const auto text = html.substr(0, html.find('<'));
        add(text);
        html.remove_prefix(text.size());
        if (html.starts_with("<style>"))
            skip_past("</style>");
        else if (html.starts_with("<script>"))
            skip_past("</script>");
        else if (!html.empty())
            skip_past(">");
    }
    return out;
}

std::string section(const BackfillView& backfill) {
    return render_section(backfill, Freshness::by_itself, now);
}

std::string page(std::vector<BackfillView> backfills) {
    View view;
    view.backfills = std::move(backfills);
    view.refreshes = {{.ts = now - 3s, .took = 5ms, .failure = {}, .failed = 0}};
    return render_front_page(view, "http://es:9200", now);
}

std::size_t count(const std::string& text, std::string_view part) {
    std::size_t out = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
        ++out;
    return out;
}

} // namespace

TEST_CASE("each number has its share of the whole") {
    const auto text = text_of(section(measured(test::bills(), test::snapshot(1234, 98766, 50000))));
    CHECK(has(text, "missing dates[] 1,234 1.3 % of 100,000 "));
    CHECK(has(text, "with dates[] 98,766 98.7 % of 100,000 "));
    CHECK(has(text, "with expires_at 50,000 50.0 % of 100,000 "));
    CHECK(has(text, "Filled: 98,766 of 100,000 have dates[] 98.7 % "));
    CHECK(has(text, "Coverage: 50,000 of 98,766 have expires_at 50.6 % "));
}

TEST_CASE("a derived field has a bar each, and without one there is no coverage") {
    Backfill backfill = test::invoices();
    backfill.derived = {"paid_at", "reminded_at"};
    Snapshot snapshot = test::snapshot(1, 10, 9);
    snapshot.derived = {9, 4};
    const auto two = section(measured(backfill, snapshot));
    CHECK(count(two, "<progress") == 3);
    CHECK(has(text_of(two), "Coverage: 9 of 10 have paid_at 90.0 %"));
    CHECK(has(text_of(two), "Coverage: 4 of 10 have reminded_at 40.0 %"));

    backfill.derived.clear();
    snapshot.derived.clear();
    const auto none = section(measured(backfill, snapshot));
    CHECK(count(none, "<progress") == 1);
    CHECK_FALSE(has(none, "Coverage"));
}

TEST_CASE("without a document that has the field there is no coverage to show") {
    CHECK(has(text_of(section(measured(test::bills(), test::snapshot(5, 0, 0)))),
              "Coverage: 0 of 0 have expires_at n/a"));
}

TEST_CASE("a section has each rule with how many documents break it") {
    Snapshot snapshot = test::snapshot(0, 20, 18);
    CHECK_FALSE(has(section(measured(test::bills(), snapshot)), "rules"));
    snapshot.broken = {{.rule = "dates >= <i>created</i>\x1b[31m", .documents = 1234},
                       {.rule = "dates < now", .documents = 1},
                       {.rule = "dates != 0", .documents = 0}};
    const auto html = section(measured(test::bills(), snapshot));
    CHECK(has(html, "<dt>dates &gt;= &lt;i&gt;created&lt;/i&gt;"));
    CHECK_FALSE(has(html, "\x1b"));
    CHECK(has(html, "<dt>dates &lt; now</dt><dd class=\"check\">1 document breaks it</dd>"));
    CHECK(has(html, "<dt>dates != 0</dt><dd class=\"good\">no document breaks it</dd>"));
    CHECK(has(text_of(html), " 1,234 documents break it "));
    CHECK(has(text_of(html), "Verdict CHECK"));
}

TEST_CASE("an empty population has no shares") {
    const auto html = section(measured(test::bills(), test::snapshot(0, 0, 0)));
    CHECK(has(text_of(html),
              "Nothing to count: no document matches category: bills in gmail_emails_v2. Is it the right index?"));
    CHECK_FALSE(has(html, "%"));
}

TEST_CASE("a section says how fresh it is") {
    CHECK(has(text_of(section(bills())), "Measured 3s ago ( 14:29:57 UTC )"));
    CHECK_FALSE(has(render_section(bills(), Freshness::said_by_the_page, now), "Measured"));
}

TEST_CASE("one that fails says why, since when, and how old its numbers are") {
    const auto text = text_of(section(failing(bills())));
    CHECK(has(text, "Measuring has been failing since 14:28:45 UTC (1m 15s ago) : no &lt;answer&gt;. "));
    CHECK(has(text, "The numbers below are the last good ones, measured 1m 30s ago."));
    CHECK(has(text, "missing dates[] 2 "));

    BackfillView stale = failing(bills());
    stale.snapshot.reset();
    CHECK(has(text_of(section(stale)), "The last good numbers, measured 1m 30s ago, are too old to be shown."));
    stale.last_success.reset();
    CHECK(has(text_of(section(stale)), "There are no numbers to show yet."));
}

TEST_CASE("a section says how fast it goes, and when it will be done") {
    BackfillView backfill = bills();
    backfill.change = {.missing = -5.8, .population = 0, .over = 60s};
    backfill.outlook = Progress::Estimate{.expected = 62s, .soonest = 55s, .latest = 70s, .per_second = 5.8};
    CHECK(has(text_of(section(backfill)), " Missing is falling by 5.8/s in the last minute. "
                                          "About 1m 2s left (55s to 1m 10s) , done at 14:31:02 UTC "));
    CHECK_FALSE(has(section(failing(backfill)), "left ("));
    backfill.snapshot = test::snapshot(0, 22, 20);
    CHECK_FALSE(has(section(backfill), "left ("));
}

TEST_CASE("without an estimate a section says why") {
    BackfillView backfill = bills();
    CHECK(has(text_of(section(backfill)), " Too early to estimate the time left "));
    backfill.backfill.field = "<b>";
    backfill.change = {.missing = 9.6, .population = 9.6, .over = 60s};
    backfill.outlook =
        Progress::NoEstimate{.reason = Progress::Reason::nothing_filled, .time = 240s, .per_second = 9.6};
    CHECK(has(text_of(section(backfill)),
              " Missing is rising by 9.6/s in the last minute. Time left is unknown: nothing filled for 4m; "
              "9.6 new documents/s arrive without &lt;b&gt; "));
}

TEST_CASE("a page of one backfill says how fresh it is at its top alone") {
    CHECK(count(text_of(page({bills()})), "Measured 3s ago") == 1);
    CHECK(count(text_of(page({failing(bills())})), "Measuring has been failing since") == 1);
}
