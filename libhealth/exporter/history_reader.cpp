#include <exporter/history_reader.hpp>

#include <utility>

namespace health::exporter {

namespace {

constexpr auto longest_age = std::chrono::minutes(1);
constexpr auto length = std::chrono::days(7);

} // namespace

HistoryReader::HistoryReader(Store& store, const ExporterSettings& settings, Journal& journal,
                             std::function<void()> recorded)
    : store_(store), timeout_(settings.timeout), health_index_(settings.health_index), journal_(journal),
      recorded_(std::move(recorded)) {}

void HistoryReader::start() {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void HistoryReader::stop() {
    thread_.request_stop();
    if (thread_.joinable())
        thread_.join();
}

void HistoryReader::request() {
    const std::lock_guard lock(mutex_);
    const auto replacements = journal_.replacements();
    if (read_ && replacements == replacements_ && Clock::now() - *read_ < longest_age)
        return;
    // While the engine does not answer, it gets no requests beyond the measurements.
    if (journal_.reason_not_ready())
        return;
    read_ = Clock::now();
    replacements_ = replacements;
    wanted_ = true;
    asked_.notify_one();
}

void HistoryReader::reload() {
    const std::lock_guard lock(mutex_);
    reload_wanted_ = true;
    asked_.notify_one();
}

void HistoryReader::run(const std::stop_token& stop) {
    for (;;) {
        bool reloading = false;
        bool reading = false;
        {
            std::unique_lock lock(mutex_);
            if (!asked_.wait(lock, stop, [this] { return wanted_ || reload_wanted_; }))
                return;
            reloading = std::exchange(reload_wanted_, false);
            reading = std::exchange(wanted_, false);
        }
        if (reloading) // the thread that measures reports what is wrong with the files
            static_cast<void>(store_.reload());
        if (reading)
            read(stop);
    }
}

void HistoryReader::read(const std::stop_token& stop) {
    const auto backfills = journal_.backfills();
    const Timestamp now = now_in_seconds();
    const Period period{.from = now - length, .to = now, .every = std::chrono::hours(1)};
    const auto results = store_.history(health_index_, backfills, period, Deadline::after(timeout_, stop));
    if (stop.stop_requested())
        return;
    journal_.record_history(backfills, results);
    recorded_();
}

} // namespace health::exporter
