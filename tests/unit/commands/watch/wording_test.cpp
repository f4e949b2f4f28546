#include "support.hpp"

#include <commands/watch/wording.hpp>

#include <doctest/doctest.h>

#include <cstdint>

using namespace cli;
using health::Glyphs;

namespace {

std::string percent(std::uint64_t missing, std::uint64_t present) {
    return percent_done(test::snapshot(missing, present, 0));
}

std::string bar(std::uint64_t missing, std::uint64_t present, std::size_t columns) {
    return progress_bar(test::snapshot(missing, present, 0), columns, Glyphs::ascii);
}

} // namespace

TEST_CASE("a share is 100 % only when nothing is missing") {
    CHECK(percent(0, 1) == "100.0 %");
    CHECK(percent(1, 999999) == "99.9 %");
    CHECK(percent(1, 4000000000) == "99.9 %");
    CHECK(percent(375, 868) == "69.8 %");
    CHECK(percent(1, 1) == "50.0 %");
    CHECK(percent(999, 1) == "0.1 %");
    CHECK(percent(9999, 1) == "0.1 %");
    CHECK(percent(1, 0) == "0.0 %");
}

TEST_CASE("of no documents nothing is done") {
    CHECK(share_done(test::snapshot(0, 0, 0)) == 0);
    CHECK(percent(0, 0) == "0.0 %");
    CHECK(bar(0, 0, 4) == "----");
}

TEST_CASE("a bar is as wide as it may be, and full only when nothing is missing") {
    CHECK(bar(1, 1, 10) == "#####-----");
    CHECK(bar(1, 999, 10) == "#########-");
    CHECK(bar(0, 5, 10) == "##########");
    CHECK(bar(5, 0, 10) == "----------");
    CHECK(bar(1, 1, 1) == "-");
    CHECK(bar(1, 1, 0).empty());
    CHECK(progress_bar(test::snapshot(1, 3, 0), 4, Glyphs::unicode) == "███░");
}
