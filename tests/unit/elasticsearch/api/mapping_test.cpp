#include "support.hpp"

#include <elasticsearch/api/mapping.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

using namespace health;
using namespace health::elasticsearch;
namespace json = boost::json;

namespace {

const std::array wanted{
    FieldMapping{.field = "index", .type = "keyword"}, FieldMapping{.field = "missing", .type = "integer"},
    FieldMapping{.field = "derived.paid_at", .type = "integer"},
    FieldMapping{.field = "rules", .type = "object", .enabled = false}, FieldMapping{.field = "ts", .type = "date"}};

json::object parsed(const std::string& text) {
    return json::parse(text).as_object();
}

/// The wanted mapping with this definition of a field.
MappingDifference with(const std::string& field, const std::string& definition) {
    json::object mapping = to_json(wanted);
    mapping["properties"].as_object()[field] = json::parse(definition);
    return compare_mapping(wanted, mapping);
}

std::vector<std::string> names(const std::vector<FieldMapping>& fields) {
    std::vector<std::string> out;
    for (const FieldMapping& field : fields)
        out.push_back(field.field);
    return out;
}

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("a mapping as the engine takes it") {
    CHECK(to_json(wanted) == parsed(R"({"properties":{"index":{"type":"keyword"},"missing":{"type":"integer"},
        "derived":{"properties":{"paid_at":{"type":"integer"}}},"rules":{"type":"object","enabled":false},
        "ts":{"type":"date"}}})"));
    const std::array deep{FieldMapping{.field = "a.b.c", .type = "long"}, FieldMapping{.field = "a.d", .type = "date"}};
    CHECK(to_json(deep) == parsed(R"({"properties":{"a":{"properties":{"b":{"properties":{"c":{"type":"long"}}},
        "d":{"type":"date"}}}}})"));
    CHECK(to_json({}).empty());
}

TEST_CASE("the mapping that was installed agrees with itself, also with more fields") {
    const auto same = compare_mapping(wanted, to_json(wanted));
    CHECK(same.conflict.empty());
    CHECK(same.lacking.empty());
    const auto more = with("note", R"({"type":"text"})");
    CHECK(more.conflict.empty());
    CHECK(more.lacking.empty());
}

TEST_CASE("fields that are not there are lacking, and are no conflict") {
    for (const std::string existing :
         {"{}", R"({"dynamic":"strict"})", R"({"properties":{}})", R"({"properties":7})"}) {
        CAPTURE(existing);
        const auto difference = compare_mapping(wanted, parsed(existing));
        CHECK(difference.conflict.empty());
        CHECK(names(difference.lacking) == Names{"index", "missing", "derived.paid_at", "rules", "ts"});
    }
    const auto partly =
        compare_mapping(wanted, parsed(R"({"properties":{"ts":{"type":"date"},"derived":{"properties":{}}}})"));
    CHECK(names(partly.lacking) == Names{"index", "missing", "derived.paid_at", "rules"});
}

TEST_CASE("a type that takes the same values is not a conflict") {
    CHECK(with("missing", R"({"type":"long"})").conflict.empty());
    CHECK(with("missing", R"({"type":"unsigned_long"})").conflict.empty());
    CHECK(with("index", R"({"type":"wildcard"})").conflict.empty());
    CHECK(with("ts", R"({"type":"date_nanos"})").conflict.empty());
    CHECK(with("index", R"({"type":"keyword","ignore_above":256,"fields":{"text":{"type":"text"}}})").conflict.empty());
}

TEST_CASE("a conflict names the field and both types") {
    CHECK(with("missing", R"({"type":"text"})").conflict == "field missing is text, not integer");
    CHECK(with("missing", R"({"type":"short"})").conflict == "field missing is short, not integer");
    CHECK(with("index", R"({"type":"text"})").conflict == "field index is text, not keyword");
    CHECK(with("ts", R"({"properties":{"a":{"type":"date"}}})").conflict == "field ts is object, not date");
    CHECK(with("derived", R"({"properties":{"paid_at":{"type":"keyword"}}})").conflict ==
          "field derived.paid_at is keyword, not integer");
    // Members of an object that is enabled would become fields, as many as there are rules.
    CHECK(with("rules", R"({"type":"object"})").conflict == "field rules is object, not object that is not enabled");
}

TEST_CASE("the first of several conflicts is told") {
    const auto both =
        compare_mapping(wanted, parsed(R"({"properties":{"ts":{"type":"text"},"index":{"type":"text"}}})"));
    CHECK(both.conflict == "field index is text, not keyword");
    CHECK(names(both.lacking) == Names{"missing", "derived.paid_at", "rules"});
}

TEST_CASE("the fields of a document that the mapping lacks") {
    const json::object document = to_document(test::invoices(), test::snapshot(2, 20, 18));
    const std::array all{test::invoices()};
    CHECK(unmapped_fields(document, to_json(health_mapping(all))).empty());
    CHECK(unmapped_fields(document, to_json(wanted)) == Names{"backfill", "present", "derived.overdue", "broken"});
    CHECK(unmapped_fields(parsed(R"({"derived":7})"), {}) == Names{"derived"});
    CHECK(unmapped_fields({}, {}).empty());
}

TEST_CASE("an index is closed only when the engine says so") {
    CHECK(is_closed(json::parse(R"({"settings":{"index.verified_before_close":"true"}})")));
    for (const char* open : {R"({"settings":{"index.verified_before_close":"false"}})", R"({"settings":{}})",
                             R"({"settings":{"index.verified_before_close":true}})", "{}", "7", "null"})
        CHECK_FALSE(is_closed(json::parse(open)));
}
