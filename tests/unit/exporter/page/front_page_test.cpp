#include "has.hpp"
#include "support.hpp"

#include <exporter/page/front_page.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace health;
using namespace health::exporter;
using namespace std::chrono_literals;
using test::has;

namespace {

const auto now = test::at("2025-10-10T14:30:00Z");

std::string page_of(const View& view, std::string_view source = "http://es:9200") {
    return render_front_page(view, source, now);
}

} // namespace

TEST_CASE("before the first measurement there are no numbers on the page") {
    View view;
    view.backfills.push_back({.backfill = test::bills()});
    const auto page = page_of(view);
    CHECK_FALSE(has(page, "<dl class=\"numbers\">"));
    CHECK_FALSE(has(page, "<svg"));
    CHECK_FALSE(has(page, "<table>"));
    CHECK(has(page, "gmail_emails_v2"));
    CHECK(has(page, "http://es:9200"));
}

TEST_CASE("names that would be marks are text") {
    Backfill hostile = test::bills();
    hostile.name = "<script>";
    hostile.index = "a\"><img src=x>";
    hostile.field_label = "<b>due</b>";
    hostile.derived = {"\"'><i>&amp;"};
    View view;
    view.backfills.push_back({.backfill = hostile,
                              .snapshot = test::snapshot(2, 20, 18),
                              .failure = Failure{.kind = ErrorKind::timeout, .text = "<u>slow</u>", .since = now},
                              .last_success = now,
                              .history = {.seen = {{.ts = now - 1h, .missing = 3}, {.ts = now, .missing = 2}}}});
    view.errors = {{.kind = ErrorKind::timeout, .text = "<em>", .first = now, .last = now, .times = 1}};
    view.no_history = "<s>";
    const auto page = page_of(view, "<hr>");
    for (const std::string_view mark : {"<script>&", "&lt;script>", "<img", "<b>", "<i>", "<u>", "<em>", "<s>", "<hr>"})
        CHECK_MESSAGE(!has(page, mark), mark);
    CHECK(has(page, "a&quot;&gt;&lt;img src=x&gt;"));
    CHECK(has(page, "<svg"));
}

TEST_CASE("the page lists the latest measurements, and each error with how often it came") {
    View view;
    view.backfills.push_back({.backfill = test::bills(), .snapshot = test::snapshot(2, 20, 18), .last_success = now});
    view.succeeded = 41;
    view.failed = 3;
    view.refreshes = {{.ts = now, .took = 5ms, .failure = {}},
                      {.ts = now - 15s, .took = 2s, .backfills = 1, .failure = ErrorKind::unreachable, .failed = 1}};
    view.errors = {
        {.kind = ErrorKind::unreachable, .text = "cut off", .first = now - 60s, .last = now - 15s, .times = 3}};
    const auto page = page_of(view);
    for (const std::string_view part : {"41", "5.0 ms", "2000 ms", "unreachable", "cut off", "3 times"})
        CHECK_MESSAGE(has(page, part), part);
}

TEST_CASE("the page of one of several shows a failure of another as one of those measured") {
    View view;
    view.backfills.push_back({.backfill = test::bills(), .snapshot = test::snapshot(2, 20, 18), .last_success = now});
    view.refreshes = {{.ts = now, .took = 5ms, .backfills = 3, .failure = ErrorKind::index_missing, .failed = 1}};
    CHECK(has(render_page_of_one(view, "http://es:9200", now), "index_missing (1 of 3 failed)"));
}

TEST_CASE("the title and the icon of the page say that rules are broken") {
    View view;
    view.backfills.push_back({.backfill = test::bills(), .snapshot = test::snapshot(0, 20, 18), .last_success = now});
    Snapshot& snapshot = *view.backfills.front().snapshot;
    snapshot.broken = {{.rule = "dates < now"}, {.rule = "dates != 0"}};
    const auto icon = [&] { return has(page_of(view), "fill='%231b9e77'"); };
    CHECK(has(page_of(view), "<title>0 missing: backfill health</title>"));
    CHECK(icon());
    snapshot.broken[0].documents = 3;
    CHECK(has(page_of(view), "<title>0 missing, 1 rule broken: backfill health</title>"));
    CHECK_FALSE(icon());
    snapshot.broken[1].documents = 3;
    CHECK(has(page_of(view), "<title>0 missing, 2 rules broken: backfill health</title>"));
}
