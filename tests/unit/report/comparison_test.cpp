#include "reports.hpp"
#include "support.hpp"

#include <report/assessment.hpp>
#include <report/comparison.hpp>
#include <report/report.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <cstdint>
#include <optional>

using namespace health;

using test::json_comparison;
using test::text_comparison;

TEST_CASE("a comparison shows the change of each number") {
    CHECK(text_comparison(test::bills(), test::snapshot(1243, 0, 0), test::snapshot(0, 1243, 1200)) ==
          text_report(test::bills(), test::snapshot(0, 1243, 1200)) +
              "\n"
              "                         before   after  change\n"
              "Missing dates[] (bills)    1243       0   -1243\n"
              "Bills with dates[]            0    1243   +1243\n"
              "Bills with expires_at         0    1200   +1200\n"
              "Coverage                    n/a  96.5 %     n/a\n"
              "Fill rate                     -       -     n/a\n");
}

TEST_CASE("a comparison shows how the coverage has changed, and how fast documents got the field") {
    Snapshot before = test::snapshot(1000, 100, 100);
    Snapshot after = test::snapshot(250, 850, 816);
    after.ts = before.ts + std::chrono::minutes(90);
    const std::string table = text_comparison(test::bills(), before, after);
    CHECK(table.find("Coverage                 100.0 %  96.0 %   -4.0 pp\n") != std::string::npos);
    CHECK(table.find("Fill rate                      -       -  +500.0/h\n") != std::string::npos);
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

TEST_CASE("a regression is anything that is worse") {
    const Snapshot before = test::snapshot(5, 10, 10);
    CHECK(regressions(test::bills(), before, test::snapshot(5, 10, 10)).empty());
    CHECK(regressions(test::bills(), before, test::snapshot(0, 15, 15)).empty());
    CHECK(regressions(test::bills(), before, test::snapshot(6, 10, 10)).size() == 1);
    CHECK(regressions(test::bills(), before, test::snapshot(0, 15, 10)).size() == 1); // the coverage
    CHECK(regressions(test::bills(), before, test::snapshot(0, 0, 0)).size() == 3);
}

TEST_CASE("without an earlier snapshot nothing is known of it, and nothing is made up") {
    const auto rows = compare(test::bills(), std::nullopt, test::snapshot(2, 20, 18));
    REQUIRE(rows.size() == 5);
    for (const ComparisonRow& row : rows) {
        CHECK(row.before == "-");
        CHECK(row.change == "-");
    }
    CHECK(rows[0].after == "2");
    CHECK(rows[3].after == "90.0 %");
    CHECK(rows[4].after == "-");
    const auto members = comparison_members(test::bills(), std::nullopt, test::snapshot(2, 20, 18));
    CHECK(members.at("before").is_null());
    CHECK(members.at("change").is_null());
}

TEST_CASE("a change is exact, however large the numbers are") {
    const auto change = [](std::uint64_t before, std::uint64_t after) {
        return compare(test::bills(), test::snapshot(before, 0, 0), test::snapshot(after, 0, 0)).front().change;
    };
    CHECK(change(0, 0) == "0");
    CHECK(change(9007199254740993, 0) == "-9007199254740993");
    CHECK(change(1, 9007199254740994) == "+9007199254740993");
}

TEST_CASE("a backfill without derived fields is compared without a coverage") {
    Backfill plain = test::invoices();
    plain.derived.clear();
    Snapshot before = test::snapshot(5, 5, 0);
    before.derived.clear();
    Snapshot after = test::snapshot(0, 10, 0);
    after.derived.clear();
    const auto rows = compare(plain, before, after);
    REQUIRE(rows.size() == 4);
    CHECK(rows[2].before == "n/a");
    CHECK(rows[2].after == "n/a");
    CHECK(rows[2].change == "n/a");
    CHECK(regressions(plain, before, after).empty());
    CHECK(regressions(plain, after, before).size() == 2);
}

TEST_CASE("each derived field is compared by itself") {
    Backfill two = test::invoices();
    two.derived = {"paid_at", "reminded_at"};
    Snapshot before = test::snapshot(1, 10, 0);
    before.derived = {5, 9};
    Snapshot after = test::snapshot(1, 10, 0);
    after.derived = {9, 5};
    const auto rows = compare(two, before, after);
    CHECK(rows[2].change == "+4");
    CHECK(rows[3].change == "-4");
    const auto worse = regressions(two, before, after);
    REQUIRE(worse.size() == 1); // the lowest coverage is the same
    CHECK(worse[0] == "regression: Invoices with reminded_at was 9 and is now 5");
    const auto members = comparison_members(two, before, after);
    CHECK(members.at("change").at_pointer("/derived/paid_at") == 4);
    CHECK(members.at("change").at_pointer("/derived/reminded_at") == -4);
}

TEST_CASE("a coverage that moves by less than a percentage point is no regression") {
    const auto worse = [](std::uint64_t derived) {
        return regressions(test::bills(), test::snapshot(0, 1000, 900), test::snapshot(0, 1100, derived));
    };
    for (std::uint64_t percent = 2; percent <= 100; ++percent) { // whatever 0.01 is as a double
        CAPTURE(percent);
        const auto told =
            regressions(test::bills(), test::snapshot(0, 100, percent), test::snapshot(0, 100, percent - 1));
        CHECK(told.back().starts_with("regression: coverage was "));
    }
    CHECK(worse(990).empty());
    CHECK(worse(980).empty()); // 89.1 %
    REQUIRE(worse(970).size() == 1);
    CHECK(worse(970)[0] == "regression: coverage was 0.9000 and is now 0.8818");
    CHECK(regressions(test::bills(), test::snapshot(0, 10, 10), test::snapshot(10, 0, 0)).back() ==
          "regression: coverage was 1.0000 and is now n/a");
}
