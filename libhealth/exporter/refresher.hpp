#pragma once

#include <base/file_stamp.hpp>
#include <exporter/journal.hpp>
#include <exporter/settings.hpp>
#include <store/store.hpp>

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace health::exporter {

/// Measures on a thread of its own: at the start, at every interval, and when asked. However many ask, at most one
/// measurement is under way and one is next.
class Refresher {
public:
    using Done = std::function<void(const std::optional<Error>&)>;
    using Identified = std::function<void(const std::string& identity)>;

    /// `recorded` is called, on the refresher's thread, when the journal has the result of a measurement.
    Refresher(Store& store, std::vector<Backfill> backfills, const ExporterSettings& settings, Journal& journal,
              std::function<void()> recorded);

    void start();
    /// Ends the measurement that is under way; whoever waits for it gets an error.
    void stop();
    /// `done` is called, on the refresher's thread, after a measurement that begins after this call.
    void request(Done done);
    /// Identifies the measured store: Store::identity(), which is queried at most once a
    /// minute. `done` is called on any thread.
    void identify(Identified done);
    /// Makes the store and the configuration reread their files, and measures.
    void reload();

private:
    /// The next things to do: a measurement may be due, or requested.
    struct Work {
        bool measurement = false;
        bool reload = false;
        std::vector<Done> waiting;
        std::vector<Identified> identifying;
    };
    struct Identity {
        std::string text;
        Clock::time_point since;
    };

    void run(const std::stop_token& stop);
    Work next_work(Clock::time_point due, const std::stop_token& stop);
    void reload_store();
    /// An invalid file changes nothing but the log, the page and a metric.
    void reload_configuration();
    void identify_store(const std::stop_token& stop, const std::vector<Identified>& waiting);
    void measure(const std::stop_token& stop, const std::vector<Done>& waiting);
    void log_remarks(const std::vector<Result<Snapshot>>& results);

    Store& store_;
    std::vector<Backfill> backfills_;
    std::chrono::milliseconds interval_;
    std::chrono::milliseconds timeout_;
    HintTexts hint_texts_;
    Journal& journal_;
    std::function<void()> recorded_;
    std::mutex mutex_;
    std::condition_variable_any asked_;
    std::vector<Done> next_;
    std::vector<Identified> identifying_;
    std::optional<Identity> identity_;
    bool reload_wanted_ = false;
    bool stopped_ = false;
    std::optional<ConfigurationFile> configuration_;
    std::vector<FileStamp> stamps_;              ///< of the configuration file as it was read
    std::string complaint_;                      ///< the latest one about it that was logged
    std::map<std::string, std::string> remarks_; ///< on the latest numbers of each backfill
    std::jthread thread_;
};

} // namespace health::exporter
