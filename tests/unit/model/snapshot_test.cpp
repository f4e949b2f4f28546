#include "support.hpp"

#include <model/snapshot.hpp>

#include <doctest/doctest.h>

using namespace health;

TEST_CASE("the verdict is OK only when something is there, nothing is missing and the numbers fit") {
    CHECK(verdict(test::snapshot(0, 20, 18)) == Verdict::ok);
    CHECK(verdict(test::snapshot(0, 20, 20)) == Verdict::ok);
    CHECK(verdict(test::snapshot(1, 20, 20)) == Verdict::check);
    CHECK(verdict(test::snapshot(0, 0, 0)) == Verdict::check);
    CHECK(verdict(test::snapshot(0, 20, 21)) == Verdict::check);
}

TEST_CASE("coverage is a share, and there is none without documents that have the field") {
    CHECK(coverage(test::snapshot(0, 20, 18)) == doctest::Approx(0.9));
    CHECK(!coverage(test::snapshot(20, 0, 0)).has_value());
}
