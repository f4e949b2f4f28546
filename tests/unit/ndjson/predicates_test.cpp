#include <ndjson/line_parser.hpp>
#include <ndjson/predicates.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>

using namespace health;
using namespace health::ndjson;

namespace {

/// Whether the only predicate holds for the document.
template <class Ask>
bool answer(const std::string& document, const Ask& ask) {
    Predicates predicates;
    const auto predicate = ask(predicates);
    Evaluation evaluation(std::make_shared<Predicates>(std::move(predicates)));
    LineParser parser;
    evaluation.read(parser.parse(simdjson::padded_string(document)).get_object().value());
    return evaluation.holds(predicate);
}

bool has(const std::string& document, std::string_view path) {
    return answer(document, [&](Predicates& predicates) { return predicates.exists(path); });
}

bool has_term(const std::string& document, const std::string& field, const std::string& value) {
    return answer(document, [&](Predicates& predicates) { return predicates.matches({field, {value}}); });
}

bool holds(const std::string& json, const std::string& value) {
    return has_term(R"({"f":)" + json + "}", "f", value);
}

} // namespace

TEST_CASE("a field exists when a value other than null is in it") {
    for (const std::string value : {"1", "0", "false", "\"\"", "\"x\"", "[1]", "[[\"\"]]", "[null,0]", "{\"a\":1}",
                                    "{\"a\":null,\"b\":[{\"c\":false}]}", "[{},{\"a\":1}]"}) {
        CAPTURE(value);
        CHECK(has(R"({"f":)" + value + "}", "f"));
    }
}

TEST_CASE("a field without such a value is absent") {
    for (const std::string value :
         {"null", "[]", "[null]", "[[null],[]]", "{}", "{\"a\":null}", "{\"a\":{}}", "[{}]", "[{\"a\":[null]}]"}) {
        CAPTURE(value);
        CHECK_FALSE(has(R"({"f":)" + value + "}", "f"));
    }
    CHECK_FALSE(has("{}", "f"));
    CHECK_FALSE(has(R"({"ff":1,"F":1,"":1})", "f"));
}

TEST_CASE("a dot leads into an object or is part of a name") {
    for (const std::string document :
         {R"({"a":{"b":{"c":1}}})", R"({"a.b.c":1})", R"({"a.b":{"c":1}})", R"({"a":{"b.c":1}})",
          R"({"a":[{"x":1},{"b":[{"c":[null,1]}]}]})", R"({"a":1,"a.b":{"x":1,"c":1}})"}) {
        CAPTURE(document);
        CHECK(has(document, "a.b.c"));
        CHECK(has(document, "a.b"));
        CHECK(has(document, "a"));
        CHECK_FALSE(has(document, "a.b.c.d"));
        CHECK_FALSE(has(document, "a.c"));
        CHECK_FALSE(has(document, "b.c"));
        CHECK_FALSE(has(document, "a.b.cc"));
        CHECK_FALSE(has(document, "a.b."));
        CHECK(has_term(document, "a.b.c", "1"));
        CHECK_FALSE(has_term(document, "a.b", "1"));
    }
    CHECK_FALSE(has(R"({"ab.c":1,"a":{"bc":1}})", "a.b"));
}

TEST_CASE("members of the same name count all") {
    CHECK(has(R"({"f":null,"f":1})", "f"));
    CHECK(has(R"({"f":1,"f":null})", "f"));
    CHECK(has_term(R"({"f":"x","f":"y"})", "f", "x"));
    CHECK(has_term(R"({"f":"x","f":"y"})", "f", "y"));
}

TEST_CASE("the subfield keyword is the string itself") {
    CHECK(has_term(R"({"f":"x"})", "f.keyword", "x"));
    CHECK(has_term(R"({"a":[{"f":["x"]}]})", "a.f.keyword", "x"));
    CHECK(has_term(R"({"f":{"keyword":"x"}})", "f.keyword", "x"));
    CHECK(has(R"({"f":""})", "f.keyword"));
    CHECK_FALSE(has_term(R"({"f":"x"})", "f.keyword.keyword", "x"));
    CHECK_FALSE(has_term(R"({"f":{"a":"x"}})", "f.keyword", "x"));
    CHECK_FALSE(has(R"({"f":{"a":"x"}})", "f.keyword"));
    // Elasticsearch adds it to strings only.
    CHECK_FALSE(has(R"({"f":1})", "f.keyword"));
    CHECK_FALSE(has(R"({"f":null})", "f.keyword"));
}

TEST_CASE("a string is compared exactly, whatever its escapes") {
    CHECK(holds(R"("bills")", "bills"));
    CHECK(holds(R"("b\u0069lls")", "bills"));
    CHECK(holds(R"("")", ""));
    for (const std::string other : {R"("Bills")", R"("bill")", R"("bills ")", R"({"bills":"x"})", "null", "[]"})
        CHECK_FALSE(holds(other, "bills"));
    CHECK_FALSE(holds("null", "null"));
    CHECK_FALSE(holds("null", ""));
    CHECK_FALSE(holds(R"("3")", "3.0"));
}

TEST_CASE("any element of an array may be the value") {
    CHECK(holds(R"(["x","bills"])", "bills"));
    CHECK(holds(R"([["x"],["y",["bills"]]])", "bills"));
    CHECK_FALSE(holds(R"(["x",{"f":"bills"}])", "bills"));
}

TEST_CASE("Booleans have names") {
    CHECK(holds("true", "true"));
    CHECK(holds("false", "false"));
    CHECK(holds(R"("true")", "true"));
    CHECK_FALSE(holds("true", "false"));
    CHECK_FALSE(holds("true", "True"));
    CHECK_FALSE(holds("true", "1"));
}

TEST_CASE("numbers are equal when they are the same number") {
    for (const std::string value : {"3", "3.0", "3e0", "30e-1", "0.3e1"})
        for (const std::string number : {"3", "3.0", "3e0", "30e-1"}) {
            CAPTURE(value);
            CAPTURE(number);
            CHECK(holds(number, value));
        }
    CHECK(holds("-0.0", "0"));
    CHECK(holds("0.1", "1e-1"));
    CHECK_FALSE(holds("3", "4"));
    CHECK_FALSE(holds("3.5", "3"));
    CHECK_FALSE(holds("3", "three"));
    CHECK_FALSE(holds("3", "3 "));
    CHECK_FALSE(holds("3", ""));
    CHECK_FALSE(holds("1e400", "inf"));
    CHECK_FALSE(holds("1", "nan"));
}

TEST_CASE("64-bit integers are compared exactly") {
    CHECK(holds("9007199254740993", "9007199254740993"));
    CHECK_FALSE(holds("9007199254740993", "9007199254740992"));
    CHECK(holds("18446744073709551615", "18446744073709551615"));
    CHECK_FALSE(holds("18446744073709551615", "18446744073709551614"));
    CHECK(holds("-9223372036854775808", "-9223372036854775808"));
    CHECK(holds("9223372036854775808", "9223372036854775808.0"));
    CHECK(holds("1e19", "10000000000000000000"));
    CHECK(holds("123456789012345678901234567890", "123456789012345678901234567890"));
    CHECK_FALSE(holds("123456789012345678901234567890", "3"));
}

TEST_CASE("any of several values will do") {
    const auto matches = [](const std::string& document) {
        return answer(document, [](Predicates& predicates) { return predicates.matches({"f", {"a", "2", "true"}}); });
    };
    for (const std::string value : {R"("a")", "2", "2.0", "true", R"(["x", 2])"})
        CHECK(matches(R"({"f":)" + value + "}"));
    for (const std::string value : {R"("b")", "3", "false", "null", R"({"a":1})"})
        CHECK_FALSE(matches(R"({"f":)" + value + "}"));
}

TEST_CASE("the document of a line by elasticdump is its _source") {
    const std::string inside = R"({"f":"x","_source":{"g":1}})";
    const std::string line = R"({"f":"y","h":1,"_source":)" + inside + R"(,"k":1,"_source":{"m":1}})";
    CHECK(has_term(line, "f", "x"));
    CHECK(has(line, "_source.g"));
    CHECK_FALSE(has_term(line, "f", "y"));
    for (const std::string path : {"h", "k", "m", "g", "_source.f"}) {
        CAPTURE(path);
        CHECK_FALSE(has(line, path));
    }
    CHECK(has(R"({"f":1,"_source":1,"_source":{"g":1}})", "f"));
    CHECK(has(R"({"f":1,"_source":1,"_source":{"g":1}})", "_source.g"));
}

TEST_CASE("the same predicate is evaluated once") {
    Predicates predicates;
    const auto field = predicates.exists("a.b");
    const auto term = predicates.matches({"a.b", {"1", "2"}});
    CHECK(predicates.exists("a.b") == field);
    CHECK(predicates.matches({"a.b", {"1", "2"}}) == term);
    CHECK(predicates.matches({"a.b", {"1"}}) != term);
    CHECK(predicates.exists("a") != field);
}

TEST_CASE("an answer is of the latest document") {
    Predicates predicates;
    const auto field = predicates.exists("f");
    Evaluation evaluation(std::make_shared<Predicates>(std::move(predicates)));
    CHECK_FALSE(evaluation.holds(field));
    LineParser parser;
    for (const auto& [document, expected] :
         {std::pair(R"({"f":1})", true), std::pair(R"({"g":1})", false), std::pair(R"({"f":[2]})", true)}) {
        evaluation.read(parser.parse(simdjson::padded_string(std::string_view(document))).get_object().value());
        CHECK(evaluation.holds(field) == expected);
    }
}
