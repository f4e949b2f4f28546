#include <base/json.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>

using namespace health;

namespace {

const boost::json::value answer = boost::json::parse(R"({
    "hits": {"total": {"value": 12, "relation": "eq"}, "hits": [{"_id": "a"}, 7]},
    "negative": -5, "fraction": 1.5, "text": "12", "huge": 9223372036854775808,
    "empty": "", "yes": true, "no": false, "nothing": null, "dotted.key": 1
})");

} // namespace

TEST_CASE("a value is found by the keys that lead to it") {
    CHECK(find(answer, {"hits", "total", "value"})->as_int64() == 12);
    CHECK(find(answer, {"dotted.key"})->as_int64() == 1);
    CHECK(find(answer, {"nothing"})->is_null());
    CHECK(find(answer.get_object(), {"hits", "total"}) == find(answer, {"hits", "total"}));
    CHECK(find_object(answer, {"hits", "total"})->size() == 2);
    CHECK(find_array(answer, {"hits", "hits"})->size() == 2);
}

TEST_CASE("what is not there, or of another type, is as if it were not there") {
    CHECK(find(answer, {}) == nullptr);
    CHECK(find(answer, {"absent"}) == nullptr);
    CHECK(find(answer, {"text", "value"}) == nullptr);
    CHECK(find(answer, {"hits", "hits", "_id"}) == nullptr);
    CHECK(find(find_array(answer, {"hits", "hits"})->at(1), {"_id"}) == nullptr);
    CHECK(find_object(answer, {"text"}) == nullptr);
    CHECK(find_array(answer, {"hits"}) == nullptr);
    CHECK(!find_bool(answer, {"text"}));
    CHECK(find_text(answer, {"hits"}).empty());
    CHECK(find_string(answer, {"nothing"}) == nullptr);
}

TEST_CASE("a count is a whole number that is not negative") {
    CHECK(find_count(answer, {"hits", "total", "value"}) == 12U);
    for (const char* key : {"negative", "fraction", "text", "huge", "nothing", "yes"}) {
        CAPTURE(key);
        CHECK(!find_count(answer, {key}));
    }
}

TEST_CASE("texts and truth values") {
    CHECK(find_text(answer, {"text"}) == "12");
    CHECK(find_string(answer, {"empty"})->empty());
    CHECK(find_bool(answer, {"yes"}) == true);
    CHECK(find_bool(answer, {"no"}) == false);
}

TEST_CASE("an object is parsed whole, and not too deep") {
    CHECK(parse_object(R"({"a": 1})")->size() == 1);
    for (const char* text : {"", "[1]", "7", R"({"a": 1)", R"({"a": 1} {})"}) {
        CAPTURE(text);
        CHECK(!parse_object(text));
    }
    CHECK(!parse_object(R"({"a": {"b": {}}})", 2));
    CHECK(parse_object(R"({"a": {"b": {}}})", 3));
}

TEST_CASE("a field has the values of all places that its name may mean") {
    const auto values = [](std::string_view document, std::string_view field) {
        return boost::json::serialize(values_at(*parse_object(document), field));
    };
    CHECK(values(R"({"a":{"b":1}})", "a.b") == "[1]");
    CHECK(values(R"({"a.b":1})", "a.b") == "[1]");
    CHECK(values(R"({"a":[{"b":1},{"c":2},{"b":[3]}],"a.b":4})", "a.b") == "[1,[3],4]");
    CHECK(values(R"({"a.b":{"c":1},"a":{"b.c":2}})", "a.b.c") == "[2,1]");
    CHECK(values(R"({"a":1,"ab":2})", "a.b") == "[]");
    CHECK(values(R"({"a":null})", "a") == "[null]");
}
