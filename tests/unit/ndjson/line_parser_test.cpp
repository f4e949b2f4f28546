#include <ndjson/line_parser.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <vector>

using namespace health::ndjson;

namespace {

simdjson::error_code failure(LineParser& parser, const std::string& line) {
    return parser.parse(simdjson::padded_string(line)).error();
}

std::string nested(std::size_t depth, const std::string& inside) {
    return std::string(depth, '[') + inside + std::string(depth, ']');
}

} // namespace

TEST_CASE("what is valid JSON is parsed") {
    LineParser parser;
    for (const std::string line :
         {R"({})", R"( {"a":[1,-2,0.5e-3,true,false,null,"ü\u00fc\"\\\/\b\f\n\r\t"]} )", R"({"a":1,"a":2})",
          R"({"n":123456789012345678901234567890})", R"({"n":-123456789012345678901234567890})", R"({"n":1e400})",
          R"({"n":-1e400,"m":1e-400,"o":1E+99999999999999999999999})",
          R"({"n":18446744073709551615,"m":18446744073709551616})", R"({"n":0.123456789012345678901234567890})",
          R"({"s":"\ud83d\ude00"})", R"({"s":"\ud83d"})", R"({"s":"\udc00x"})", R"({"s":"\ud83d\ud83d\ude00"})",
          R"({"s":"\ud83d\n"})", R"({"s\udfff":1e999})"}) {
        CAPTURE(line);
        CHECK(failure(parser, line) == simdjson::SUCCESS);
    }
}

TEST_CASE("what is not valid JSON is refused, also beside a number that only needs help") {
    LineParser parser;
    for (const std::string& wrong : std::vector<std::string>{R"(01)",
                                                             R"(-)",
                                                             R"(1.)",
                                                             R"(.5)",
                                                             R"(+1)",
                                                             R"(1e)",
                                                             R"(1e+)",
                                                             R"(--1)",
                                                             R"(0x10)",
                                                             R"(NaN)",
                                                             R"(Infinity)",
                                                             R"(-Infinity)",
                                                             R"(1e400e1)",
                                                             R"(0123456789012345678901234567890)",
                                                             R"(1-2)",
                                                             R"(tru)",
                                                             R"(nul)",
                                                             R"("\x")",
                                                             R"("\u12g4")",
                                                             R"("\ud83)",
                                                             R"("\ud83")",
                                                             "\"\xff\"",
                                                             "\"\xed\xa0\xbd\"",
                                                             "\"tab\there\"",
                                                             "'a'",
                                                             "[1,]",
                                                             "[1",
                                                             "{\"a\"}",
                                                             "1 2",
                                                             std::string("\"\0\"", 3),
                                                             std::string("1\0", 2)}) {
        CAPTURE(wrong);
        CHECK(failure(parser, R"({"a":)" + wrong + "}") != simdjson::SUCCESS);
        CHECK(failure(parser, R"({"n":1e400,"s":"\ud83d","a":)" + wrong + "}") != simdjson::SUCCESS);
    }
    for (const std::string line : {"", "{} {}", "{}{}", "{},", "{}x", "\xEF\xBB\xBF{}"}) {
        CAPTURE(line);
        CHECK(failure(parser, line) != simdjson::SUCCESS);
    }
}

TEST_CASE("only bytes of the line decide") {
    LineParser parser;
    const std::string line = R"({"a":"b"})";
    const simdjson::padded_string followed(line + R"(,"c" garbage)");
    const std::string_view view = followed;
    CHECK(parser.parse(view.substr(0, line.size())).error() == simdjson::SUCCESS);
    CHECK(parser.parse(view.substr(0, line.size() - 1)).error() != simdjson::SUCCESS);
    CHECK(parser.parse(view.substr(0, line.size() - 2)).error() != simdjson::SUCCESS);
    CHECK(parser.parse(view.substr(0, line.size() + 1)).error() != simdjson::SUCCESS);
}

TEST_CASE("nesting goes deep, with big numbers too") {
    LineParser parser;
    CHECK(failure(parser, nested(1000, "")) == simdjson::SUCCESS);
    CHECK(failure(parser, nested(1000, "123456789012345678901234567890")) == simdjson::SUCCESS);
    CHECK(failure(parser, nested(100'000, "1e400")) == simdjson::DEPTH_ERROR);
}

TEST_CASE("a number out of reach becomes the double nearest to it") {
    LineParser parser;
    const simdjson::padded_string line(
        std::string(R"([123456789012345678901234567890,1e400,-1e400,18446744073709551615,-9223372036854775808])"));
    const simdjson::dom::array numbers = parser.parse(line);
    CHECK(numbers.at(0).get_double().value() == 123456789012345678901234567890.0);
    CHECK(numbers.at(1).get_double().value() == std::numeric_limits<double>::max());
    CHECK(numbers.at(2).get_double().value() == std::numeric_limits<double>::lowest());
    CHECK(numbers.at(3).get_uint64().value() == std::numeric_limits<std::uint64_t>::max());
    CHECK(numbers.at(4).get_int64().value() == std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("half a surrogate pair becomes the replacement character, nothing else changes") {
    CHECK(representable(R"("a\ud83d")") == R"("a\ufffd")");
    CHECK(representable(R"("\ude00\ud83d")") == R"("\ufffd\ufffd")");
    CHECK(representable(R"("\ud83d\ud83d\ude00")") == R"("\ufffd\ud83d\ude00")");
    CHECK(representable(R"("\uD83D\uDE00\u0041\n")") == R"("\uD83D\uDE00\u0041\n")");
    CHECK(representable(R"("\\ud83d")") == R"("\\ud83d")");
    CHECK(representable(R"({"1e400":"1e400 \" 1e400"})") == R"({"1e400":"1e400 \" 1e400"})");
    CHECK(representable(R"([1,-2,"\)") == R"([1,-2,"\)");
}
