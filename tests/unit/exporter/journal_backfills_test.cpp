#include "support.hpp"

#include <exporter/journal.hpp>

#include <doctest/doctest.h>

#include <variant>
#include <vector>

using namespace health;
using namespace health::exporter;
using namespace std::chrono_literals;

namespace {

using Results = std::vector<Result<Snapshot>>;

Backfill orders() {
    Backfill out = test::invoices();
    out.name = "orders";
    return out;
}

Result<Snapshot> missing(std::uint64_t count) {
    return test::snapshot(count, 20, 18);
}

Result<Snapshot> error(const std::string& text, ErrorKind kind = ErrorKind::timeout) {
    return Error{kind, text, ""};
}

/// A journal, and the time that passes in it.
class Days {
public:
    explicit Days(const std::vector<Backfill>& backfills)
        : journal_(backfills, {.max_stale = 15min, .refresh_interval = 15s, .hint_texts = test::sentence}) {}

    Journal::Recorded measure(const Results& results) { return journal_.record(results, 5ms, now_); }
    void record_history(const std::vector<Backfill>& backfills, const std::vector<Result<History>>& results) {
        journal_.record_history(backfills, results);
    }
    void pass(std::chrono::seconds time) {
        now_.steady += time;
        now_.calendar += time;
    }

    [[nodiscard]] Journal::Exposed exposed() const { return journal_.exposed(now_.steady); }
    [[nodiscard]] View view(std::optional<std::string_view> only = std::nullopt) const {
        return journal_.view(now_.steady, only);
    }
    [[nodiscard]] std::optional<std::uint64_t> shown(std::size_t backfill) const {
        const auto snapshot = exposed().telemetry.readings.at(backfill).snapshot;
        CHECK(snapshot == view().backfills.at(backfill).snapshot);
        return snapshot ? std::optional(snapshot->missing) : std::nullopt;
    }
    [[nodiscard]] bool up(std::size_t backfill) const { return exposed().telemetry.readings.at(backfill).up; }
    [[nodiscard]] double all_succeeded() const { return exposed().telemetry.all_succeeded_seconds; }
    [[nodiscard]] std::optional<std::string> reason_not_ready() const { return journal_.reason_not_ready(); }
    [[nodiscard]] const ClockReading& now() const { return now_; }

private:
    Journal journal_;
    ClockReading now_{.steady = Clock::time_point(1h), .calendar = test::at("2025-10-10T12:00:00Z")};
};

constexpr double noon = 1760097600;

} // namespace

TEST_CASE("one backfill that fails for ever neither hides nor ages the other") {
    Days days({test::bills(), test::invoices()});
    days.measure({missing(9), missing(50)});
    for (std::uint64_t quarter = 1; quarter <= 96; ++quarter) {
        days.pass(15min);
        days.measure({missing(quarter), error("no answer")});
        CHECK(days.shown(0) == quarter);
        CHECK(days.shown(1) == std::nullopt); // as soon as --max-stale is over
        CHECK(days.up(0));
        CHECK_FALSE(days.up(1));
    }
    CHECK(days.exposed().until == Clock::time_point::max());
    const View view = days.view();
    CHECK(view.backfills[0].last_success == test::at("2025-10-11T12:00:00Z"));
    CHECK_FALSE(view.backfills[0].failure);
    CHECK(view.backfills[1].last_success == test::at("2025-10-10T12:00:00Z"));
    CHECK(view.backfills[1].failure->since == test::at("2025-10-10T12:15:00Z"));
}

TEST_CASE("the last good numbers of one that fails are shown for as long as they may be") {
    Days days({test::bills(), test::invoices()});
    days.measure({missing(9), missing(50)});
    days.pass(10min);
    days.measure({missing(8), missing(40)});
    days.pass(1min);
    days.measure({error("slow"), missing(30)});
    CHECK(days.exposed().until == days.now().steady + 14min);
    days.pass(14min - 1s);
    CHECK(days.shown(0) == 8);
    days.pass(1s);
    CHECK(days.shown(0) == std::nullopt);
    CHECK(days.shown(1) == 30); // nobody has measured it since, but nothing failed
}

TEST_CASE("of two that fail the page of metrics changes when the first becomes too old") {
    Days days({test::bills(), test::invoices()});
    days.measure({missing(9), missing(50)});
    days.pass(1min);
    days.measure({error("slow"), missing(40)});
    days.pass(1min);
    days.measure({error("slow"), error("slow")});
    CHECK(days.exposed().until == days.now().steady + 13min);
    days.pass(13min);
    CHECK(days.shown(0) == std::nullopt);
    CHECK(days.shown(1) == 40);
    CHECK(days.exposed().until == days.now().steady + 1min);
}

TEST_CASE("one that recovers shows its new numbers, and the others have not noticed") {
    Days days({test::bills(), test::invoices(), orders()});
    days.measure({missing(1), error("no index", ErrorKind::index_missing), error("slow")});
    CHECK(days.shown(0) == 1);
    CHECK(days.shown(1) == std::nullopt);
    days.pass(1h);
    days.measure({missing(1), missing(7), error("slow")});
    CHECK(days.shown(1) == 7);
    CHECK(days.up(1));
    CHECK_FALSE(days.up(2));
    CHECK_FALSE(days.view().backfills[1].failure);
    CHECK(days.all_succeeded() == 0);
}

TEST_CASE("the latest measurement in which all succeeded is remembered as long as one fails") {
    Days days({test::bills(), test::invoices()});
    CHECK(days.all_succeeded() == 0);
    days.measure({missing(1), missing(2)});
    CHECK(days.all_succeeded() == noon);
    days.pass(60s);
    days.measure({missing(1), error("slow")});
    CHECK(days.all_succeeded() == noon);
    days.pass(60s);
    days.measure({missing(1), missing(1)});
    CHECK(days.all_succeeded() == noon + 120);
}

TEST_CASE("ready is what has one backfill that can be measured") {
    Days days({test::bills(), test::invoices()});
    CHECK(days.reason_not_ready() == "not measured yet");
    days.measure({error("no index"), error("slow")});
    CHECK(days.reason_not_ready() == "no index");
    days.measure({error("no index"), missing(3)});
    CHECK_FALSE(days.reason_not_ready());
    days.measure({missing(3), error("slow")});
    CHECK_FALSE(days.reason_not_ready());
    days.measure({error("no index"), error("slow")});
    CHECK(days.reason_not_ready() == "no index");
}

TEST_CASE("a measurement fails when any backfill does, by the first error, and counts once") {
    Days days({test::bills(), test::invoices(), orders()});
    const auto recorded = days.measure({missing(1), error("slow"), error("no index", ErrorKind::index_missing)});
    REQUIRE(recorded.error);
    CHECK(recorded.error->message == "slow");
    CHECK_FALSE(days.measure({missing(1), missing(1), missing(1)}).error);
    const View view = days.view();
    CHECK(view.succeeded == 1);
    CHECK(view.failed == 1);
    REQUIRE(view.refreshes.size() == 2);
    CHECK_FALSE(view.refreshes[0].failure);
    CHECK(view.refreshes[1].failure == ErrorKind::timeout);
    CHECK(view.refreshes[1].failed == 2);
    CHECK(view.refreshes[1].backfills == 3);
    CHECK(days.exposed().telemetry.durations.count == 2);
}

TEST_CASE("a history that cannot be read is missing on the page of its backfill, and not on those of others") {
    Days days({test::bills(), test::invoices()});
    const std::vector<Result<History>> read{History{}, Error{ErrorKind::partial, "some shards failed", ""}};
    days.record_history({test::bills(), test::invoices()}, read);
    CHECK(days.view().no_history == "some shards failed");
    CHECK(days.view("bills").no_history.empty());
    CHECK(days.view("invoices").no_history == "some shards failed");
}

TEST_CASE("changes are those who begin to fail, by their error, and those who work again") {
    Days days({test::bills(), test::invoices(), orders()});
    CHECK(days.measure({missing(1), missing(1), missing(1)}).changes.empty());
    auto changes = days.measure({error("slow"), missing(1), error("slow")}).changes;
    REQUIRE(changes.size() == 1);
    CHECK(changes[0].names == std::vector<std::string>{"bills", "orders"});
    CHECK(changes[0].failure->text == "slow");
    CHECK(days.measure({error("slow"), missing(1), error("slower")}).changes.empty());
    changes = days.measure({missing(1), error("cut off"), missing(1)}).changes;
    REQUIRE(changes.size() == 2);
    CHECK(changes[0].names == std::vector<std::string>{"bills", "orders"});
    CHECK_FALSE(changes[0].failure);
    CHECK(changes[1].names == std::vector<std::string>{"invoices"});
    CHECK(changes[1].failure->text == "cut off");
}

TEST_CASE("an error is one entry however often it comes, and of however many backfills") {
    Days days({test::bills(), test::invoices()});
    for (int i = 0; i < 12; ++i) {
        days.measure({error("slow"), error("slow")});
        days.pass(1min);
    }
    days.measure({error("cut off", ErrorKind::unreachable), error("slow")});
    const auto errors = days.view().errors;
    REQUIRE(errors.size() == 2);
    CHECK(errors[0].text == "slow");
    CHECK(errors[0].times == 13);
    CHECK(errors[0].first == test::at("2025-10-10T12:00:00Z"));
    CHECK(errors[0].last == test::at("2025-10-10T12:12:00Z"));
    CHECK(errors[1].text == "cut off");
    CHECK(errors[1].times == 1);
}

TEST_CASE("how a backfill goes on is judged by what was seen of it alone") {
    Days days({test::bills(), test::invoices()});
    for (std::uint64_t left = 1000; left >= 800; left -= 10) {
        days.measure({test::snapshot(left, 1000 - left, 0), missing(5)});
        days.pass(5s);
    }
    const View view = days.view();
    REQUIRE(view.backfills[0].change);
    CHECK(view.backfills[0].change->missing == doctest::Approx(-2));
    const auto* estimate = std::get_if<Progress::Estimate>(&view.backfills[0].outlook);
    REQUIRE(estimate != nullptr);
    CHECK(estimate->expected.count() == doctest::Approx(400).epsilon(0.05));
    CHECK(view.backfills[1].change->missing == 0);
    CHECK(std::holds_alternative<Progress::NoEstimate>(view.backfills[1].outlook));

    days.measure({error("slow"), missing(5)});
    const auto outlook = days.view().backfills[0].outlook;
    REQUIRE(std::holds_alternative<Progress::NoEstimate>(outlook));
    CHECK(std::get<Progress::NoEstimate>(outlook).reason == Progress::Reason::not_measured);
}

TEST_CASE("a failure is a gap in the trend of its backfill alone") {
    Days days({test::bills(), test::invoices()});
    days.measure({missing(3), missing(3)});
    days.pass(15s);
    days.measure({error("slow"), missing(2)});
    days.pass(15s);
    days.measure({missing(1), missing(1)});
    const View view = days.view();
    CHECK(pieces(view.backfills[0].history).size() == 2);
    CHECK(pieces(view.backfills[1].history).size() == 1);
}
