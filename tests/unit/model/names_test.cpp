#include <model/names.hpp>

#include <doctest/doctest.h>

#include <support.hpp>

using health::remark;
using test::bills;
using test::snapshot;

TEST_CASE("An empty population is remarked on") {
    CHECK(remark(bills(), snapshot(0, 0, 0)) == "no document matches category: bills in gmail_emails_v2");
}

TEST_CASE("So is a derived field that no document has, when none is missing") {
    CHECK(remark(bills(), snapshot(0, 20, 0)) ==
          "no bills in gmail_emails_v2 have expires_at, although all have dates[]");
    CHECK(remark(bills(), snapshot(0, 20, 1)).empty());
    CHECK(remark(bills(), snapshot(1, 20, 0)).empty());
    CHECK(remark(bills(), snapshot(5, 0, 0)).empty());
}

TEST_CASE("Each derived field is judged by itself") {
    health::Backfill backfill = bills();
    backfill.derived = {"expires_at", "paid_at", "reminded_at"};
    health::Snapshot counts = snapshot(0, 20, 0);
    counts.derived = {0, 3, 0};
    CHECK(remark(backfill, counts) ==
          "no bills in gmail_emails_v2 have expires_at or reminded_at, although all have dates[]");
    counts.derived = {1, 3, 1};
    CHECK(remark(backfill, counts).empty());
    backfill.derived = {};
    counts.derived = {};
    CHECK(remark(backfill, counts).empty());
}

TEST_CASE("The rules that documents break are described, the others are not") {
    health::Snapshot snapshot = test::snapshot(0, 20, 18);
    CHECK(describe_broken(snapshot).empty());
    snapshot.broken = {{.rule = "dates < now", .documents = 2},
                       {.rule = "dates != 0"},
                       {.rule = "dates == \"a\x1b[m\"", .documents = 1}};
    CHECK(describe_broken(snapshot) == "2 break dates < now, 1 breaks dates == \"a [m\"");
}
