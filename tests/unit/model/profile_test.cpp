#include "support.hpp"

#include <model/profile.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace health;

TEST_CASE("ten years later is the same day, and in a year without 29 February the day before") {
    CHECK(date_text(ten_years_after(test::at("2025-10-10T14:22:31Z"))) == "2035-10-10T14:22:31Z");
    CHECK(date_text(ten_years_after(test::at("2024-02-29T23:00:00Z"))) == "2034-02-28T23:00:00Z");
}

TEST_CASE("1970 is the year") {
    CHECK(date_text(begin_of_1970) == "1970-01-01T00:00:00Z");
    CHECK(date_text(end_of_1970) == "1971-01-01T00:00:00Z");
}

TEST_CASE("numbers have plain digits, and no more than they need") {
    CHECK(number_text(0.1) == "0.1");
    CHECK(number_text(widened(0.1F)) == "0.1");
    CHECK(number_text(static_cast<double>(0.1F)) == "0.10000000149011612");
    CHECK(number_text(-2.50) == "-2.5");
    CHECK(number_text(5.0) == "5");
    CHECK(number_text(1e20) == "100000000000000000000");
    CHECK(number_text(0.00001) == "0.00001");
    CHECK(number_text(-0.0) == "0");
    CHECK(number_text(1e300) == "1e+300");
    CHECK(number_text(5e-324) == "5e-324");
    CHECK(number_text(widened(std::numeric_limits<float>::max())) == "3.4028235e+38");
}

TEST_CASE("types come back from their names") {
    for (const ValueType type : {ValueType::date, ValueType::number, ValueType::boolean, ValueType::keyword})
        CHECK(parse_value_type(to_string(type)) == type);
    CHECK(!parse_value_type("text"));
}
