#include "support.hpp"

#include <model/document.hpp>

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace health;

TEST_CASE("the default's document has the five fields, as JSON and as a Python dict") {
    const auto snapshot = test::snapshot(0, 1243, 1243);
    CHECK(
        boost::json::serialize(to_document(test::bills(), snapshot)) ==
        R"({"index":"gmail_emails_v2","missing":0,"with_dates":1243,"with_expires_at":1243,"ts":"2025-10-10T14:22:31Z"})");
    CHECK(to_python_literal(test::bills(), snapshot) ==
          "{'index': 'gmail_emails_v2', 'missing': 0, 'with_dates': 1243, 'with_expires_at': 1243, 'ts': "
          "'2025-10-10T14:22:31Z'}");
}

TEST_CASE("another backfill's document names it") {
    const auto snapshot = test::snapshot(1, 2, 1);
    CHECK(
        boost::json::serialize(to_document(test::invoices(), snapshot)) ==
        R"({"backfill":"invoices","index":"gmail_emails_v2","missing":1,"present":2,"derived":{"overdue":1},"broken":0,"rules":{},"ts":"2025-10-10T14:22:31Z"})");
    CHECK(to_python_literal(test::invoices(), snapshot) ==
          "{'backfill': 'invoices', 'index': 'gmail_emails_v2', 'missing': 1, 'present': 2, 'derived': {'overdue': 1}, "
          "'broken': 0, 'rules': {}, 'ts': '2025-10-10T14:22:31Z'}");
}

TEST_CASE("strings are quoted as Python quotes them") {
    auto snapshot = test::snapshot(0, 1, 1);
    snapshot.index = "it's";
    CHECK(to_python_literal(test::bills(), snapshot).starts_with("{'index': \"it's\", "));
    snapshot.index = "a\\b\n";
    CHECK(to_python_literal(test::bills(), snapshot).starts_with(R"({'index': 'a\\b\n', )"));
}

TEST_CASE("the mapping has what all backfills need, each field once") {
    const std::vector backfills{test::bills(), test::invoices(), test::invoices()};
    std::string fields;
    for (const FieldMapping& field : health_mapping(backfills))
        fields += fmt::format("{} {}{}\n", field.field, field.type, field.enabled ? "" : ", only kept");
    CHECK(fields == "index keyword\nmissing integer\nwith_dates integer\nwith_expires_at integer\nts date\n"
                    "backfill keyword\npresent integer\nderived.overdue integer\nbroken integer\n"
                    "rules object, only kept\n");
}

TEST_CASE("a field that is a part of another one is refused, and both are named") {
    std::vector backfills{test::invoices(), test::invoices()};
    CHECK(check_mapping(health_mapping(backfills)).has_value());
    backfills[0].derived = {"paid"};
    backfills[1].derived = {"paid-late", "paid.at"};
    const auto checked = check_mapping(health_mapping(backfills));
    REQUIRE(!checked);
    CHECK(checked.error().kind == ErrorKind::rejected);
    CHECK(checked.error().message == "the fields derived.paid and derived.paid.at cannot both be in one index: one is "
                                     "part of the other");
}
