#include "support.hpp"

#include <elasticsearch/profile.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <vector>

using namespace health;
using namespace health::elasticsearch;
namespace json = boost::json;

namespace {

const std::string complete = R"("timed_out":false,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0})";
const Timestamp now = test::at("2025-10-10T14:22:31Z");

remote::Answer answer(std::string body, int status = 200) {
    return {.response = {.status = status, .headers = {}, .body = std::move(body), .body_problem = {}},
            .from = "http://es"};
}

/// How bills' expires_at is mapped.
ProfiledField mapped(const std::string& capabilities) {
    const auto fields = to_profiled_fields("cannot profile mail", test::bills(),
                                           answer(fmt::format(R"({{"fields":{{{}}}}})", capabilities)));
    REQUIRE(fields.has_value());
    REQUIRE(fields->size() == 2);
    CHECK(fields->at(0).name == "dates");
    return fields->at(1);
}

std::string capability(const std::string& type, const std::string& rest = R"("searchable":true,"aggregatable":true)") {
    return fmt::format(R"("{}":{{"type":"{}",{}}})", type, type, rest);
}

ProfiledField field(const std::string& type) {
    return mapped(fmt::format(R"("expires_at":{{{}}})", capability(type)));
}

std::string hit(const std::string& sort) {
    return fmt::format(R"({{"hits":{{"hits":[{{"_id":"a","sort":[{}]}}]}}}})", sort);
}

std::string terms(const std::string& key, int documents, int left_out = 0, int error = 0, int second = 1) {
    return fmt::format(
        R"({{"doc_count_error_upper_bound":{},"buckets":[{{"key":{},"doc_count":{},)"
        R"("doc_count_error_upper_bound":{}}},{{"key":1,"doc_count":{},"doc_count_error_upper_bound":0}}]}})",
        left_out, key, documents, error, second);
}

std::string values(const std::string& min, const std::string& max, const std::string& common) {
    return fmt::format(R"("doc_count":9,"min":{},"max":{},"values":{})", hit(min), hit(max), common);
}

Result<ProfileAnswer> read(const ProfiledField& asked, const std::string& aggregation,
                           const Candidates& candidates = {}) {
    return to_profile("cannot profile mail", {asked},
                      answer(fmt::format(R"({{{},"aggregations":{{"field_0":{{{}}}}}}})", complete, aggregation)),
                      candidates);
}

FieldProfile profile(const std::string& type, const std::string& aggregation) {
    const auto found = read(field(type), aggregation);
    REQUIRE(found.has_value());
    return found->profile.at(0);
}

const std::string in_years = R"(,"in_1970":{"doc_count":2},"after_ten_years":{"doc_count":1})";

} // namespace

TEST_CASE("what can be profiled, and why other fields cannot") {
    CHECK(field("date").type == ValueType::date);
    CHECK(field("scaled_float").type == ValueType::number);
    CHECK(field("boolean").type == ValueType::boolean);
    CHECK(field("constant_keyword").type == ValueType::keyword);
    CHECK(field("text").unknown == "its type is text");
    CHECK(
        mapped(fmt::format(R"("expires_at":{{{}}},"expires_at.raw":{{{}}})", capability("text"), capability("keyword")))
            .unknown == "its type is text; expires_at.raw is keyword and can be profiled");
    CHECK(field("geo_point").unknown == "its type is geo_point");
    CHECK(mapped("").unknown == "it is not mapped");
    CHECK(mapped(R"("expires_at":{"keyword":{"searchable":true,"aggregatable":false}})").unknown ==
          "it has no doc_values");
    CHECK(mapped(R"("expires_at":{"date":{"searchable":false,"aggregatable":true}})").unknown == "it is not indexed");
    CHECK(mapped(R"("expires_at":{"unmapped":{"indices":["a"]},"date":{"indices":["b"],"searchable":true,)"
                 R"("aggregatable":true}})")
              .type == ValueType::date);
}

TEST_CASE("other types in other indices are said, not merged") {
    const ProfiledField mixed =
        mapped(R"("expires_at":{"date":{"indices":["a"],"searchable":true,"aggregatable":true},)"
               R"("long":{"indices":["b","c"],"searchable":true,"aggregatable":true}})");
    CHECK(!mixed.type);
    CHECK(mixed.unknown == "it is mapped differently: date in a, long in b and 1 more");
}

TEST_CASE("documents are not counted where an exists query does not find them") {
    const ProfiledField nested = mapped(R"("expires_at":{"nested":{"searchable":false,"aggregatable":false}})");
    CHECK(nested.unknown == "it is a nested object");
    CHECK(!nested.visible);
    const auto found = to_profile("cannot profile mail", {nested}, answer("{" + complete + "}"));
    REQUIRE(found.has_value());
    CHECK(found->profile == Profile{{.field = "expires_at", .unknown = "it is a nested object"}});
}

TEST_CASE("an index that does not show its mapping is not left out silently") {
    const auto fields =
        to_profiled_fields("cannot profile mail", test::bills(),
                           answer(R"({"indices":[],"fields":{},"failed_indices":1,"failures":[{"indices":["a"]}]})"));
    REQUIRE(!fields.has_value());
    CHECK(fields.error().kind == ErrorKind::partial);
    CHECK(to_profiled_fields("cannot x", test::bills(), answer("{}")).error().kind == ErrorKind::bad_response);
    CHECK(to_profiled_fields("cannot x", test::bills(), answer("{}", 403)).error().kind == ErrorKind::unauthorized);
}

TEST_CASE("all fields are asked for in one search, where their mapping allows it") {
    const auto request = profile_request(test::bills(), {field("keyword"), field("date"), field("text")}, now);
    REQUIRE(request.has_value());
    const json::value body = json::parse(request->body);
    CHECK(body.at_pointer("/query/bool/filter/1/exists/field") == "dates");
    CHECK(!body.at_pointer("/aggs/field_0/aggs").as_object().contains("in_1970"));
    CHECK(body.at_pointer("/aggs/field_1/aggs/min/top_hits/sort/0/expires_at/order") == "asc");
    CHECK(body.at_pointer("/aggs/field_1/aggs/in_1970/filter/range/expires_at/lt") == 31536000000);
    CHECK(body.at_pointer("/aggs/field_1/aggs/after_ten_years/filter/range/expires_at/gt") == 2075638951000);
    CHECK(!body.at_pointer("/aggs/field_1/aggs").as_object().contains("candidate"));
    CHECK(!body.at_pointer("/aggs/field_2").as_object().contains("aggs"));
}

TEST_CASE("a date") {
    CHECK(profile("date", values("-1", "1760105551123", terms("1760105551000", 3)) + in_years) ==
          FieldProfile{.field = "expires_at",
                       .type = ValueType::date,
                       .documents = 9,
                       .min = "1969-12-31T23:59:59.999Z",
                       .max = "2025-10-10T14:12:31.123Z",
                       .most_common = MostCommon{.value = "2025-10-10T14:12:31Z", .documents = 3},
                       .in_1970 = 2,
                       .after_ten_years = 1});
}

TEST_CASE("numbers, booleans and keywords in the forms that engines answer in") {
    const auto numbers = profile("long", values("-5", "9007199254740993", terms("9007199254740993", 3)));
    CHECK(to_string(*numbers.min) == "-5");
    CHECK(to_string(*numbers.max) == "9007199254740993");
    CHECK(to_string(numbers.most_common->value) == "9007199254740993");
    const auto floats = profile("float", values("0.1", "2.0", terms("0.10000000149011612", 3)));
    CHECK(floats.min == floats.most_common->value);
    CHECK(to_string(*floats.max) == "2");
    for (const auto& [no, yes] : {std::pair("0", "1"), std::pair("false", "true")}) {
        const auto booleans = profile("boolean", values(no, yes, terms("1", 3)));
        CHECK(booleans.min == ProfileValue(false));
        CHECK(booleans.max == ProfileValue(true));
        CHECK(booleans.most_common->value == ProfileValue(true));
    }
    CHECK(profile("keyword", values(R"("a")", R"("b")", terms(R"("a")", 3))).max == ProfileValue("b"));
    const auto rounded = profile("unsigned_long", values("5", "1.8446744073709552e19", terms("5", 3)));
    CHECK(!rounded.max);
    CHECK(rounded.unknown == "the engine rounds its values");
}

TEST_CASE("a field that no document has") {
    const auto found = profile("long", R"("doc_count":0,"min":{"hits":{"hits":[]}},"max":{"hits":{"hits":[]}},)"
                                       R"("values":{"doc_count_error_upper_bound":0,"buckets":[]})");
    CHECK(found == FieldProfile{.field = "expires_at", .type = ValueType::number, .documents = 0});
}

TEST_CASE("what shards leave out may belong to the most common value, or to another") {
    const auto common = [](const std::string& buckets, const std::string& rest = "",
                           const Candidates& candidates = {}) {
        const auto found = read(field("long"), values("5", "6", buckets) + rest, candidates);
        REQUIRE(found.has_value());
        CHECK(found->profile.at(0).most_common->at_least == !found->profile.at(0).unknown.empty());
        CHECK(found->profile.at(0).most_common->at_least == !found->doubtful.at(0).is_null());
        return *found->profile.at(0).most_common;
    };
    CHECK(common(terms("5", 6)) == MostCommon{.value = 5L, .documents = 6});
    // Exact, and too many for another to exceed it.
    CHECK(common(terms("5", 6, 3, 0, 3)) == MostCommon{.value = 5L, .documents = 6});
    CHECK(common(terms("5", 6, 4, 0, 3)) == MostCommon{.value = 5L, .documents = 6, .at_least = true});
    CHECK(common(terms("5", 6, 3, 1, 3)) == MostCommon{.value = 5L, .documents = 6, .at_least = true});
    // Counted by itself.
    const std::string candidate = R"(,"candidate":{"doc_count":7})";
    CHECK(common(terms("5", 6, 3, 1, 3), candidate, {5}) == MostCommon{.value = 5L, .documents = 7});
    CHECK(common(terms("5", 6, 3, 1, 5), candidate, {5}) == MostCommon{.value = 5L, .documents = 7, .at_least = true});
    CHECK(common(terms("5", 6, 3, 1, 3), candidate, {8}) == MostCommon{.value = 5L, .documents = 6, .at_least = true});
}

TEST_CASE("a doubtful value is asked for by itself") {
    const auto request = profile_request(test::bills(), {field("keyword"), field("date")}, now, {"a", 5000});
    REQUIRE(request.has_value());
    const json::value body = json::parse(request->body);
    CHECK(body.at_pointer("/aggs/field_0/aggs/candidate/filter/term/expires_at") == "a");
    CHECK(body.at_pointer("/aggs/field_1/aggs/candidate/filter/range/expires_at") ==
          json::value{{"gte", 5000}, {"lte", 5000}, {"format", "epoch_millis"}});
}

TEST_CASE("an answer that cannot be right is no profile") {
    const std::string good = values("5", "6", terms("5", 6));
    REQUIRE(read(field("long"), good).has_value());
    const auto changed = [&](std::string_view from, std::string_view to) {
        std::string out = good;
        REQUIRE(out.find(from) != std::string::npos);
        return out.replace(out.find(from), from.size(), to);
    };
    for (const std::string& bad :
         {changed("\"doc_count\":9", "\"doc_count\":-9"), changed("[5]", "[]"), changed("[5]", "[null]"),
          changed("[5]", "[\"5\"]"), changed("[5]", "[5.5]"), changed("[6]", "[5,6]"),
          changed("\"doc_count\":6", "\"doc_count\":10"), changed("\"key\":5", "\"key\":{}"),
          changed("\"doc_count_error_upper_bound\":0,\"buckets\"", "\"buckets\""), changed("\"min\"", "\"most\"")}) {
        CAPTURE(bad);
        const auto found = read(field("long"), bad);
        REQUIRE(!found.has_value());
        CHECK(found.error().kind == ErrorKind::bad_response);
    }
    CHECK(read(field("date"), good).error().kind == ErrorKind::bad_response); // without the counts of a date
}

TEST_CASE("a partial answer is no profile") {
    const std::string body = fmt::format(R"({{{},"aggregations":{{"field_0":{{{}}}}}}})",
                                         R"("timed_out":false,"_shards":{"total":2,"successful":1,"failed":1})",
                                         values("5", "6", terms("5", 6)));
    const auto found = to_profile("cannot profile mail", {field("long")}, answer(body));
    REQUIRE(!found.has_value());
    CHECK(found.error().kind == ErrorKind::partial);
}
