#include "child.hpp"
#include "fake_store.hpp"
#include "has.hpp"
#include "support.hpp"

#include <base/log.hpp>
#include <commands/watch/session.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

using namespace cli;
using health::Backfill;
using health::ErrorKind;
using health::Snapshot;
using namespace std::chrono_literals;
using test::has;

namespace {

const Snapshot half = test::snapshot(5, 5, 5);
const Snapshot whole = test::snapshot(0, 10, 10);
const health::Error no_answer = test::error(ErrorKind::timeout, "no answer within 5 s");

using Measurements = std::vector<Result<Snapshot>>;

/// A run of `watch` on one backfill, of which these are the measurements; the last one comes again and again.
WatchSettings watching(const Measurements& measurements) {
    auto store = std::make_shared<test::FakeStore>();
    store->on_measure = [measurements, next = std::size_t{0}](const Backfill&, const health::Deadline&) mutable {
        return measurements[std::min(next++, measurements.size() - 1)];
    };
    WatchSettings out;
    out.backfills = {test::bills()};
    out.store = store;
    out.timeout = 20s;
    out.interval = 10ms;
    out.until_done = true;
    return out;
}

test::Ended run(const WatchSettings& settings) {
    return test::in_child([&] {
        health::log::configure(health::log::Level::error, health::log::Format::logfmt);
        return WatchSession(settings).run();
    });
}

std::size_t lines_of(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

} // namespace

TEST_CASE("it ends when nothing is missing any more, with a line for each measurement") {
    const auto ended = run(watching({half, half, whole}));
    CHECK(ended.status == done);
    CHECK(lines_of(ended.out) == 3);
    CHECK(ended.err.empty());
}

TEST_CASE("what fails at once is most likely wrong, and what fails later may work again") {
    const auto wrong = run(watching({no_answer}));
    CHECK(wrong.status == failed);
    CHECK(wrong.out.empty());
    CHECK(has(wrong.err, "no answer within 5 s"));

    const auto again = run(watching({half, no_answer, no_answer, whole}));
    CHECK(again.status == done);
    CHECK(lines_of(again.out) == 2);
    CHECK(lines_of(again.err) == 2);
    CHECK(has(again.err, "measuring has failed since "));
    CHECK(has(again.err, "measuring works again as of "));
}

TEST_CASE("of several backfills those that fail are named, in one line for what fails in the same way") {
    auto store = std::make_shared<test::FakeStore>();
    store->on_measure = [rounds = std::map<std::string, int>()](const Backfill& backfill,
                                                                const health::Deadline&) mutable -> Result<Snapshot> {
        const int round = ++rounds[backfill.name];
        if (round == 2 && backfill.name != "third")
            return no_answer;
        return round < 3 ? half : whole;
    };
    WatchSettings settings = watching({half});
    settings.store = store;
    settings.backfills = {test::bills(), test::invoices(), test::bills()};
    settings.backfills.back().name = "third";
    const auto ended = run(settings);
    CHECK(ended.status == done);
    const std::string both = settings.backfills[0].name + ", " + settings.backfills[1].name;
    CHECK(has(ended.err, "measuring " + both + " has failed since "));
    CHECK(has(ended.err, "measuring " + both + " works again as of "));
    CHECK(lines_of(ended.err) == 2);
}

TEST_CASE("it gives up with what is left, or with why it cannot know") {
    WatchSettings settings = watching({half});
    settings.give_up_after = 1s;
    const auto unfinished = run(settings);
    CHECK(unfinished.status == check);
    CHECK(has(unfinished.err, "gave up after 1s: 5 documents of gmail_emails_v2 are missing dates[]\n"));

    settings = watching({half, no_answer});
    settings.give_up_after = 1s;
    const auto unknown = run(settings);
    CHECK(unknown.status == failed);
    CHECK(has(unknown.err, "gave up after 1s: no answer within 5 s"));
}

TEST_CASE("a signal ends it with the status that a shell gives") {
    for (const int signal : {SIGINT, SIGTERM}) {
        const WatchSettings settings = watching({half});
        const auto ended = test::in_child([&] {
            health::log::configure(health::log::Level::error, health::log::Format::logfmt);
            WatchSession session(settings); // it takes signals from now on
            static_cast<void>(std::raise(signal));
            return session.run();
        });
        CHECK(ended.status == 128 + signal);
    }
}
