#include "support.hpp"

#include <report/assessment.hpp>
#include <report/earlier_report.hpp>
#include <report/report.hpp>

#include <doctest/doctest.h>

using namespace health;

namespace {

std::string text_comparison(const Backfill& backfill, const Snapshot& before, const Snapshot& after) {
    return text_assessment(backfill, {.now = after, .compared = true, .before = before}, Glyphs::ascii);
}

std::string json_comparison(const Backfill& backfill, const Snapshot& before, const Snapshot& after) {
    return json_assessment(backfill, {.now = after, .compared = true, .before = before});
}

} // namespace

TEST_CASE("a report is read back, as text and as JSON, and with a comparison behind it") {
    const auto bills = test::bills();
    const auto before = test::snapshot(12, 8, 3);
    const auto after = test::snapshot(2, 18, 18);
    for (const std::string& text : {text_report(bills, before), json_report(bills, before),
                                    text_comparison(bills, after, before), json_comparison(bills, after, before)}) {
        CAPTURE(text);
        const auto parsed = parse_report(bills, text);
        REQUIRE(parsed.has_value());
        CHECK(*parsed == before);
    }
}

TEST_CASE("of many reports each backfill finds its own, as text and as JSON") {
    std::vector backfills{test::bills(), test::invoices(), test::invoices()};
    backfills[1].index = "gmail_emails_v2";
    backfills[2].name = "orders";
    std::vector snapshots{test::snapshot(12, 8, 3), test::snapshot(1, 2, 2)};
    const std::string text =
        text_report(backfills[0], snapshots[0]) + "\n" + text_comparison(backfills[1], snapshots[0], snapshots[1]);
    const std::string json = json_report(backfills[1], snapshots[1]) + "\n" +
                             json_comparison(backfills[0], snapshots[1], snapshots[0]) + "\n";
    for (const std::string& reports : {text, json}) {
        CAPTURE(reports);
        const auto parsed = parse_reports(backfills, reports);
        REQUIRE(parsed.has_value());
        CHECK(parsed->at(0) == snapshots[0]);
        CHECK(parsed->at(1) == snapshots[1]);
        CHECK(!parsed->at(2).has_value());
    }
    CHECK(parse_reports({&backfills[2], 1}, text).has_error());
    CHECK(parse_reports({&backfills[2], 1}, json).has_error());
}

TEST_CASE("one backfill and one report belong together, whatever index it was") {
    Snapshot before = test::snapshot(12, 8, 3);
    before.index = "gmail_emails_v1";
    const Backfill bills = test::bills();
    const auto parsed = parse_reports({&bills, 1}, text_report(bills, before));
    REQUIRE(parsed.has_value());
    CHECK(parsed->at(0) == before);
}

TEST_CASE("what is no report of this backfill is refused, and why is said") {
    const auto bills = test::bills();
    for (const std::string& text :
         {std::string(), std::string("Index: x\n"), std::string("{\"index\":\"x\"}"), std::string("{"),
          std::string("[]"), text_report(test::invoices(), test::snapshot(1, 2, 2)),
          json_report(test::invoices(), test::snapshot(1, 2, 2)),
          std::string(
              "Index: x\nMissing dates[] (bills): -1\nBills with dates[]: 2\nBills with expires_at: 3\nVerdict: "
              "OK  @ 2025-10-10T14:22:31Z\n"),
          std::string(R"({"index":"x","missing_dates_count":1.5,"bills_with_dates":2,"bills_with_expires_at":1,)"
                      R"("timestamp":"2025-10-10T14:22:31Z","verdict":"OK"})")}) {
        CAPTURE(text);
        const auto parsed = parse_report(bills, text);
        REQUIRE(!parsed.has_value());
        CHECK(parsed.error().kind == ErrorKind::usage);
    }
}
