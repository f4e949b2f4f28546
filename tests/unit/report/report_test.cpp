#include "reports.hpp"
#include "support.hpp"

#include <report/report.hpp>

#include <doctest/doctest.h>

using namespace health;

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
    CHECK(test::json_report(test::invoices(), test::snapshot(0, 20, 18)) ==
          R"({"backfill":"invoices","index":"gmail_emails_v2","field":"due_date","missing":0,"present":20,)"
          R"("derived":{"overdue":18},"rules":{},"timestamp":"2025-10-10T14:22:31Z","verdict":"OK"})");
}
