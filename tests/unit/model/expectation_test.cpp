#include "support.hpp"

#include <model/expectation.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>

using namespace health;
namespace json = boost::json;

namespace {

std::string at(const std::string& document, const std::string& path) {
    const auto value = value_at(json::parse(document).get_object(), path);
    return value ? json::serialize(*value) : "nothing";
}

bool same(const std::string& a, const std::string& b) {
    const json::value left = json::parse(a);
    const json::value right = json::parse(b);
    CHECK(is_same(left, right) == is_same(right, left));
    return is_same(left, right);
}

ExpectationResult judge_bill(const std::string& source, const std::string& expected) {
    const auto fields = own_fields(test::bills());
    std::vector<json::value> found;
    for (const std::string& field : fields)
        found.push_back(value_at(json::parse(source).get_object(), field).value_or(nullptr));
    return compare(fields, {.index = "gmail_emails_v2", .id = "n1"}, found, json::parse(expected).get_object());
}

} // namespace

TEST_CASE("a path leads through objects, arrays and members with dots") {
    CHECK(at(R"({"a":1})", "a") == "1");
    CHECK(at(R"({"a":{"b":{"c":"x"}}})", "a.b.c") == R"("x")");
    CHECK(at(R"({"a.b":{"c":1}})", "a.b.c") == "1");
    CHECK(at(R"({"a":{"b.c":1}})", "a.b.c") == "1");
    CHECK(at(R"({"a.b.c":1})", "a.b.c") == "1");
    CHECK(at(R"({"a":[{"b":1},{"b":[2,3]},{}, 7, {"b":null}]})", "a.b") == "[1,2,3,null]");
    CHECK(at(R"({"a":[{"b":1},{"c":2}]})", "a.b") == "1");
    CHECK(at(R"({"a":[[{"b":1}],[{"b":2}]]})", "a.b") == "[1,2]");
    CHECK(at(R"({"a":[1,2]})", "a") == "[1,2]");
    CHECK(at(R"({"a":"x"})", "a.keyword") == R"("x")");
    CHECK(at(R"({"a":{"keyword":"y"}})", "a.keyword") == R"("y")");
    CHECK(at(R"({"a":null})", "a") == "null");
    for (const std::string path : {"b", "a.b", "a.", ".a", "aa"})
        CHECK(at(R"({"a":1})", path) == "nothing");
}

TEST_CASE("values are the same as JSON, in brackets or not") {
    for (const std::string absent : {"null", "[]", "[null]", "[[],[null]]", "{}", R"({"a":null})"})
        CHECK(same(absent, "null"));
    for (const std::string present : {"0", "false", R"("")", R"([null,1])"})
        CHECK(!same(present, "null"));
    CHECK(same("[1]", "1"));
    CHECK(same("[[1]]", "1"));
    CHECK(same("1", "1.0"));
    CHECK(same("0.0002", "2.0E-4"));
    CHECK(same("18446744073709551615", "18446744073709551615"));
    CHECK(!same("9007199254740993", "9007199254740992"));
    CHECK(!same("1", R"("1")"));
    CHECK(!same("1", "true"));
    CHECK(!same("0", "null"));
    CHECK(!same("0.1", "0.10000001"));
    CHECK(!same("[1,2]", "[2,1]"));
    CHECK(!same("[1,2]", "[1]"));
    CHECK(same(R"({"a":1,"b":[2]})", R"({"b":2.0,"a":1,"c":null})"));
    CHECK(!same(R"({"a":1})", R"({"a":1,"b":2})"));
    CHECK(!same(R"({"a":1})", "1"));
    CHECK(!same(R"("2025-10-10")", R"("2025-10-10T00:00:00Z")"));
}

TEST_CASE("only what the expectation names is judged") {
    const std::string source = R"({"dates":["2025-10-01"],"expires_at":null})";
    CHECK(!judge_bill(source, "{}").is_any_expected);
    CHECK(judge_bill(source, R"({"dates":"2025-10-01"})").is_any_expected);
    CHECK(judge_bill(source, R"({"dates":"2025-10-01"})").mismatches.empty());
    CHECK(judge_bill(source, R"({"dates":"2025-10-01","expires_at":[]})").mismatches.empty());

    const auto wrong = judge_bill(source, R"({"dates":null,"expires_at":"2025-10-31"})").mismatches;
    REQUIRE(wrong.size() == 2);
    CHECK(describe(test::bills(), wrong[0]) == R"(n1: dates is ["2025-10-01"], expected absent)");
    CHECK(describe(test::bills(), wrong[1]) == R"(n1: expires_at is absent, expected "2025-10-31")");

    Mismatch elsewhere = wrong[1];
    elsewhere.document.index = "mail-2025";
    CHECK(describe(test::bills(), elsewhere).starts_with("mail-2025/n1: "));
}

TEST_CASE("of a long value only the beginning is kept") {
    const auto wrong = judge_bill("{}", R"({"expires_at":")" + std::string(100000, 'x') + R"("})").mismatches;
    REQUIRE(wrong.size() == 1);
    const std::string expected = json::serialize(wrong[0].expected);
    CHECK(expected.size() < 300);
    CHECK(expected.starts_with("\"xxx"));
    CHECK(expected.ends_with("x\u2026\""));
    CHECK(describe(test::bills(), wrong[0]).ends_with("expected " + expected));
}

TEST_CASE("a key that leads to no judged field") {
    const std::vector<std::string> fields{"dates", "customer.vat", "name.keyword"};
    const auto unknown = [&](const std::string& expected) {
        return unknown_key(fields, json::parse(expected).get_object()).value_or("none");
    };
    CHECK(unknown(R"({"dates":1,"customer":{"vat":1},"customer.vat":2,"name":"x"})") == "none");
    CHECK(unknown(R"({"dates":1,"date":1})") == "date");
    CHECK(unknown(R"({"customer.":1})") == "customer.");
}

TEST_CASE("how a verification is said") {
    CHECK(describe(Verification{.sampled = 300}) ==
          "300 of 300 sampled documents are as expected (at most 1.0 % of all are wrong, 95 % confidence)");
    CHECK(describe(Verification{.sampled = 300, .wrong = 3}) ==
          "297 of 300 sampled documents are as expected (at most 2.6 % of all are wrong, 95 % confidence)");
    CHECK(describe(Verification{.sampled = 12, .all = true}) == "12 of all 12 documents are as expected");
    CHECK(describe(Verification{.sampled = 12, .wrong = 1, .all = true}) == "11 of all 12 documents are as expected");
    CHECK(describe(Verification{.sampled = 1, .wrong = 1}) ==
          "0 of 1 sampled documents are as expected (at most 100.0 % of all are wrong, 95 % confidence)");
}
