#include "exporter/fixtures.hpp"

#include <exporter/history_reader.hpp>

#include <doctest/doctest.h>

using namespace health;
using namespace health::exporter;

TEST_CASE("the history is read when somebody looks, once a minute, and while the engine answers") {
    test::BillsJournal journal;
    test::FakeStore store;
    test::Queue<std::string> read;
    test::Queue<bool> recorded;
    store.on_history = [&](const Backfill& backfill) {
        read.push(backfill.name);
        return History{.points = {test::point(test::at("2025-10-10T10:00:00Z"), 9)}};
    };
    HistoryReader history_reader(store, test::exporter_settings(), journal, [&] { recorded.push(true); });
    history_reader.start();
    journal.ended(test::error(ErrorKind::unreachable));
    history_reader.request();
    CHECK(read.empty());

    journal.ended(test::snapshot(2, 20, 18));
    history_reader.request();
    CHECK(read.pop() == "bills");
    CHECK(recorded.pop());
    for (int i = 0; i < 3; ++i)
        history_reader.request();
    CHECK(read.empty());
    CHECK(journal.seen().backfills.at(0).history.stored.size() == 1);

    journal.replace({test::bills(), test::invoices()});
    history_reader.request();
    CHECK(read.pop() == "bills");
    CHECK(read.pop() == "invoices");
    history_reader.stop();
}

TEST_CASE("a slow health index delays no measurement, and no end") {
    test::BillsJournal journal;
    test::FakeStore slow;
    test::Queue<bool> begun;
    test::Queue<bool> released;
    slow.on_history = [&](const Backfill&) {
        begun.push(true);
        released.pop();
        return History{};
    };
    HistoryReader history_reader(slow, test::exporter_settings(), journal, [] {});
    journal.ended(test::snapshot(2, 20, 18));
    history_reader.start();
    history_reader.request();
    CHECK(begun.pop());
    test::Refreshing refreshing;
    refreshing.request();
    refreshing.refresher->start();
    refreshing.store.results.push(test::snapshot(2, 20, 18));
    CHECK(refreshing.answers.pop());
    released.push(true);
    history_reader.stop();
}
