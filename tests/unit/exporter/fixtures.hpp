#pragma once

#include "fake_store.hpp"
#include "queue.hpp"
#include "support.hpp"

#include <base/log.hpp>
#include <exporter/journal.hpp>
#include <exporter/refresher.hpp>

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

namespace test {

inline health::ExporterSettings exporter_settings() {
    return {.listen = "",
            .refresh_interval = std::chrono::hours(1),
            .timeout = patience,
            .source = "http://es:9200",
            .health_index = "backfill_health_v1",
            .max_stale = std::chrono::hours(1),
            .hint_texts = sentence};
}

/// The journal of one backfill.
class BillsJournal : public health::exporter::Journal {
public:
    explicit BillsJournal(std::chrono::milliseconds max_stale = std::chrono::hours(1))
        : Journal({bills()},
                  {.max_stale = max_stale, .refresh_interval = std::chrono::seconds(15), .hint_texts = sentence}) {
        health::log::configure(health::log::Level::error, health::log::Format::logfmt);
    }

    std::optional<health::Error> ended(const health::Result<health::Snapshot>& result) {
        return record({&result, 1}, std::chrono::milliseconds(5), health::ClockReading::now()).error;
    }

    void record_history(std::vector<health::Result<health::History>> results) {
        Journal::record_history(backfills(), results);
    }

    /// What is shown of it, if anything is.
    [[nodiscard]] std::optional<health::Snapshot> shown() const {
        return exposed(health::Clock::now()).telemetry.readings.at(0).snapshot;
    }
    [[nodiscard]] health::exporter::View seen() const { return view(health::Clock::now()); }
    [[nodiscard]] bool up() const { return !reason_not_ready(); }
};

/// A measurement of it is under way from `begun` until it takes one of the `results`.
class HeldStore : public FakeStore {
public:
    HeldStore() {
        on_measure = [this](const health::Backfill& /*backfill*/, const health::Deadline& deadline) {
            begun.push(true);
            return results.pop(deadline.stop).value_or(error(health::ErrorKind::timeout, "interrupted"));
        };
    }

    Queue<bool> begun;
    Queue<health::Result<health::Snapshot>> results;
};

/// A refresher of one backfill, and what it reports.
struct Refreshing {
    explicit Refreshing(std::chrono::milliseconds interval = std::chrono::hours(1)) : settings(exporter_settings()) {
        settings.refresh_interval = interval;
        refresher.emplace(store, std::vector{bills()}, settings, journal, [this] { recorded.push(true); });
    }
    ~Refreshing() { refresher->stop(); }
    Refreshing(const Refreshing&) = delete;
    Refreshing& operator=(const Refreshing&) = delete;

    void request() {
        refresher->request([this](const std::optional<health::Error>& problem) { answers.push(problem); });
    }

    /// A whole measurement with this result.
    void measure(const health::Result<health::Snapshot>& result) {
        request();
        store.results.push(result);
        REQUIRE(store.begun.pop());
        REQUIRE(answers.pop());
    }

    health::ExporterSettings settings;
    HeldStore store;
    BillsJournal journal;
    Queue<bool> recorded;
    Queue<std::optional<health::Error>> answers;
    std::optional<health::exporter::Refresher> refresher;
};

} // namespace test
