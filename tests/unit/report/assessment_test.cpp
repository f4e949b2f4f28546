#include "support.hpp"

#include <report/assessment.hpp>

#include <doctest/doctest.h>

using namespace health;

namespace {

/// With two derived fields.
Backfill invoices() {
    Backfill out = test::invoices();
    out.derived = {"paid_at", "reminded_at"};
    return out;
}

Snapshot snapshot(std::uint64_t missing, std::uint64_t present, std::uint64_t paid, std::uint64_t reminded) {
    return {.index = "orders",
            .missing = missing,
            .present = present,
            .derived = {paid, reminded},
            .ts = test::at("2025-10-10T14:22:31Z")};
}

Assessment::ByField by_customer(std::size_t values) {
    Assessment::ByField out{.grouping = {.field = "customer", .interval = {}}, .breakdown = {}};
    for (std::size_t i = 0; i < values; ++i)
        out.breakdown.groups.push_back({.value = "c" + std::to_string(i), .missing = 2, .documents = 4});
    out.breakdown.groups.push_back({.value = {}, .missing = 1, .documents = 3});
    return out;
}

} // namespace

TEST_CASE("every form has every number of a backfill, whatever it is called") {
    const Assessment assessment{.now = snapshot(3, 10, 9, 4), .compared = true, .before = snapshot(5, 8, 8, 4)};
    CHECK(text_assessment(invoices(), assessment, Glyphs::ascii) ==
          R"(Index: orders
Missing due_date (invoices): 3
Invoices with due_date:      10
Invoices with paid_at:       9
Invoices with reminded_at:   4
Verdict: CHECK  @ 2025-10-10T14:22:31Z

                             before   after    change
Missing due_date (invoices)       5       3        -2
Invoices with due_date            8      10        +2
Invoices with paid_at             8       9        +1
Invoices with reminded_at         4       4         0
Coverage                     50.0 %  40.0 %  -10.0 pp
Fill rate                         -       -       n/a
)");
    CHECK(markdown_assessment(invoices(), assessment) == "**CHECK**: invoices of orders at 2025-10-10T14:22:31Z\n\n"
                                                         "| | before | after | change |\n|---|---:|---:|---:|\n"
                                                         "| Missing due\\_date (invoices) | 5 | 3 | -2 |\n"
                                                         "| Invoices with due\\_date | 8 | 10 | +2 |\n"
                                                         "| Invoices with paid\\_at | 8 | 9 | +1 |\n"
                                                         "| Invoices with reminded\\_at | 4 | 4 | 0 |\n"
                                                         "| Coverage | 50.0 % | 40.0 % | -10.0 pp |\n"
                                                         "| Fill rate | - | - | n/a |\n");
    CHECK(github_outputs(invoices(), assessment) == "missing=3\npresent=10\npaid_at=9\nreminded_at=4\n"
                                                    "coverage=0.4000\nverdict=CHECK\ntimestamp=2025-10-10T14:22:31Z\n");
    CHECK(github_outputs(invoices(), assessment, OutputNames::prefixed) ==
          "invoices_missing=3\ninvoices_present=10\ninvoices_paid_at=9\ninvoices_reminded_at=4\n"
          "invoices_coverage=0.4000\ninvoices_verdict=CHECK\ninvoices_timestamp=2025-10-10T14:22:31Z\n");
    CHECK(github_annotations(invoices(), assessment) ==
          "::warning title=Backfill of invoices::CHECK: 3 missing due_date, 10 with due_date, 9 with paid_at, "
          "4 with reminded_at in orders\n");
}

TEST_CASE("what the earlier report does not have is not known") {
    const Assessment assessment{.now = snapshot(3, 10, 9, 4), .compared = true};
    CHECK(text_assessment(invoices(), assessment, Glyphs::ascii).ends_with(R"(
                             before   after  change
Missing due_date (invoices)       -       3       -
Invoices with due_date            -      10       -
Invoices with paid_at             -       9       -
Invoices with reminded_at         -       4       -
Coverage                          -  40.0 %       -
Fill rate                         -       -       -
)"));
    CHECK(json_assessment(invoices(), assessment).ends_with(R"("verdict":"CHECK","before":null,"change":null})"));
}

TEST_CASE("without a derived field there is no coverage, in any form") {
    Backfill backfill = test::invoices();
    backfill.derived.clear();
    Snapshot now = snapshot(0, 10, 0, 0);
    now.derived.clear();
    const Assessment assessment{.now = now, .compared = true, .before = now};
    CHECK(text_assessment(backfill, assessment, Glyphs::ascii).find("Coverage                        n/a    n/a") !=
          std::string::npos);
    CHECK(github_outputs(backfill, assessment).find("coverage=n/a\n") != std::string::npos);
    CHECK(markdown_assessment(backfill, {.now = now}).find("| Coverage | n/a |\n") != std::string::npos);
}

TEST_CASE("of many values the first are shown, the others together, and the documents without one") {
    const Assessment assessment{.now = snapshot(3, 10, 9, 4), .by = by_customer(25)};
    const auto text = text_assessment(invoices(), assessment, Glyphs::ascii);
    CHECK(text.find("\nMissing due_date by customer\n") != std::string::npos);
    CHECK(text.find("\nc19                     2   4  ##########\n") != std::string::npos);
    CHECK(text.find("\n(5 other values)       10  20  ##########\n") != std::string::npos);
    CHECK(text.find("\n(none)                  1   3  #######\n") != std::string::npos);
    CHECK(text.find("c20") == std::string::npos);
    const Assessment one_more{.now = snapshot(3, 10, 9, 4), .by = by_customer(21)};
    CHECK(text_assessment(invoices(), one_more, Glyphs::ascii).find("\n(1 other value) ") != std::string::npos);
    CHECK(markdown_assessment(invoices(), assessment).find("| (5 other values) | 10 | 20 |\n") != std::string::npos);
    CHECK(json_assessment(invoices(), assessment).find(R"({"value":"c24","missing":2,"documents":4})") !=
          std::string::npos);
}

TEST_CASE("what was demanded and does not hold is an error for GitHub, and in Markdown a list") {
    Assessment assessment{.now = snapshot(3, 10, 9, 4)};
    assessment.unmet = {"3 missing is more than --max-missing 0", "50 %\nof it"};
    CHECK(github_annotations(invoices(), assessment)
              .ends_with("::error title=Backfill of invoices::3 missing is more than --max-missing 0\n"
                         "::error title=Backfill of invoices::50 %25%0Aof it\n"));
    CHECK(markdown_assessment(invoices(), assessment).find("- **not met**: 3 missing is more than --max-missing 0\n") !=
          std::string::npos);
}

TEST_CASE("samples have their index where it is not the backfill's own") {
    Assessment assessment{.now = snapshot(3, 10, 9, 4)};
    assessment.samples = std::vector<SampleDocument>{{.document = {.index = "orders", .id = "a"}},
                                                     {.document = {.index = "orders", .id = "b"}}};
    CHECK(text_assessment(invoices(), assessment, Glyphs::ascii)
              .ends_with("\nInvoices without due_date, 2 of them:\na\nb\n"));
    assessment.samples->front().document.index = "orders-2025";
    CHECK(text_assessment(invoices(), assessment, Glyphs::ascii).ends_with("\norders-2025/a\norders/b\n"));
    CHECK(json_assessment(invoices(), assessment)
              .ends_with(R"("samples":[{"index":"orders-2025","id":"a"},)"
                         R"({"index":"orders","id":"b"}]})"));
}

TEST_CASE("many values are summed up, and how many they are is said") {
    Assessment assessment{.now = test::snapshot(30, 0, 0), .by = Assessment::ByField{}};
    auto& groups = assessment.by->breakdown.groups;
    assessment.by->grouping.field = "sender";
    for (std::uint64_t i = 0; i < 30; ++i)
        groups.push_back({.value = "s" + std::to_string(i), .missing = 1, .documents = 2});
    groups.push_back({.value = {}, .missing = 7, .documents = 7});
    const std::string text = text_assessment(test::bills(), assessment, Glyphs::ascii);
    CHECK(text.find("(10 other values)       10  20  ##########") != std::string::npos);
    CHECK(text.find("(none)                   7   7  ####################\n") != std::string::npos);
    CHECK(text.find("s20") == std::string::npos);
}

TEST_CASE("Markdown and workflow commands hold what a name may hold") {
    Snapshot now = test::snapshot(1, 2, 1);
    now.index = "a|b`c%d";
    const Assessment assessment{.now = now, .unmet = {"50% is\nless: than, that"}};
    const std::string markdown = markdown_assessment(test::bills(), assessment);
    CHECK(markdown.find("a\\|b\\`c%d") != std::string::npos);
    const std::string github = github_annotations(test::bills(), assessment);
    CHECK(github.find("::error title=Backfill of bills::50%25 is%0Aless: than, that\n") != std::string::npos);
    CHECK(github.find("in a|b`c%25d\n") != std::string::npos);
}
