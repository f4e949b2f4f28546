#include "exporter/fixtures.hpp"
#include "temporary_folder.hpp"

#include <exporter/refresher.hpp>

#include <doctest/doctest.h>

using namespace health;
using namespace health::exporter;
using namespace std::chrono_literals;

TEST_CASE("the refresher measures at its start, and says when the journal has it") {
    test::Refreshing refreshing;
    refreshing.refresher->start();
    REQUIRE(refreshing.store.begun.pop());
    CHECK_FALSE(refreshing.journal.up());
    refreshing.store.results.push(test::snapshot(2, 20, 18));
    REQUIRE(refreshing.recorded.pop());
    CHECK(refreshing.journal.up());
    refreshing.refresher->stop();
    CHECK(refreshing.store.begun.empty());
}

TEST_CASE("all who ask while it measures share the next measurement, which begins after they asked") {
    test::Refreshing refreshing;
    refreshing.refresher->start();
    REQUIRE(refreshing.store.begun.pop());
    for (int i = 0; i < 3; ++i)
        refreshing.request();
    refreshing.store.results.push(test::snapshot(2, 20, 18));
    REQUIRE(refreshing.store.begun.pop());
    CHECK(refreshing.answers.empty());
    refreshing.store.results.push(test::snapshot(1, 21, 18));
    for (int i = 0; i < 3; ++i) {
        const auto answer = refreshing.answers.pop();
        REQUIRE(answer);
        CHECK_FALSE(*answer);
        CHECK(refreshing.journal.shown()->missing == 1);
    }
    refreshing.refresher->stop();
    CHECK(refreshing.store.begun.empty());
}

TEST_CASE("who asks for a measurement that fails learns why") {
    test::Refreshing refreshing;
    refreshing.request();
    refreshing.refresher->start();
    refreshing.store.results.push(test::error(ErrorKind::partial, "half"));
    const auto answer = refreshing.answers.pop();
    REQUIRE(answer);
    REQUIRE(*answer);
    CHECK((*answer)->message == "half");
    CHECK_FALSE(refreshing.journal.up());
}

TEST_CASE("it measures again by itself at every interval") {
    test::Refreshing refreshing(1ms);
    refreshing.refresher->start();
    for (int i = 0; i < 3; ++i) {
        REQUIRE(refreshing.store.begun.pop());
        refreshing.store.results.push(test::snapshot(2, 20, 18));
        REQUIRE(refreshing.recorded.pop());
    }
}

TEST_CASE("with an interval of 0 it measures only when it is asked, but for the first time") {
    test::Refreshing refreshing(0ms);
    refreshing.refresher->start();
    REQUIRE(refreshing.store.begun.pop());
    refreshing.store.results.push(test::snapshot(2, 20, 18));
    refreshing.measure(test::snapshot(1, 21, 18));
    refreshing.refresher->stop();
    CHECK(refreshing.store.begun.empty());
    CHECK(refreshing.journal.seen().succeeded == 2);
}

TEST_CASE("its end interrupts a measurement, which says nothing about the store, and answers all who wait") {
    test::Refreshing refreshing;
    refreshing.request();
    refreshing.refresher->start();
    REQUIRE(refreshing.store.begun.pop());
    refreshing.request();
    refreshing.refresher->stop();
    refreshing.request();
    for (int i = 0; i < 3; ++i) {
        const auto answer = refreshing.answers.pop();
        REQUIRE(answer);
        CHECK(answer->has_value());
    }
    CHECK(refreshing.journal.seen().refreshes.empty());
    CHECK(refreshing.recorded.empty());
}

TEST_CASE("which store it is, the store is asked when somebody wants to know, once a minute") {
    test::Refreshing refreshing;
    test::Queue<bool> asked;
    refreshing.store.on_identity = [&] {
        asked.push(true);
        return std::string("cluster/abc");
    };
    test::Queue<std::string> identities;
    const auto identify = [&] {
        refreshing.refresher->identify([&](const std::string& identity) { identities.push(identity); });
    };
    refreshing.refresher->start();
    refreshing.store.results.push(test::snapshot(2, 20, 18));
    REQUIRE(refreshing.recorded.pop());
    CHECK(asked.empty());
    for (int i = 0; i < 3; ++i) {
        identify();
        CHECK(identities.pop() == "cluster/abc");
    }
    CHECK(asked.pop());
    CHECK(asked.empty());
}

TEST_CASE("who wants to know which store it is when that cannot be known, or at the end, hears nothing") {
    test::Refreshing refreshing;
    test::Queue<std::string> identities;
    const auto identify = [&] {
        refreshing.refresher->identify([&](const std::string& identity) { identities.push(identity); });
    };
    refreshing.refresher->start();
    refreshing.store.results.push(test::snapshot(2, 20, 18));
    identify();
    CHECK(identities.pop() == "");
    refreshing.refresher->stop();
    identify();
    CHECK(identities.pop() == "");
    test::Refreshing never_started;
    never_started.refresher->identify([&](const std::string& identity) { identities.push(identity); });
    never_started.refresher->stop();
    CHECK(identities.pop() == "");
}

TEST_CASE("on a reload the store reads its files, and is measured whether it could or not") {
    test::Refreshing refreshing;
    refreshing.refresher->start();
    REQUIRE(refreshing.store.begun.pop());
    refreshing.store.results.push(test::snapshot(2, 20, 18));
    REQUIRE(refreshing.recorded.pop());
    for (const Result<void>& result : {Result<void>{}, Result<void>{test::error(ErrorKind::usage, "no such file")}}) {
        test::Queue<bool> reloaded;
        refreshing.store.on_reload = [&] {
            reloaded.push(true);
            return result;
        };
        refreshing.refresher->reload();
        CHECK(reloaded.pop());
        REQUIRE(refreshing.store.begun.pop());
        refreshing.store.results.push(test::snapshot(1, 21, 18));
        REQUIRE(refreshing.recorded.pop());
    }
    CHECK(refreshing.journal.up());
}

TEST_CASE("a configuration that is read again changes what is measured, and an invalid one nothing") {
    health::tests::TemporaryFolder folder;
    Result<Reconfiguration> next = Reconfiguration{.backfills = {test::bills(), test::invoices()}};
    auto settings = test::exporter_settings();
    settings.configuration = {.stamp = FileStamp::of(folder.path() / "config.yaml"), .read = [&] { return next; }};
    test::HeldStore store;
    test::BillsJournal journal;
    test::Queue<bool> recorded;
    Refresher refresher(store, {test::bills()}, settings, journal, [&] { recorded.push(true); });
    const auto measured = [&](int backfills) {
        for (int i = 0; i < backfills; ++i)
            store.results.push(test::snapshot(2, 20, 18));
        REQUIRE(recorded.pop());
        return journal.seen();
    };
    refresher.start();
    CHECK(measured(1).backfills.size() == 1);

    refresher.reload();
    const View both = measured(2);
    REQUIRE(both.backfills.size() == 2);
    CHECK(both.backfills[0].history.seen.size() == 2); // what is known of one that stays is kept
    CHECK(both.backfills[1].history.seen.size() == 1);
    CHECK(journal.exposed(Clock::now()).telemetry.configuration_reloaded == true);

    next = test::error(ErrorKind::usage, "c.yaml:3: nonsense");
    refresher.reload();
    const View kept = measured(2);
    CHECK(kept.backfills.size() == 2);
    CHECK(kept.bad_configuration == "c.yaml:3: nonsense");
    CHECK(journal.exposed(Clock::now()).telemetry.configuration_reloaded == false);

    next = Reconfiguration{.backfills = {test::invoices()}};
    refresher.reload();
    const View one = measured(1);
    REQUIRE(one.backfills.size() == 1);
    CHECK(one.backfills[0].backfill.name == "invoices");
    CHECK(one.bad_configuration.empty());
    refresher.stop();
}
