#include <model/finding.hpp>

#include <doctest/doctest.h>

using namespace health;

TEST_CASE("findings are counted in words") {
    const std::vector<Finding> findings{
        {.check = "a", .message = "fine"},
        {.check = "b", .severity = Severity::problem, .message = "bad", .hint = "mend it"},
        not_checked("c", "needs read")};
    CHECK(to_string(count(findings)) == "1 ok, 1 warning, 1 problem");
    CHECK(to_string(count({})) == "0 ok, 0 warnings, 0 problems");
    CHECK(findings.back().severity == Severity::warning);
}
