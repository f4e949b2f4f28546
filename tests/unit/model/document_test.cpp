#include "support.hpp"

#include <model/document.hpp>

#include <doctest/doctest.h>

using namespace health;

TEST_CASE("the default's document has the five fields, as JSON and as a Python dict") {
    const auto snapshot = test::snapshot(0, 1243, 1243);
    CHECK(
        to_document(test::bills(), snapshot) ==
        R"({"index":"gmail_emails_v2","missing":0,"with_dates":1243,"with_expires_at":1243,"ts":"2025-10-10T14:22:31Z"})");
    CHECK(to_python_literal(test::bills(), snapshot) ==
          "{'index': 'gmail_emails_v2', 'missing': 0, 'with_dates': 1243, 'with_expires_at': 1243, 'ts': "
          "'2025-10-10T14:22:31Z'}");
}

TEST_CASE("another backfill's document names it") {
    const auto snapshot = test::snapshot(1, 2, 1);
    CHECK(
        to_document(test::invoices(), snapshot) ==
        R"({"backfill":"invoices","index":"gmail_emails_v2","missing":1,"present":2,"derived":{"overdue":1},"ts":"2025-10-10T14:22:31Z"})");
    CHECK(to_python_literal(test::invoices(), snapshot) ==
          "{'backfill': 'invoices', 'index': 'gmail_emails_v2', 'missing': 1, 'present': 2, 'derived': {'overdue': 1}, "
          "'ts': '2025-10-10T14:22:31Z'}");
}

TEST_CASE("strings are quoted as Python quotes them") {
    auto snapshot = test::snapshot(0, 1, 1);
    snapshot.index = "it's";
    CHECK(to_python_literal(test::bills(), snapshot).starts_with("{'index': \"it's\", "));
    snapshot.index = "a\\b\n";
    CHECK(to_python_literal(test::bills(), snapshot).starts_with(R"({'index': 'a\\b\n', )"));
}
