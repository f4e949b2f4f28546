#include "cli/command_line.hpp"
#include "support.hpp"

#include <cli/backfill.hpp>

#include <doctest/doctest.h>

namespace {

health::Backfill backfill(const std::vector<std::string>& words, test::Variables variables = {}) {
    auto settings = test::settings(words, std::move(variables));
    auto out = cli::read_backfills(settings).front();
    REQUIRE(test::error_of(settings) == "");
    return out;
}

std::string error(const std::vector<std::string>& words) {
    auto settings = test::settings(words);
    cli::read_backfills(settings);
    return test::error_of(settings);
}

} // namespace

TEST_CASE("the defaults are the bills") {
    CHECK(backfill({}) == test::bills());
}

TEST_CASE("another backfill has no brackets and the other shape") {
    CHECK(backfill({"--name=invoices", "--index=orders", "--field=due_date", "--derived=overdue",
                    "--population=type=invoice", "--population=open=true"}) == test::invoices());
    CHECK(backfill({"--name=invoices"}).shape == health::DocumentShape::nested);
    CHECK(backfill({"--name=invoices"}).field_label == "dates");
}

TEST_CASE("an index expression has no blanks around its commas") {
    CHECK(backfill({"--index= a ,b, "}).index == "a,b");
    CHECK(backfill({}, {{"ES_EMAIL_INDEX", "emails\n"}}).index == "emails");
    CHECK(backfill({"--index=a,,b"}).index == "a,,b");
}

TEST_CASE("any number of derived fields") {
    using Fields = std::vector<std::string>;
    CHECK(backfill({"--derived=paid_at", "--derived=sent_at"}).derived == Fields{"paid_at", "sent_at"});
    CHECK(backfill({"--derived="}).derived.empty());
    CHECK(backfill({"--derived="}).shape == health::DocumentShape::nested);
    CHECK(backfill({}, {{"BACKFILL_DERIVED", ""}}).derived == Fields{"expires_at"});
    CHECK(error({"--derived=a", "--derived="}) == "--derived: must not be empty");
    CHECK(error({"--derived=a", "--derived=a"}) == "--derived: a is given twice");
    CHECK(error({"--derived=a", "--derived=dates"}).starts_with("--field and --derived are both dates"));
}

TEST_CASE("what is no backfill") {
    CHECK(error({"--field=a", "--derived=a"}).starts_with("--field and --derived are both a"));
    CHECK(error({"--population=category"}) == "--population: \"category\" is not FIELD=VALUE");
    CHECK(error({"--population==bills"}) == "--population: \"=bills\" is not FIELD=VALUE");
    CHECK(error({"--index="}) == "--index: must not be empty");
}
