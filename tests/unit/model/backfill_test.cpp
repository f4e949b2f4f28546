#include "support.hpp"

#include <model/backfill.hpp>

#include <doctest/doctest.h>

using namespace health;

TEST_CASE("a population for people") {
    Backfill backfill = test::bills();
    CHECK(describe_population(backfill) == "category: bills");
    backfill.population.push_back({.field = "status", .values = {"open", "paid"}});
    CHECK(describe_population(backfill) == "category: bills, status: open or paid");
    backfill.query = R"({"match_all":{}})";
    CHECK(describe_population(backfill) == R"(category: bills, status: open or paid, {"match_all":{}})");
    backfill.population.clear();
    backfill.query.reset();
    CHECK(describe_population(backfill) == "all documents");
}

TEST_CASE("a name begins a sentence, in whatever letters it is written") {
    Backfill backfill = test::bills();
    CHECK(capitalized_name(backfill) == "Bills");
    for (const char* name : {"", "Bills", "2025 bills", "\u00e9tudes"}) {
        backfill.name = name;
        CHECK(capitalized_name(backfill) == name);
    }
}
