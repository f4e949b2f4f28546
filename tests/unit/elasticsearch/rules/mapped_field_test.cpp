#include <elasticsearch/rules/mapped_field.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace health::elasticsearch;
using health::ExactNumber;
using Kind = MappedField::Kind;

namespace {

MappedField field(std::string_view caps, const std::string& name = "f") {
    return mapped_field(boost::json::parse(caps).as_object(), name);
}

MappedField of_type(const std::string& type) {
    return field(R"({"fields":{"f":{")" + type + R"(":{"type":")" + type + R"("}}}})");
}

} // namespace

TEST_CASE("a rule's field that no index maps is nowhere") {
    CHECK(field(R"({"fields":{}})").kind == Kind::nowhere);
    CHECK(field(R"({"fields":{"f":{}}})").kind == Kind::nowhere);
    CHECK(field(R"({"fields":{"g":{"long":{}}}})").kind == Kind::nowhere);
}

TEST_CASE("a type says what its field can be compared with") {
    for (const std::string type : {"byte", "short", "integer", "long", "unsigned_long"})
        CHECK(of_type(type).kind == Kind::whole);
    for (const std::string type : {"half_float", "float", "double", "scaled_float"})
        CHECK(of_type(type).kind == Kind::fractional);
    for (const std::string type : {"date", "date_nanos"})
        CHECK(of_type(type).kind == Kind::date);
    for (const std::string type : {"keyword", "constant_keyword", "wildcard"})
        CHECK(of_type(type).kind == Kind::keyword);
    CHECK(of_type("boolean").kind == Kind::boolean);
}

TEST_CASE("a type has limits") {
    CHECK(of_type("byte").smallest == -128);
    CHECK(of_type("byte").greatest == 127);
    CHECK(of_type("long").smallest == -9223372036854775808.0L);
    CHECK(of_type("long").greatest == 9223372036854775807.0L);
    CHECK(of_type("unsigned_long").smallest == 0);
    CHECK(of_type("unsigned_long").greatest == 18446744073709551615.0L);
    CHECK(of_type("half_float").greatest == 65504);
    CHECK(of_type("date_nanos").smallest == 0);
}

TEST_CASE("other types are of no use to a rule") {
    for (const std::string type : {"text", "object", "nested", "flattened", "geo_point", "ip", "dense_vector"}) {
        CHECK(of_type(type).kind == Kind::unusable);
        CHECK(of_type(type).why_not == "is " + type);
    }
}

TEST_CASE("indices may map a field by several types of one kind, whose limits are the widest") {
    const auto mixed = field(R"({"fields":{"f":{"integer":{},"byte":{},"unsigned_long":{}}}})");
    CHECK(mixed.kind == Kind::whole);
    CHECK(mixed.types == "byte and integer and unsigned_long");
    CHECK(mixed.smallest == -2147483648.0L);
    CHECK(mixed.greatest == 18446744073709551615.0L);
}

TEST_CASE("a field of several kinds is of no use to a rule") {
    const auto mixed = field(R"({"fields":{"f":{"keyword":{},"date":{}}}})");
    CHECK(mixed.kind == Kind::unusable);
    CHECK(mixed.why_not == "is date and keyword in different indices");
}

TEST_CASE("what is inside of a nested or flattened object is not seen by a query on the document") {
    const auto nested = field(R"({"fields":{"a.b":{"nested":{}},"a.b.c":{"long":{}}}})", "a.b.c");
    CHECK(nested.kind == Kind::unusable);
    CHECK(nested.why_not == "is in a.b, which is nested");
    CHECK(field(R"({"fields":{"a":{"flattened":{}}}})", "a.b").why_not == "is in a, which is flattened");
    CHECK(field(R"({"fields":{"a":{"flat_object":{}}}})", "a.b").why_not == "is in a, which is flat_object");
    CHECK(field(R"({"fields":{"a":{"object":{}},"a.b":{"long":{}}}})", "a.b").kind == Kind::whole);
}

TEST_CASE("the objects around a field are asked for, too, and what is inside of it, if it is one itself") {
    const std::vector<std::string> fields{"a.b.c", "due date"};
    CHECK(field_types_targets("orders", fields) ==
          std::vector<std::string>{
              "/orders/_field_caps?fields=a,a.b,a.b.c,a.b.c.*,due%20date,due%20date.*&allow_no_indices=false"});
}

TEST_CASE("many fields are asked for by several requests") {
    std::vector<std::string> fields;
    for (char c = 'a'; c <= 'z'; ++c)
        fields.emplace_back(50, c);
    const auto targets = field_types_targets("orders", fields);
    CHECK(targets.size() == 7);
    std::string all;
    for (const std::string& target : targets) {
        CHECK(target.size() < 600);
        all += target;
    }
    for (const std::string& name : fields)
        CHECK(all.find(name) != std::string::npos);
}
