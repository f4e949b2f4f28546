#include "findings.hpp"
#include "support.hpp"

#include <store/checks.hpp>
#include <store/remedy.hpp>

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

TEST_CASE("a snapshot of a moment ago is of just now, and a clock may be wrong by a little") {
    const auto now = test::at("2025-10-10T14:00:00Z");
    says(check_latest(std::optional(now), now), Severity::ok, "just now");
    says(check_latest(std::optional(now + 5min), now), Severity::ok, "just now");
    says(check_latest(std::optional(now - 2h), now), Severity::ok, "2h ago");
    CHECK(check_latest(std::optional(now - 3h), now).hint == Hint(Remedy::schedule_snapshots));
}

TEST_CASE("a measurement is told with all its numbers") {
    const Finding found = check_measurement(test::bills(), test::snapshot(2, 20, 18));
    CHECK(found.severity == Severity::ok);
    CHECK(found.message == "22 bills: 2 without dates, 20 with, 18 of these with expires_at");
    Backfill plain = test::invoices();
    plain.derived.clear();
    Snapshot snapshot = test::snapshot(0, 1, 0);
    snapshot.derived.clear();
    CHECK(check_measurement(plain, snapshot).message == "1 invoices: 0 without due_date, 1 with");
}

TEST_CASE("an empty population is a problem, and no all-clear") {
    const Finding found = check_measurement(test::bills(), test::snapshot(0, 0, 0));
    says(found, Severity::problem, "no document matches category: bills in gmail_emails_v2");
    CHECK(found.hint == Hint(Remedy::check_population_and_index));
}

TEST_CASE("a measurement that failed is a problem, in the words of its error") {
    const Finding found = check_measurement(test::bills(), Error{ErrorKind::timeout, "no answer in 10s", "wait"});
    says(found, Severity::problem, "no answer in 10s");
    CHECK(found.hint == Hint("wait"));
}

TEST_CASE("names from outside do not break a line") {
    Backfill odd = test::bills();
    odd.index = "a\nb\x1b[2J";
    odd.name = "x\ny";
    for (const Finding& found : {check_measurement(odd, test::snapshot(0, 0, 0)), absent_field(odd),
                                 absent_derived(odd, "d\n"), check_measurement(odd, test::snapshot(1, 1, 1))}) {
        CHECK(found.message.find('\n') == std::string::npos);
        CHECK(found.message.find('\x1b') == std::string::npos);
    }
}

TEST_CASE("a field that nobody has yet is a warning: the backfill may not have run") {
    CHECK(absent_field(test::bills()).message == "no bills have dates");
    CHECK(absent_field(test::bills()).severity == Severity::warning);
    CHECK(absent_field(test::bills()).hint == Hint(Remedy::wait_for_first_run, "field"));
    CHECK(absent_derived(test::bills(), "expires_at").message == "no bills with dates have expires_at");
    CHECK(absent_derived(test::bills(), "expires_at").severity == Severity::warning);
}
