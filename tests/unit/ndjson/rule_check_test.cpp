#include <base/time.hpp>
#include <model/rules/parser.hpp>
#include <ndjson/rule_check.hpp>

#include <doctest/doctest.h>
#include <simdjson.h>

#include <memory>
#include <string>
#include <string_view>

using namespace health;
using namespace health::ndjson;

namespace {

bool breaks(std::string_view text, std::string_view document) {
    const auto rule = parse_rule(text);
    REQUIRE_MESSAGE(rule.has_value(), std::string(text));
    auto paths = std::make_shared<FieldTrie>();
    const RuleCheck check(*rule, *parse_iso_date("2025-10-10T14:22:31Z"), *paths);
    DocumentValues values(paths);
    simdjson::dom::parser parser;
    values.read(parser.parse(std::string(document)));
    return check.breaks(values);
}

} // namespace

TEST_CASE("a document without a field of the rule does not break it") {
    for (const std::string_view document : {R"({})", R"({"a":null})", R"({"a":[]})", R"({"a":[null]})", R"({"b":1})"}) {
        CHECK_FALSE(breaks("a > 5", document));
        CHECK_FALSE(breaks("max(a) > 5", document));
        CHECK_FALSE(breaks("a > b", document));
        CHECK_FALSE(breaks("b > max(a)", document));
    }
}

TEST_CASE("every value of a bare field has to obey") {
    CHECK_FALSE(breaks("a > 5", R"({"a":[6,7]})"));
    CHECK(breaks("a > 5", R"({"a":[6,5]})"));
    CHECK(breaks("a in [1,3]", R"({"a":[1,2,3]})"));
    CHECK_FALSE(breaks("a in [1,3]", R"({"a":[3,1]})"));
    CHECK(breaks("a != 2", R"({"a":[1,2]})"));
}

TEST_CASE("one value is the greatest or the least") {
    CHECK_FALSE(breaks("max(a) > 5", R"({"a":[1,6]})"));
    CHECK(breaks("min(a) > 5", R"({"a":[1,6]})"));
    CHECK_FALSE(breaks("max(a) == 6", R"({"a":[1,6]})"));
    CHECK(breaks("min(a) == 6", R"({"a":[1,6]})"));
}

TEST_CASE("each pair of the values of two fields has to obey") {
    CHECK_FALSE(breaks("a < b", R"({"a":[1,2],"b":[3,4]})"));
    CHECK(breaks("a < b", R"({"a":[1,3],"b":[3,4]})"));
    CHECK_FALSE(breaks("min(a) < b", R"({"a":[1,9],"b":[3,4]})"));
    CHECK_FALSE(breaks("a < max(b)", R"({"a":[1,3],"b":[3,4]})"));
    CHECK(breaks("max(a) < min(a)", R"({"a":[1,3]})"));
}

TEST_CASE("dates compare as instants, however they are written") {
    CHECK_FALSE(breaks("a == 2025-10-10", R"({"a":"2025-10-10T02:00:00+02:00"})"));
    CHECK_FALSE(breaks("a == 2025-10-10", R"({"a":1760054400000})"));
    CHECK(breaks("a <= 2025-10-10", R"({"a":"2025-10-10T00:00:00.001Z"})"));
    CHECK(breaks("a > now-30d", R"({"a":"2025-09-10T14:22:31Z"})"));
    CHECK_FALSE(breaks("a > now-30d", R"({"a":"2025-09-10T14:22:31.001Z"})"));
    CHECK(breaks("a < b", R"({"a":"2025-10-10T00:00:00Z","b":"2025-10-10"})"));
}

TEST_CASE("numbers beyond 2^53 are not rounded") {
    CHECK(breaks("a <= 9007199254740992", R"({"a":9007199254740993})"));
    CHECK_FALSE(breaks("a <= 9007199254740993", R"({"a":9007199254740993})"));
    CHECK(breaks("a == b", R"({"a":9007199254740993,"b":9007199254740992.0})"));
}

TEST_CASE("text compares by its bytes in UTF-8") {
    CHECK_FALSE(breaks("a > \"z\"", R"({"a":"é"})"));
    CHECK(breaks("a < \"ａ\"", R"({"a":"😀"})")); // in UTF-16 it would be the other way round
    CHECK_FALSE(breaks("a in [\"open\",\"paid\"]", R"({"a":["paid","open"]})"));
    CHECK(breaks("a == \"10\"", R"({"a":"010"})"));
    CHECK_FALSE(breaks("a == \"10\"", R"({"a":10})"));
}

TEST_CASE("what cannot be compared does not obey, unless it only has to be different") {
    CHECK(breaks("a > 5", R"({"a":"soon"})"));
    CHECK(breaks("a in [true]", R"({"a":"soon"})"));
    CHECK(breaks("max(a) > 5", R"({"a":[6,"soon"]})"));
    CHECK_FALSE(breaks("a != 5", R"({"a":"soon"})"));
    CHECK(breaks("a < b", R"({"a":"soon","b":5})"));
    CHECK(breaks("max(a) < b", R"({"a":["soon",true],"b":5})"));
}
