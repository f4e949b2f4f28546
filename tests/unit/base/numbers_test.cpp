#include <base/numbers.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

using namespace health;

TEST_CASE("a number is the whole text, or none") {
    CHECK(parse_number<int>("42") == 42);
    CHECK(parse_number<int>("-7") == -7);
    CHECK(parse_number<unsigned>("ff", 16) == 255U);
    CHECK(parse_number<std::uint16_t>("65535") == 65535);
    CHECK(parse_number<double>("0.25") == 0.25);
    CHECK(parse_number<double>("-1e3") == -1000.0);
    for (const char* text : {"", " 42", "42 ", "+42", "4 2", "42x", "0x2a", "4.2", "1e3"}) {
        CAPTURE(text);
        CHECK(!parse_number<int>(text));
    }
}

TEST_CASE("a number that does not fit is none") {
    CHECK(!parse_number<std::uint16_t>("65536"));
    CHECK(!parse_number<unsigned>("-1"));
    CHECK(!parse_number<std::int64_t>("9223372036854775808"));
    CHECK(!parse_number<unsigned char>("100", 16));
    for (const char* text : {"1e999", "inf", "-infinity", "nan"}) {
        CAPTURE(text);
        CHECK(!parse_number<double>(text));
    }
}

TEST_CASE("a number is taken off the front, and the rest stays") {
    std::string_view text = "85.5%";
    CHECK(take_number<double>(text) == 85.5);
    CHECK(text == "%");
    CHECK(!take_number<double>(text));
    CHECK(text == "%");
}

TEST_CASE("major and minor number of a version") {
    CHECK(parse_version("8.12.2") == std::pair(8, 12));
    CHECK(parse_version("7.17.0-SNAPSHOT") == std::pair(7, 17));
    CHECK(parse_version("9.0") == std::pair(9, 0));
    for (const char* text : {"", "8", "8.", "8.x", "v8.1", ".8"}) {
        CAPTURE(text);
        CHECK(!parse_version(text));
    }
}

TEST_CASE("a sign stands before every number but zero") {
    CHECK(signed_number(std::int64_t{7}) == "+7");
    CHECK(signed_number(std::int64_t{-7}) == "-7");
    CHECK(signed_number(std::int64_t{0}) == "0");
    CHECK(signed_number(1.46, 1) == "+1.5");
    CHECK(signed_number(-1234.4, 0) == "-1234");
    CHECK(signed_number(0, 1) == "0.0");
    CHECK(signed_number(-0.04, 1) == "0.0");
    CHECK(signed_number(0.4, 0) == "0");
}

TEST_CASE("a percentage is neither 0 nor 100 before it is, however it is rounded") {
    CHECK(percent(share(20, 22), Rounding::down) == "90.9 %");
    CHECK(percent(share(2, 22), Rounding::up) == "9.1 %");
    CHECK(percent(0.98649) == "98.6 %");
    CHECK(percent(0.98651) == "98.7 %");
    for (const Rounding rounding : {Rounding::nearest, Rounding::down, Rounding::up}) {
        CHECK(percent(share(99999, 100000), rounding) == "99.9 %");
        CHECK(percent(share(1, 100000), rounding) == "0.1 %");
        CHECK(percent(share(0, 22), rounding) == "0.0 %");
        CHECK(percent(share(22, 22), rounding) == "100.0 %");
        CHECK(percent(share(0, 0), rounding) == "n/a");
    }
}

TEST_CASE("a share of more than all shows that the numbers are inconsistent") {
    CHECK(percent(share(23, 22)) == "104.5 %");
}

TEST_CASE("a percentage in whole tenths is shown as it is") {
    for (std::uint64_t tenths = 0; tenths <= 1000; ++tenths)
        CHECK(percent(share(tenths, 1000)) == std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %");
}
