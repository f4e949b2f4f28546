#include "has.hpp"

#include <base/time.hpp>
#include <elasticsearch/rules/rule_query.hpp>
#include <model/rules/parser.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace health;
using namespace health::elasticsearch;
using Kind = MappedField::Kind;
using test::has;

namespace {

MappedFields fields() {
    const MappedField date{
        .kind = Kind::date, .types = "date", .smallest = -62135596800000.0L, .greatest = 253402300799999.0L};
    const MappedField number{.kind = Kind::whole, .types = "byte", .smallest = -128, .greatest = 127};
    return {{"due", date},
            {"paid", date},
            {"amount", number},
            {"share", {.kind = Kind::fractional, .types = "double", .smallest = -1e300, .greatest = 1e300}},
            {"state", {.kind = Kind::keyword, .types = "keyword"}},
            {"done", {.kind = Kind::boolean, .types = "boolean"}},
            {"body", {.kind = Kind::unusable, .types = "text", .why_not = "is text"}},
            {"own", {}},
            {"other", {}}};
}

Result<boost::json::value> query_of(std::string_view text) {
    const auto rule = parse_rule(text);
    REQUIRE_MESSAGE(rule.has_value(), std::string(text));
    return broken_query(*rule, fields(), {"due", "own"}, *parse_iso_date("2025-10-10T14:22:31Z"));
}

std::string query(std::string_view text) {
    const auto out = query_of(text);
    REQUIRE_MESSAGE(out.has_value(), std::string(text));
    return boost::json::serialize(*out);
}

std::string problem(std::string_view text) {
    const auto out = query_of(text);
    REQUIRE_FALSE_MESSAGE(out.has_value(), std::string(text));
    CHECK(out.error().kind == ErrorKind::rejected);
    return out.error().message;
}

/// Whether the query has this in it.
constexpr std::string_view match_none = R"({"match_none":{}})";

} // namespace

TEST_CASE("a rule of values is the ranges that it excludes") {
    const std::string above = query("amount <= 5");
    CHECK(has(above, R"("range":{"amount":{"gt":5}})"));
    CHECK_FALSE(has(above, "must_not"));
    CHECK_FALSE(has(above, "script"));
    CHECK(has(query("amount != 5"), R"("amount":{"gte":5,"lte":5})"));
    CHECK(has(query("due < now+2y"), R"("gte":"now+2y")"));
}

TEST_CASE("the gaps between the values of a rule are ranges") {
    const std::string gaps = query("amount in [1,5]");
    CHECK(has(gaps, R"({"lt":1})"));
    CHECK(has(gaps, R"({"gt":1,"lt":5})"));
    CHECK(has(gaps, R"({"gt":5})"));
    CHECK_FALSE(has(gaps, "script"));
}

TEST_CASE("the greatest of the values breaks an upper limit when any does, and a lower one when all do") {
    CHECK(query("max(amount) <= 5") == query("amount <= 5"));
    const auto all_below = query_of("max(amount) >= 5");
    CHECK(all_below->at_pointer("/bool/must_not/0/range/amount/gte") == 5);
    CHECK(has(query("max(amount) >= 5"), R"("exists":{"field":"amount"})")); // without a value, none is too small
}

TEST_CASE("what no value of the type can break matches nothing") {
    CHECK(query("amount <= 1000") == match_none);
    CHECK(query("amount >= -128.5") == match_none);
    // No integer is within this range.
    CHECK(has(query("amount != 2.5"), R"({"gte":3,"lte":2})"));
    const std::string each = query("amount >= 1000"); // what each of them breaks, each
    CHECK(has(each, R"("exists":{"field":"amount"})"));
    CHECK_FALSE(has(each, "range"));
    CHECK_FALSE(has(each, "must_not"));
}

TEST_CASE("a field of the backfill may be mapped nowhere before the first run") {
    CHECK(query("own > 5") == match_none);
    CHECK(query("own > due") == match_none);
    CHECK(problem("own > other") == "other is not mapped");
    CHECK(problem("other > 5") == "other is not mapped");
}

TEST_CASE("values that do not fit a mapping are refused, as nothing could ever break the rule") {
    CHECK(problem("body == \"x\"") == "body is text");
    CHECK(problem("own > body") == "body is text");
    CHECK(problem("state > 5") == "state is of type keyword, but is compared with a number");
    CHECK(problem("state > now") == "state is of type keyword, but is compared with a date");
    CHECK(problem("amount == \"5\"") == "amount is of type byte, but is compared with text");
    CHECK(problem("due == true") == "due is of type date, but is compared with true or false");
    CHECK(problem("due < state") == "due is date, and state is keyword");
    CHECK(problem("done == amount") == "done is boolean, and amount is byte");
}

TEST_CASE("two fields are compared by a script, which only sees documents that have both") {
    const auto filters = query_of("due <= max(paid)")->at("bool").at("filter").as_array();
    REQUIRE(filters.size() == 3);
    CHECK(filters[0].at("exists").at("field") == "due");
    CHECK(filters[1].at("exists").at("field") == "paid");
    const auto& script = filters[2].at("script").at("script");
    CHECK(script.at("lang") == "painless");
    CHECK(boost::json::serialize(script.at("params")) == R"({"left":"due","right":"paid"})");
    // A name is never a part of the source, which the engine compiles once for all of them.
    CHECK(script.at("source").as_string().find("due") == boost::json::string::npos);
}

TEST_CASE("dates and numbers of both kinds can be compared with each other") {
    for (const std::string_view text : {"due < amount", "amount < share", "share == due", "state == state"})
        CHECK(has(query(text), "painless"));
}
