#include "reports.hpp"
#include "support.hpp"

#include <report/assessment.hpp>
#include <report/earlier_report.hpp>
#include <report/report.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace health;

using test::json_comparison;
using test::json_report;
using test::text_comparison;

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

TEST_CASE("a report that went through a mail or an editor of Windows is read back") {
    const auto bills = test::bills();
    const Snapshot before = test::snapshot(12, 8, 3);
    std::string text;
    for (const char c : text_report(bills, before))
        text += c == '\n' ? std::string("\r\n") : std::string(1, c);
    for (const std::string& report :
         {text, "\n\n" + text_report(bills, before) + "\n\n", " " + json_report(bills, before) + " "}) {
        CAPTURE(report);
        const auto parsed = parse_report(bills, report);
        REQUIRE(parsed.has_value());
        CHECK(*parsed == before);
    }
}

TEST_CASE("what is wrong with a report is said by its line") {
    const auto bills = test::bills();
    const auto why = [&](std::string from, std::string_view to) {
        std::string text = text_report(bills, test::snapshot(12, 8, 3));
        text.replace(text.find(from), from.size(), to);
        const auto parsed = parse_report(bills, text);
        REQUIRE(parsed.has_error());
        CHECK(parsed.error().kind == ErrorKind::usage);
        return parsed.error().message;
    };
    CHECK(why("Index: ", "Indes: ") == "not a report of bills: it does not begin with the 5 lines of a report");
    CHECK(why("(bills): 12", "(bills): twelve") == "not a report of bills: line 2 has no count");
    CHECK(why("(bills): 12", "(bills): 12 13") == "not a report of bills: line 2 has no count");
    CHECK(why("(bills): 12", "(bills): 99999999999999999999") == "not a report of bills: line 2 has no count");
    CHECK(why("Bills with dates[]", "Bills without") ==
          "not a report of bills: line 3 does not begin with \"Bills with dates[]:\"");
    CHECK(why("Verdict: ", "Result: ") == "not a report of bills: line 5 is not its verdict");
    CHECK(why("2025-10-10T14:22:31Z", "yesterday").starts_with("not a report of bills: "));
    CHECK(why("gmail", "gm\xFFil") == "not a report of bills: it is not UTF-8");
}

TEST_CASE("what is wrong with a JSON report is said by its key") {
    const auto invoices = test::invoices();
    const auto why = [&](std::string from, std::string_view to) {
        std::string text = json_report(invoices, test::snapshot(12, 8, 3));
        text.replace(text.find(from), from.size(), to);
        const auto parsed = parse_report(invoices, text);
        REQUIRE(parsed.has_error());
        CHECK(parsed.error().kind == ErrorKind::usage);
        return parsed.error().message;
    };
    CHECK(why(R"("missing":12)", R"("missing":"12")") == "not a report of invoices: it has no number \"missing\"");
    CHECK(why(R"("missing":12)", R"("missing":-12)") == "not a report of invoices: \"missing\" is not a count");
    CHECK(why(R"("missing":12)", R"("missing":1e30)") == "not a report of invoices: \"missing\" is not a count");
    CHECK(why(R"("overdue":3)", R"("paid_at":3)") == "not a report of invoices: it has no number \"overdue\"");
    CHECK(why(R"("backfill":"invoices")", R"("backfill":"orders")") ==
          "not a report of invoices: it is for a different backfill");
    CHECK(why(R"("timestamp")", R"("time")") == "not a report of invoices: it lacks \"index\" or \"timestamp\"");
    CHECK(why("2025-10-10T14:22:31Z", "yesterday").starts_with("not a report of invoices: "));
    CHECK(why("}", "") == "not a report of invoices: it is not one JSON object");
}

TEST_CASE("a report has each of its rules once, under a name that a rule can have") {
    const std::string text = text_report(test::bills(), test::snapshot(2, 20, 18));
    const auto parse_text = [&](const std::string& rules) { return parse_report(test::bills(), text + rules); };
    CHECK(parse_text("Broken: dates < now: 3\n")->broken == std::vector{BrokenRule{"dates < now", 3}});
    CHECK(parse_text("Broken: a: 1\nBroken: a: 1\n").error().message ==
          "not a report of bills: the rule \"a\" is given twice");
    CHECK(parse_text("Broken: : 1\n").error().message == "not a report of bills: \"\" is not a rule");
    Snapshot broken = test::snapshot(2, 20, 18);
    for (const char* rule : {"", " ", "a ", "a\nb"}) {
        broken.broken = {{.rule = rule, .documents = 1}};
        CHECK(parse_report(test::bills(), json_report(test::bills(), broken)).has_error());
    }
}

TEST_CASE("what is wrong in one of several reports is said by its line in the file") {
    const std::vector backfills{test::bills(), test::invoices()};
    Snapshot of_orders = test::snapshot(12, 8, 3);
    of_orders.index = test::invoices().index;
    std::string invoices = text_report(test::invoices(), of_orders);
    invoices.replace(invoices.find("overdue"), 7, "paid_at");
    const auto parsed =
        parse_reports(backfills, "\n" + text_report(test::bills(), test::snapshot(2, 20, 18)) + "\n" + invoices);
    REQUIRE(parsed.has_error());
    CHECK(parsed.error().message.find("line 11 does not begin with ") != std::string::npos);
}

TEST_CASE("the first report of a backfill counts, and one that is broken is not passed over") {
    const std::vector backfills{test::bills(), test::invoices()};
    const std::string good = json_report(backfills[1], test::snapshot(1, 2, 2));
    const std::string later = json_report(backfills[1], test::snapshot(9, 9, 9));
    CHECK(parse_reports(backfills, good + "\n" + later)->at(1)->missing == 1);
    std::string wrong = good;
    const std::string_view count = R"("missing":1)";
    wrong.replace(wrong.find(count), count.size(), R"("missing":-1)");
    CHECK(parse_reports(backfills, wrong + "\n" + good).has_error());
    CHECK(parse_reports(backfills, good.substr(0, 40) + "\n" + json_report(backfills[0], test::snapshot(1, 2, 2)))
              .has_error());
}

TEST_CASE("reports of other backfills, or none, are refused") {
    const std::vector backfills{test::bills(), test::invoices()};
    Backfill other = test::invoices();
    other.name = "orders";
    const auto refused = parse_reports(backfills, json_report(other, test::snapshot(1, 2, 2)));
    REQUIRE(refused.has_error());
    CHECK(refused.error().message == "not a report of bills: none of its reports has that backfill and index");
    CHECK(parse_reports(backfills, "").error().message == "not a report of bills: it is empty");
    CHECK(parse_reports(backfills, " \n").has_error());
    CHECK(parse_reports({}, "anything")->empty());
}
