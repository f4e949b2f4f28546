#include <model/finding.hpp>

#include <doctest/doctest.h>

using namespace health;

TEST_CASE("findings are counted in words") {
    const std::vector<Finding> findings{
        {.check = "a", .message = "fine"},
        {.check = "b", .severity = Severity::problem, .message = "bad", .hint = "mend it"},
        not_checked("c", "needs read")};
    CHECK(to_string(count(findings)) == "1 ok, 1 warning, 1 problem");
    CHECK(to_string(count({})) == "0 ok, 0 warnings, 0 problems");
    CHECK(findings.back().severity == Severity::warning);
}

TEST_CASE("findings are listed by what they are about, those that concern all first") {
    std::vector<Finding> all;
    const auto add = [&](std::string check, std::string backfill) {
        add_finding({.check = std::move(check), .message = "m", .backfill = std::move(backfill)}, all);
    };
    add("index", "bills");
    add("connection", "");
    add("index", "invoices");
    add("measurement", "bills");
    add("disk", "");
    std::string order;
    for (const Finding& finding : all)
        order += finding.backfill + "/" + finding.check + " ";
    CHECK(order == "/connection /disk bills/index bills/measurement invoices/index ");
}
