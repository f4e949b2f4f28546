#include "support.hpp"

#include <report/assessment.hpp>
#include <report/comparison.hpp>
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

TEST_CASE("the report is five lines, its numbers in one column") {
    CHECK(text_report(test::bills(), test::snapshot(2, 20, 18)) == "Index: gmail_emails_v2\n"
                                                                   "Missing dates[] (bills): 2\n"
                                                                   "Bills with dates[]:      20\n"
                                                                   "Bills with expires_at:   18\n"
                                                                   "Verdict: CHECK  @ 2025-10-10T14:22:31Z\n");
}

TEST_CASE("the report of another backfill follows the same form") {
    CHECK(text_report(test::invoices(), test::snapshot(0, 20, 18)) == "Index: gmail_emails_v2\n"
                                                                      "Missing due_date (invoices): 0\n"
                                                                      "Invoices with due_date:      20\n"
                                                                      "Invoices with overdue:       18\n"
                                                                      "Verdict: OK  @ 2025-10-10T14:22:31Z\n");
    CHECK(json_report(test::invoices(), test::snapshot(0, 20, 18)) ==
          R"({"backfill":"invoices","index":"gmail_emails_v2","field":"due_date","missing":0,"present":20,)"
          R"("derived":{"overdue":18},"rules":{},"timestamp":"2025-10-10T14:22:31Z","verdict":"OK"})");
}

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

TEST_CASE("a comparison shows the change of each number") {
    CHECK(text_comparison(test::bills(), test::snapshot(1243, 0, 0), test::snapshot(0, 1243, 1200)) ==
          text_report(test::bills(), test::snapshot(0, 1243, 1200)) +
              "\n"
              "                         before   after  change\n"
              "Missing dates[] (bills)    1243       0   -1243\n"
              "Bills with dates[]            0    1243   +1243\n"
              "Bills with expires_at         0    1200   +1200\n"
              "Coverage                    n/a  96.5 %     n/a\n"
              "Rate of filling               -       -     n/a\n");
}

TEST_CASE("a comparison shows how the coverage has changed, and how fast documents got the field") {
    Snapshot before = test::snapshot(1000, 100, 100);
    Snapshot after = test::snapshot(250, 850, 816);
    after.ts = before.ts + std::chrono::minutes(90);
    const std::string table = text_comparison(test::bills(), before, after);
    CHECK(table.find("Coverage                 100.0 %  96.0 %   -4.0 pp\n") != std::string::npos);
    CHECK(table.find("Rate of filling                -       -  +500.0/h\n") != std::string::npos);
}

TEST_CASE("the rate of filling has its unit, and its sign") {
    const auto rate = [](std::uint64_t before, std::uint64_t after, std::chrono::seconds time) {
        const Snapshot first = test::snapshot(5000, before, 0);
        Snapshot second = test::snapshot(9000, after, 0); // what arrives meanwhile is not filled
        second.ts = first.ts + time;
        return compare(test::bills(), first, second).back().change;
    };
    CHECK(rate(0, 743, std::chrono::seconds(5)) == "+148.6/s");
    CHECK(rate(0, 3600, std::chrono::hours(1)) == "+1.0/s");
    CHECK(rate(0, 3599, std::chrono::hours(1)) == "+3599/h");
    CHECK(rate(40, 20, std::chrono::hours(2)) == "-10.0/h");
    CHECK(rate(20, 20, std::chrono::hours(1)) == "0.0/h");
    CHECK(rate(0, 20, std::chrono::seconds(0)) == "n/a");
}

TEST_CASE("the change under --json has the sign of the change") {
    const std::string json = json_comparison(test::bills(), test::snapshot(5, 2, 2), test::snapshot(2, 5, 2));
    CHECK(json.find(R"("change":{"missing_dates_count":-3,"bills_with_dates":3,"bills_with_expires_at":0})") !=
          std::string::npos);
    CHECK(json.find(R"("before":{"index":"gmail_emails_v2","missing_dates_count":5,)") != std::string::npos);
}

TEST_CASE("the verdict is OK only when something is there, nothing is missing and the numbers fit") {
    CHECK(verdict(test::snapshot(0, 20, 18)) == Verdict::ok);
    CHECK(verdict(test::snapshot(0, 20, 20)) == Verdict::ok);
    CHECK(verdict(test::snapshot(1, 20, 20)) == Verdict::check);
    CHECK(verdict(test::snapshot(0, 0, 0)) == Verdict::check);
    CHECK(verdict(test::snapshot(0, 20, 21)) == Verdict::check);
}

TEST_CASE("coverage is a share, and there is none without documents that have the field") {
    CHECK(coverage(test::snapshot(0, 20, 18)) == doctest::Approx(0.9));
    CHECK(!coverage(test::snapshot(20, 0, 0)).has_value());
}
