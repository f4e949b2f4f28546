#include <base/time.hpp>

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using health::in_words;

TEST_CASE("times for people are short") {
    CHECK(in_words(0s) == "0s");
    CHECK(in_words(59s) == "59s");
    CHECK(in_words(3600s) == "1h");
    CHECK(in_words(3605s) == "1h");
    CHECK(in_words(7500s) == "2h 5m");
    CHECK(in_words(100h) == "4d 4h");
}
