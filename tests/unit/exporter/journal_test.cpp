#include "exporter/fixtures.hpp"

#include <exporter/journal.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace health;
using namespace health::exporter;
using namespace std::chrono_literals;

namespace {

std::uint64_t failures_of(const Journal& journal, ErrorKind kind) {
    const auto& kinds = exposition::failure_kinds;
    const auto at = std::ranges::find(kinds, kind) - kinds.begin();
    return journal.exposed().telemetry.failed.at(static_cast<std::size_t>(at));
}

History history(std::initializer_list<std::pair<std::string, double>> missing) {
    History out;
    for (const auto& [ts, count] : missing)
        out.points.push_back({.ts = test::at(ts), .snapshots = 1, .missing = count, .present = 20, .derived = {18}});
    return out;
}

} // namespace

TEST_CASE("before the first measurement there are no numbers, and it is not up") {
    const test::BillsJournal journal;
    CHECK_FALSE(journal.up());
    CHECK_FALSE(journal.shown());
    const View view = journal.view();
    CHECK(view.telemetry.last_success_seconds == 0);
    CHECK(view.refreshes.empty());
    CHECK_FALSE(view.failing);
}

TEST_CASE("a measurement that succeeds is shown") {
    test::BillsJournal journal;
    CHECK_FALSE(journal.ended(test::snapshot(2, 20, 18)));
    CHECK(journal.up());
    REQUIRE(journal.shown());
    CHECK(journal.shown()->missing == 2);
    const auto exposed = journal.exposed();
    CHECK(exposed.until == Clock::time_point::max());
    CHECK(exposed.telemetry.succeeded == 1);
    CHECK(exposed.telemetry.last_success_seconds > 0);
    CHECK(exposed.telemetry.durations.count == 1);
}

TEST_CASE("while measuring fails the last good numbers are shown, for as long as they may be") {
    test::BillsJournal journal(1h);
    journal.ended(test::snapshot(2, 20, 18));
    const double success = journal.exposed().telemetry.last_success_seconds;
    const auto error = journal.ended(test::error(ErrorKind::timeout, "no answer within 5 s"));
    REQUIRE(error);
    CHECK(error->message == "no answer within 5 s");
    CHECK_FALSE(journal.up());
    REQUIRE(journal.shown());
    CHECK(journal.shown()->missing == 2);
    const auto exposed = journal.exposed();
    CHECK(exposed.telemetry.last_success_seconds == success);
    CHECK(exposed.until > Clock::now() + 50min);
    CHECK(exposed.until < Clock::now() + 1h);
}

TEST_CASE("numbers that are too old are not shown, and come back with the next success") {
    test::BillsJournal journal(0ms);
    journal.ended(test::snapshot(2, 20, 18));
    CHECK(journal.shown());
    journal.ended(test::error(ErrorKind::unreachable));
    CHECK_FALSE(journal.shown());
    CHECK_FALSE(journal.view().telemetry.readings.at(0).snapshot);
    journal.ended(test::snapshot(1, 21, 18));
    REQUIRE(journal.shown());
    CHECK(journal.shown()->missing == 1);
}

TEST_CASE("each failure is counted by its kind, and one that has none is a refusal") {
    test::BillsJournal journal;
    for (const ErrorKind kind : exposition::failure_kinds)
        journal.ended(test::error(kind));
    for (const ErrorKind kind : exposition::failure_kinds)
        CHECK(failures_of(journal, kind) == 1);
    journal.ended(test::error(ErrorKind::usage));
    CHECK(failures_of(journal, ErrorKind::rejected) == 2);
    CHECK(journal.exposed().telemetry.succeeded == 0);
    CHECK(journal.exposed().telemetry.durations.count == exposition::failure_kinds.size() + 1);
}

TEST_CASE("what fails is named until it works again, and remembered behind that") {
    test::BillsJournal journal;
    journal.ended(test::error(ErrorKind::timeout, "slow"));
    journal.ended(test::error(ErrorKind::partial, "half"));
    View view = journal.view();
    REQUIRE(view.failing);
    CHECK(view.failing->kind == ErrorKind::partial);
    CHECK(view.failing->text.find("half") != std::string::npos);
    CHECK(view.failing_since <= view.failing->ts);
    journal.ended(test::snapshot(2, 20, 18));
    view = journal.view();
    CHECK_FALSE(view.failing);
    REQUIRE(view.failures.size() == 2);
    CHECK(view.failures[0].kind == ErrorKind::partial);
    CHECK(view.failures[1].kind == ErrorKind::timeout);
    REQUIRE(view.refreshes.size() == 3);
    CHECK_FALSE(view.refreshes[0].failure);
    CHECK(view.refreshes[2].failure->kind == ErrorKind::timeout);
    CHECK(view.refreshes[0].took == 5ms);
}

TEST_CASE("a journal does not grow for ever") {
    test::BillsJournal journal;
    for (int i = 0; i < 1000; ++i) {
        journal.ended(test::error(ErrorKind::timeout));
        journal.ended(test::snapshot(static_cast<std::uint64_t>(i), 20, 18));
    }
    const View view = journal.view();
    CHECK(view.refreshes.size() == 20);
    CHECK(view.failures.size() == 10);
    CHECK(view.trends.at(0).seen.size() == 720);
    CHECK(view.trends.at(0).seen.back().missing == 999);
    CHECK(view.telemetry.succeeded == 1000);
}

TEST_CASE("each backfill has its own numbers, and the first error is the measurement's") {
    Journal journal({test::bills(), test::invoices()}, 1h);
    const std::vector<Result<Snapshot>> results{test::error(ErrorKind::partial, "half"), test::snapshot(7, 3, 1)};
    const auto error = journal.record(results, 5ms);
    REQUIRE(error);
    CHECK(error->message == "half");
    const auto readings = journal.exposed().telemetry.readings;
    REQUIRE(readings.size() == 2);
    CHECK(readings[0].backfill == test::bills());
    CHECK_FALSE(readings[0].snapshot);
    REQUIRE(readings[1].snapshot);
    CHECK(readings[1].snapshot->missing == 7);
}

TEST_CASE("a trend is what is stored from before the first that was seen, and what was seen") {
    test::BillsJournal journal;
    journal.record_history(std::vector<Result<History>>{
        history({{"2025-10-10T10:00:00Z", 9}, {"2025-10-10T11:00:00Z", 5}, {"2100-01-01T00:00:00Z", 1}})});
    CHECK(journal.view().trends.at(0).stored.size() == 3);
    journal.ended(test::snapshot(2, 20, 18));
    const Trend trend = journal.view().trends.at(0);
    REQUIRE(trend.stored.size() == 2);
    CHECK(trend.stored.back().missing == 5);
    REQUIRE(trend.seen.size() == 1);
    CHECK(trend.seen.front().missing == 2);
}

TEST_CASE("a history that cannot be read leaves the one that was, and says why") {
    test::BillsJournal journal;
    journal.record_history(std::vector<Result<History>>{history({{"2025-10-10T10:00:00Z", 9}})});
    journal.record_history(std::vector<Result<History>>{test::error(ErrorKind::index_missing, "no such index")});
    CHECK(journal.view().no_history.find("no such index") != std::string::npos);
    CHECK(journal.view().trends.at(0).stored.size() == 1);
    journal.record_history(std::vector<Result<History>>{history({})});
    CHECK(journal.view().no_history.empty());
    CHECK(journal.view().trends.at(0).stored.empty());
}
