#include <report/finding_report.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>

using namespace health;

namespace {

enum class Remedy { mend };

std::string texts(const Hint& hint) {
    return hint.remedy<Remedy>() ? "mend " + hint.subject() : hint.sentence();
}

} // namespace

TEST_CASE("findings as JSON, with hints in words") {
    const std::vector<Finding> findings{
        {.check = "a", .message = "fine"},
        {.check = "b", .severity = Severity::problem, .message = "bad", .hint = "mend it"},
        {.check = "b", .severity = Severity::problem, .message = "bad", .hint = {Remedy::mend, "that"}},
        not_checked("c", "needs read")};
    CHECK(boost::json::value(to_json(findings, texts)) == boost::json::parse(R"({
        "checks": [{"check": "a", "level": "ok", "message": "fine", "hint": ""},
                   {"check": "b", "level": "problem", "message": "bad", "hint": "mend it"},
                   {"check": "b", "level": "problem", "message": "bad", "hint": "mend that"},
                   {"check": "c", "level": "warning", "message": "not checked: needs read", "hint": ""}],
        "ok": 1, "warnings": 1, "problems": 2})"));
}
