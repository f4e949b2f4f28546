#include <elasticsearch/api/duplicate_key.hpp>

#include <doctest/doctest.h>

#include <string>

using health::elasticsearch::has_duplicate_key;

TEST_CASE("a key is there once in each object, however often in others") {
    for (const std::string json :
         {"{}", "[]", "1", "null", "\"a\"", R"({"a":{"a":{"a":1}}})", R"([{"a":1},{"a":1}])",
          R"({"a":[{"b":1},{"b":2}],"b":{"a":1}})", R"({"a":1,"A":2,"a ":3})", R"({"x":"\"a\":1,\"a\":2"})",
          R"({"a":1,"a.b":2,"b":{"a":1}})", R"({"":1})", R"({"n":18446744073709551615})"}) {
        CAPTURE(json);
        CHECK_FALSE(has_duplicate_key(json));
    }
}

TEST_CASE("a key that is there twice is found at whatever depth, and however it is written") {
    for (const std::string json : {R"({"a":1,"a":1})", R"({"a":1,"b":2,"a":{}})", R"({"x":{"y":[0,[{"a":1,"a":2}]]}})",
                                   R"([{},{"a":1,"a":1}])", R"({"a":1,"\u0061":2})", R"({"\u00e4":1,"ä":2})",
                                   R"({"":1,"":2})", R"({"a":[],"b":[{"c":{}},{"c":{},"c":1}]})"}) {
        CAPTURE(json);
        CHECK(has_duplicate_key(json));
    }
    std::string many = "{";
    for (int i = 0; i < 10000; ++i)
        many += "\"k" + std::to_string(i) + "\":0,";
    CHECK_FALSE(has_duplicate_key(many + "\"last\":0}"));
    CHECK(has_duplicate_key(many + "\"k9999\":0}"));
}

TEST_CASE("where it cannot be decided, the answer must not be trusted") {
    for (const std::string& json :
         {std::string(), std::string(" "), std::string("<html>"), std::string(R"({"a":1)"), std::string(R"({"a":1}})"),
          std::string(R"({"a":1e400})"), std::string("{\"a\":\"\xFF\"}"), std::string("{\"a\":1}\0", 8),
          std::string(5000, '['), std::string(5000, '[') + std::string(5000, ']')}) {
        CAPTURE(json.substr(0, 20));
        CHECK(has_duplicate_key(json));
    }
}
