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

TEST_CASE("a coverage with four decimals is neither 0 nor 1 before it is, and is rounded as printf(3) does") {
    CHECK(describe_coverage(0.98548) == "0.9855");
    CHECK(describe_coverage(0.03125) == "0.0312");
    CHECK(describe_coverage(0.99999) == "0.9999");
    CHECK(describe_coverage(0.00001) == "0.0001");
    CHECK(describe_coverage(1) == "1.0000");
    CHECK(describe_coverage(0) == "0.0000");
    CHECK(describe_coverage(std::nullopt) == "n/a");
}

TEST_CASE("coverage is a share, and there is none without documents that have the field") {
    CHECK(coverage(test::snapshot(0, 20, 18)) == doctest::Approx(0.9));
    CHECK(!coverage(test::snapshot(20, 0, 0)).has_value());
}
