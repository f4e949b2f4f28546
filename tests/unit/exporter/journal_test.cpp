#include "exporter/fixtures.hpp"

#include <exporter/journal.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace health;
using namespace health::exporter;

namespace {

using Histories = std::vector<Result<History>>;

std::uint64_t failures_of(const Journal& journal, ErrorKind kind) {
    const auto& kinds = exposition::failure_kinds;
    const auto at = std::ranges::find(kinds, kind) - kinds.begin();
    return journal.exposed(Clock::now()).telemetry.failed.at(static_cast<std::size_t>(at));
}

} // namespace

TEST_CASE("before the first measurement there are no numbers, and it is not up") {
    const test::BillsJournal journal;
    CHECK_FALSE(journal.up());
    CHECK_FALSE(journal.shown());
    const View view = journal.seen();
    REQUIRE(view.backfills.size() == 1);
    CHECK_FALSE(view.backfills[0].failure);
    CHECK_FALSE(view.backfills[0].last_success);
    CHECK(view.refreshes.empty());
    CHECK(view.errors.empty());
}

TEST_CASE("each failure is counted by its kind, and one that has none is a refusal") {
    test::BillsJournal journal;
    for (const ErrorKind kind : exposition::failure_kinds)
        journal.ended(test::error(kind));
    for (const ErrorKind kind : exposition::failure_kinds)
        CHECK(failures_of(journal, kind) == 1);
    journal.ended(test::error(ErrorKind::usage));
    CHECK(failures_of(journal, ErrorKind::rejected) == 2);
    CHECK(journal.seen().succeeded == 0);
    CHECK(journal.seen().failed == exposition::failure_kinds.size() + 1);
}

TEST_CASE("a journal does not grow for ever") {
    test::BillsJournal journal;
    for (int i = 0; i < 1000; ++i) {
        journal.ended(test::error(ErrorKind::timeout, "slow by " + std::to_string(i)));
        journal.ended(test::snapshot(static_cast<std::uint64_t>(i), 20, 18));
    }
    const View view = journal.seen();
    CHECK(view.refreshes.size() == 20);
    CHECK(view.errors.size() == 10);
    CHECK(view.backfills.at(0).history.seen.size() == 720);
    CHECK(view.backfills.at(0).history.seen.back().missing == 999);
    CHECK(view.succeeded == 1000);
}

TEST_CASE("a trend is what is stored from before the first that was seen, and what was seen") {
    test::BillsJournal journal;
    journal.record_history(Histories{History{.points = {test::point(test::at("2025-10-10T10:00:00Z"), 9),
                                                        test::point(test::at("2025-10-10T11:00:00Z"), 5),
                                                        test::point(test::at("2100-01-01T00:00:00Z"), 1)}}});
    CHECK(journal.seen().backfills.at(0).history.stored.size() == 3);
    journal.ended(test::snapshot(2, 20, 18));
    const MissingHistory history = journal.seen().backfills.at(0).history;
    REQUIRE(history.stored.size() == 2);
    CHECK(history.stored.back().missing == 5);
    REQUIRE(history.seen.size() == 1);
    CHECK(history.seen.front().missing == 2);
}

TEST_CASE("a history that cannot be read leaves the one that was, and says why") {
    test::BillsJournal journal;
    journal.record_history(Histories{History{.points = {test::point(test::at("2025-10-10T10:00:00Z"), 9)}}});
    journal.record_history(Histories{test::error(ErrorKind::index_missing, "no such index")});
    CHECK(journal.seen().no_history.find("no such index") != std::string::npos);
    CHECK(journal.seen().backfills.at(0).history.stored.size() == 1);
    journal.record_history(Histories{History{}});
    CHECK(journal.seen().no_history.empty());
    CHECK(journal.seen().backfills.at(0).history.stored.empty());
}
