#include "findings.hpp"
#include "support.hpp"

#include <store/checks.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <optional>

using namespace health;
using namespace std::chrono_literals;
using test::says;

TEST_CASE("the latest snapshot") {
    const auto now = test::at("2025-10-10T14:00:00Z");
    says(check_latest(std::optional(now - 30min), now), Severity::ok, "30m");
    says(check_latest(std::optional(now - 121min), now), Severity::warning, "2h");
    says(check_latest(std::optional(now + 10min), now), Severity::warning, "in the future");
    says(check_latest(std::optional<Timestamp>(), now), Severity::warning, "none yet");
    CHECK(check_latest(std::optional<Timestamp>(), now).hint == Remedy::store_snapshot);
    says(check_latest(Error{ErrorKind::partial, "half", ""}, now), Severity::warning, "not checked: half");
}
