#include <base/json_text.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>

namespace json = boost::json;
using health::json_text;

TEST_CASE("a text between quotes is escaped as JSON requires") {
    CHECK(health::json_escaped("a\"b\\c\nd") == R"(a\"b\\c\nd)");
    CHECK(health::json_escaped("").empty());
}

TEST_CASE("numbers of JSON are plain decimal digits") {
    for (const auto& [number, text] :
         std::initializer_list<std::pair<double, const char*>>{{532.916, "532.916"},
                                                               {0.5, "0.5"},
                                                               {-0.95, "-0.95"},
                                                               {0, "0"},
                                                               {1e-7, "0.0000001"},
                                                               {12.0, "12"},
                                                               {1e21, "1000000000000000000000"},
                                                               {std::numeric_limits<double>::quiet_NaN(), "null"}})
        CHECK(json_text(number) == text);
    CHECK(json_text(std::numeric_limits<double>::max()).size() == 309);
    CHECK(json::parse(json_text(-std::numeric_limits<double>::min())).as_double() ==
          -std::numeric_limits<double>::min());
}

TEST_CASE("everything else of JSON is as usual") {
    const std::string text =
        R"({"a":[],"b":[1,-2,"x\"\n\u0001"],"c":{},"d":{"e \\":null,"f":true},"g":18446744073709551615})";
    CHECK(json_text(json::parse(text)) == json::serialize(json::parse(text)));
}
