#pragma once

#include <exporter/journal.hpp>
#include <exporter/settings.hpp>
#include <store/store.hpp>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace health::exporter {

/// Reads the stored snapshots of all backfills in one call, on a thread and from a store of its own: a slow health
/// index delays no measurement.
class HistoryReader {
public:
    /// `recorded` is called, on its thread, when the journal has them.
    HistoryReader(Store& store, const ExporterSettings& settings, Journal& journal, std::function<void()> recorded);

    void start();
    void stop();
    /// Requests the histories, because somebody looks at them. They are read at most once a minute, and when the
    /// backfills change.
    void request();
    /// Makes the store reread its files.
    void reload();

private:
    void run(const std::stop_token& stop);
    void read(const std::stop_token& stop);

    Store& store_;
    std::chrono::milliseconds timeout_;
    std::string health_index_;
    Journal& journal_;
    std::function<void()> recorded_;
    std::mutex mutex_;
    std::condition_variable_any asked_;
    bool wanted_ = false;
    bool reload_wanted_ = false;
    std::optional<Clock::time_point> read_;
    std::uint64_t replacements_ = 0; ///< of the backfills, when it was read
    std::jthread thread_;
};

} // namespace health::exporter
