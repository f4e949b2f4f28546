#include "support.hpp"

#include <elasticsearch/api/field_caps.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace health;
using namespace health::elasticsearch;
namespace json = boost::json;
using Names = std::vector<std::string>;

namespace {

/// An answer with these fields.
json::object caps(std::string_view fields) {
    return json::parse(R"({"indices":["a"],"fields":{)" + std::string(fields) + "}}").as_object();
}

/// Of a field `f` with these types.
FieldCaps caps_of_f(std::string_view types) {
    return field_caps(caps(R"("f":{)" + std::string(types) + "}"), "f");
}

constexpr std::string_view usable = R"({"searchable":true,"aggregatable":true})";

std::string of_type(std::string_view type, std::string_view details = usable) {
    return "\"" + std::string(type) + "\":" + std::string(details);
}

} // namespace

TEST_CASE("a field of one type") {
    const auto found = caps_of_f(of_type("keyword"));
    CHECK(found.as == "keyword");
    CHECK(found.searchable);
    CHECK(found.aggregatable);
    CHECK(found.visible_to_exists);
    CHECK(found.not_in.empty());
    CHECK(found.mixture.empty());
    CHECK_FALSE(caps_of_f(of_type("text", R"({"searchable":true,"aggregatable":false})")).aggregatable);
}

TEST_CASE("a field of several types says where it has which") {
    const auto found = caps_of_f(R"("long":{"searchable":true,"aggregatable":true,"indices":["b"]},)"
                                 R"("date":{"searchable":true,"aggregatable":false,"indices":["a","c","d"]},)"
                                 R"("unmapped":{"indices":["e","f"]})");
    CHECK(found.as == "date and long");
    CHECK(found.mixture == "long in b, date in a and 2 more");
    CHECK(found.searchable);
    CHECK_FALSE(found.aggregatable);
    CHECK(found.not_in == Names{"e", "f"});
    CHECK(caps_of_f(of_type("long") + "," + of_type("date")).mixture == "long in some indices, date in some indices");
}

TEST_CASE("an exists query finds what is searchable or has doc values, and what is inside of an object") {
    const std::string neither = R"({"searchable":false,"aggregatable":false})";
    CHECK_FALSE(caps_of_f(of_type("keyword", neither)).visible_to_exists);
    CHECK(caps_of_f(of_type("keyword", R"({"searchable":false,"aggregatable":true})")).visible_to_exists);
    CHECK(caps_of_f(of_type("object", neither)).visible_to_exists);
    CHECK_FALSE(caps_of_f(of_type("keyword") + "," + of_type("text", neither)).visible_to_exists);
}

TEST_CASE("what an answer lacks or has in another form is no capability") {
    for (const std::string_view fields :
         {R"("g":{"keyword":{}})", R"("f":[])", R"("f":null)", R"("f":{"keyword":[]})", R"("f":{})"}) {
        CAPTURE(fields);
        const auto found = field_caps(caps(fields), "f");
        CHECK(found.as.empty());
        CHECK(found.types.empty());
    }
    CHECK(field_caps({}, "f").types.empty());
    CHECK(field_caps(json::parse(R"({"fields":[1]})").as_object(), "f").types.empty());
    const auto bare = caps_of_f(R"("keyword":{"searchable":"true","indices":[1,{},"a\u001b[31m"]})");
    CHECK(bare.as == "keyword");
    CHECK_FALSE(bare.searchable);
    CHECK_FALSE(bare.visible_to_exists);
    const auto unmapped = caps_of_f(R"("unmapped":{"indices":[7,"a\u001b[31m"]})");
    REQUIRE(unmapped.not_in.size() == 1);
    CHECK(unmapped.not_in.front().find('\x1b') == std::string::npos);
}

TEST_CASE("names of types and indices are the engine's: they are shown in one short line") {
    const std::string name(5000, 'x');
    const auto found = caps_of_f(of_type(name) + "," + of_type("a\\nb") + R"(,"date":{"indices":[")" + name + "\"]}");
    CHECK(found.as.size() <= 80);
    CHECK(found.as.find('\n') == std::string::npos);
    CHECK(found.mixture.size() < 250);
    CHECK(found.mixture.find('\n') == std::string::npos);
}

TEST_CASE("the way to a field") {
    CHECK(path_to("a") == Names{"a"});
    CHECK(path_to("a.b.c") == Names{"a", "a.b", "a.b.c"});
    CHECK(path_to("") == Names{""});
    CHECK(path_to("a..b") == Names{"a", "a.", "a..b"});
}

TEST_CASE("what is around a field, the outermost of several") {
    const auto found = caps(R"("a":{"object":{}},"a.b":{"nested":{}},"a.b.c":{"nested":{}},"x":{"flattened":{}},)"
                            R"("y":{"flat_object":{}},"y.z":{"keyword":{}})");
    CHECK(nested_around(found, "a.b.c.d") == "a.b");
    CHECK(nested_around(found, "a.b") == "a.b");
    CHECK(nested_around(found, "a").empty());
    CHECK(nested_around(found, "a.bc").empty());
    CHECK(flattened_around(found, "x.any.thing") == "x");
    CHECK(flattened_around(found, "y.z") == "y");
    CHECK(flattened_around(found, "xy").empty());
    CHECK(nested_around({}, "a.b").empty());
}

TEST_CASE("types with one name for several, and those that hold values") {
    CHECK(family("wildcard") == "keyword");
    CHECK(family("constant_keyword") == "keyword");
    CHECK(family("match_only_text") == "text");
    CHECK(family("long") == "long");
    CHECK(family("").empty());
    for (const std::string type : {"keyword", "text", "date", "geo_point", "nothing_known"})
        CHECK(has_values(type));
    for (const std::string type : {"object", "passthrough", "nested", "flattened", "flat_object"})
        CHECK_FALSE(has_values(type));
}

TEST_CASE("a multi-field is of the field around it, and not of an object") {
    const auto found = caps(of_type("subject", R"({"text":{"searchable":true}})") + "," +
                            of_type("subject.raw", R"({"keyword":{"searchable":true}})") + "," +
                            of_type("customer", R"({"object":{}})") + "," +
                            of_type("customer.name", R"({"keyword":{"searchable":true}})"));
    CHECK(whole_field(found, "subject.raw") == "subject");
    CHECK(whole_field(found, "subject") == "subject");
    CHECK(whole_field(found, "customer.name") == "customer.name");
    CHECK(whole_field(found, "nowhere.at.all") == "nowhere.at.all");
}

TEST_CASE("the part of a field that is compared exactly") {
    CHECK(exact_subfield(caps(R"("s":{"text":{}},"s.raw":{"keyword":{"searchable":true}})"), "s") == "s.raw");
    CHECK(exact_subfield(caps(R"("s":{"text":{}},"s.raw":{"keyword":{"searchable":false}})"), "s").empty());
    CHECK(exact_subfield(caps(R"("s":{"text":{}},"s.en":{"text":{"searchable":true}})"), "s").empty());
    CHECK(exact_subfield(caps(R"("sx.raw":{"keyword":{"searchable":true}})"), "s").empty());
    CHECK(exact_subfield({}, "s").empty());
}

TEST_CASE("the engine is asked for each field of a backfill, for what is around it and in it") {
    Backfill backfill = test::invoices();
    backfill.population = {{.field = "customer.country", .values = {"NO"}}};
    backfill.field = "due date";
    backfill.derived = {"a,b&c=*"};
    backfill.arrival = "@timestamp";
    const std::string target = field_caps_target("orders-*", backfill);
    CHECK(target.starts_with("/orders-*/_field_caps?fields="));
    for (const std::string_view name :
         {"customer,", "customer.country,", "customer.country.*", "due%20date,", "%40timestamp"}) {
        CAPTURE(name);
        CHECK(target.find(name) != std::string::npos);
    }
    // A name is never a list, a wildcard or another parameter.
    CHECK(target.find("a%2Cb%26c%3D%2A") != std::string::npos);
    CHECK(target.find("include_unmapped=true") != std::string::npos);
    CHECK(target.find("allow_no_indices=false") != std::string::npos);
}
