#include "has.hpp"
#include "support.hpp"

#include <exporter/page/front_page.hpp>
#include <exporter/page/overview.hpp>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <regex>

using namespace health;
using namespace health::exporter;
using namespace std::chrono_literals;
using test::has;

namespace {

const auto now = test::at("2025-10-10T14:30:00Z");

BackfillView named(const std::string& name, std::uint64_t missing) {
    BackfillView out{
        .backfill = test::invoices(), .snapshot = test::snapshot(missing, 20, 18), .last_success = now - 3s};
    out.backfill.name = name;
    return out;
}

View view_of(std::vector<BackfillView> backfills) {
    View out{.backfills = std::move(backfills)};
    out.refreshes = {{.ts = now - 3s, .took = 5ms, .failure = {}, .failed = 0}};
    return out;
}

/// The names of the table, from its top.
std::string names(const std::string& html) {
    static const std::regex link("<td><a href=\"[^\"]*\">([^<]*)</a>");
    std::string out;
    for (std::sregex_iterator it(html.begin(), html.end(), link), end; it != end; ++it)
        out += (*it)[1].str() + " ";
    return out;
}

} // namespace

TEST_CASE("what fails comes first, then what misses most, and what is done last") {
    BackfillView failing = named("failing", 0);
    failing.failure = {.kind = ErrorKind::timeout, .text = "no <answer>", .since = now - 75s};
    const std::string html =
        render_overview(view_of({named("done", 0), named("few", 2), named("many", 1000), failing}), now);
    CHECK(names(html) == "failing many few done ");
    CHECK(has(html, "title=\"no &lt;answer&gt;\">failing; last measured"));
    CHECK(has(html, "<td>1,000</td>"));
    CHECK(has(html, "<td>done</td>"));
}

TEST_CASE("a backfill that breaks a rule is not done") {
    BackfillView wrong = named("wrong", 0);
    wrong.snapshot->broken = {{.rule = "due_date >= created", .documents = 3}, {.rule = "due_date < now"}};
    BackfillView under_way = named("under way", 2);
    under_way.snapshot->broken = {{.rule = "due_date < \"<b>\"", .documents = 1}};
    under_way.outlook = Progress::Estimate{.expected = 62s, .soonest = 55s, .latest = 70s, .per_second = 5.8};
    const std::string html = render_overview(view_of({named("done", 0), wrong, under_way}), now);
    CHECK(names(html) == "under way wrong done ");
    CHECK(has(html, "<td>nothing missing, but <span class=\"check\">3 break due_date &gt;= created</span></td>"));
    CHECK(has(html, "left (55s to 1m 10s), <span class=\"check\">1 breaks due_date &lt; &quot;&lt;b&gt;&quot;</span>"));
}

TEST_CASE("the measurements are counted as one says it") {
    View view = view_of({named("done", 0)});
    CHECK(has(render_front_page(view, "", now), ">The last measurement<"));
    view.refreshes.push_back(view.refreshes.front());
    CHECK(has(render_front_page(view, "", now), ">The last 2 measurements<"));
}

TEST_CASE("a backfill without numbers shows none") {
    BackfillView unknown = named("unknown", 0);
    unknown.snapshot.reset();
    unknown.last_success.reset();
    const std::string html = render_overview(view_of({unknown, named("few", 2)}), now);
    CHECK(has(html, "unknown</a></td><td>–</td><td>–</td><td>–</td><td>–</td><td>not measured yet</td>"));
    const std::string page = render_front_page(view_of({unknown, named("few", 2)}), "", now);
    CHECK(has(page, "1 of 2 backfills not measured yet."));
    CHECK_FALSE(has(page, "All 2 backfills measured"));
}

TEST_CASE("from 20 backfills on there is a search box") {
    std::vector<BackfillView> backfills;
    for (int i = 0; i < 19; ++i)
        backfills.push_back(named(fmt::format("b{}", i), 1));
    CHECK_FALSE(has(render_overview(view_of(backfills), now), "id=\"search\""));
    backfills.push_back(named("b20", 1));
    CHECK(has(render_overview(view_of(backfills), now), "id=\"search\""));
}

TEST_CASE("a name leads to its page, whatever it is") {
    const std::string html = render_overview(view_of({named("a&b <c>", 1), named("d", 1)}), now);
    CHECK(has(html, "<a href=\"?backfill=a%26b%20%3Cc%3E\">a&amp;b &lt;c&gt;</a>"));
}

TEST_CASE("the page of several says what they have in common, and when") {
    const std::string html = render_front_page(view_of({named("a", 1000), named("b", 2)}), "http://es:9200", now);
    CHECK(has(html, "All 2 backfills measured at <time datetime=\"2025-10-10T14:29:57Z\">"));
    CHECK(has(html, "<title>1,002 missing: backfill health</title>"));
    CHECK_FALSE(has(html, "class=\"chart\""));
}

TEST_CASE("a configuration that is not in force is said") {
    View view = view_of({named("a", 1), named("b", 2)});
    view.bad_configuration = "c.yaml:3: unknown key <x>";
    CHECK(has(render_front_page(view, "http://es:9200", now), "c.yaml:3: unknown key &lt;x&gt;"));
}
