#include "support.hpp"

#include <report/backfill_status.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace health;
using namespace std::chrono_literals;
using State = BackfillStatus::State;

namespace {

const Progress::Outlook too_early = Progress::NoEstimate{.reason = Progress::Reason::too_little_seen};
const Progress::Outlook a_minute =
    Progress::Estimate{.expected = 62s, .soonest = 55s, .latest = 70s, .per_second = 5.8};

BackfillStatus of(const std::optional<Snapshot>& snapshot, const Progress::Outlook& outlook = a_minute,
                  bool failing = false) {
    return status_of(test::bills(), snapshot, outlook, failing);
}

Snapshot breaking(std::uint64_t missing, std::uint64_t documents) {
    Snapshot out = test::snapshot(missing, 20, 18);
    out.broken = {{.rule = "dates < now", .documents = documents}};
    return out;
}

} // namespace

TEST_CASE("what fails has no numbers to go by, whatever they were") {
    CHECK(of(std::nullopt, too_early, true).state == State::failing);
    const BackfillStatus failing = of(breaking(0, 3), a_minute, true);
    CHECK(failing.state == State::failing);
    CHECK(failing.time_left.empty());
    CHECK(failing.broken_rules.empty());
    CHECK(of(test::snapshot(0, 20, 18), a_minute, true).state == State::failing);
}

TEST_CASE("before a measurement, and where no document matches, nothing is left") {
    CHECK(of(std::nullopt).state == State::not_measured);
    CHECK(of(test::snapshot(0, 0, 0)).state == State::empty);
    CHECK(of(test::snapshot(0, 0, 0)).time_left.empty());
}

TEST_CASE("an unfinished one has the time left, and the rules that it breaks") {
    const BackfillStatus unfinished = of(breaking(2, 3));
    CHECK(unfinished.state == State::unfinished);
    CHECK(unfinished.missing == 2);
    CHECK(unfinished.time_left == "about 1m 2s left (55s to 1m 10s)");
    CHECK(unfinished.broken_rules == "3 break dates < now");
    CHECK(of(breaking(2, 0)).broken_rules.empty());
    CHECK(of(breaking(2, 0), too_early).time_left.empty());
    const Progress::Outlook stopped =
        Progress::NoEstimate{.reason = Progress::Reason::nothing_filled, .time = 240s, .per_second = 0};
    CHECK(of(breaking(2, 0), stopped).time_left == "nothing filled for 4m");
}

TEST_CASE("where nothing is missing and a rule is broken, no time would help") {
    const BackfillStatus broken = of(breaking(0, 1));
    CHECK(broken.state == State::only_rules_broken);
    CHECK(broken.broken_rules == "1 breaks dates < now");
    CHECK(broken.time_left.empty());
    CHECK(of(breaking(0, 0)).state == State::done);
}

TEST_CASE("what is done may have a remark") {
    CHECK(of(test::snapshot(0, 20, 18)).state == State::done);
    CHECK(of(test::snapshot(0, 20, 18)).remark.empty());
    CHECK(of(test::snapshot(0, 20, 0)).remark.ends_with("have expires_at, although all have dates[]"));
}

TEST_CASE("documents that arrived since do not keep a backfill from being done, and are remarked on") {
    Snapshot snapshot = test::snapshot(3, 20, 18);
    CHECK_FALSE(is_done(snapshot));
    snapshot.arrivals = {.since = snapshot.ts, .total = 5, .missing = 3};
    CHECK(is_done(snapshot));
    const BackfillStatus done = of(snapshot);
    CHECK(done.state == State::done);
    CHECK(done.remark.ends_with("without dates: the backfill alone will not finish"));
    snapshot.missing = 4;
    CHECK(of(snapshot).state == State::unfinished);
}

TEST_CASE("a conclusion keeps the rules that are broken apart, as a warning") {
    const auto both = [](const BackfillStatus& status) {
        const auto [text, warning] = status.conclusion();
        return text + "|" + warning;
    };
    CHECK(both({.state = State::failing}) == "|");
    CHECK(both({.state = State::empty}) == "no document matches|");
    CHECK(both({.state = State::done}) == "done|");
    CHECK(both({.state = State::done, .remark = "none has due_date"}) == "done, but none has due_date|");
    CHECK(both({.state = State::only_rules_broken, .broken_rules = "3 break a < b"}) ==
          "nothing missing, but |3 break a < b");
    CHECK(both({.state = State::unfinished, .time_left = "about 4m left"}) == "about 4m left|");
    CHECK(both({.state = State::unfinished, .broken_rules = "3 break a < b"}) == "|3 break a < b");
    CHECK(both({.state = State::unfinished, .time_left = "about 4m left", .broken_rules = "3 break a < b"}) ==
          "about 4m left, |3 break a < b");
}

TEST_CASE("failures are most urgent, then what misses most; what is done comes last") {
    std::vector<BackfillStatus> all{of(test::snapshot(0, 20, 18)), of(breaking(0, 3)), of(test::snapshot(2, 20, 18)),
                                    of(test::snapshot(9, 20, 18)), of(std::nullopt, too_early, true)};
    std::ranges::stable_sort(all, {}, &BackfillStatus::urgency);
    CHECK(all[0].state == State::failing);
    CHECK(all[1].missing == 9);
    CHECK(all[2].missing == 2);
    CHECK(all[3].state == State::only_rules_broken);
    CHECK(all[4].state == State::done);
}
