#include "refresher.hpp"

#include <utility>

namespace health::exporter {

namespace {

const std::optional<Error> shutting_down = Error{ErrorKind::rejected, "the exporter is shutting down", ""};

}

Refresher::Refresher(Store& store, std::vector<Backfill> backfills, const ExporterSettings& settings, Journal& journal)
    : store_(store), backfills_(std::move(backfills)), interval_(settings.refresh_interval), timeout_(settings.timeout),
      journal_(journal) {}

void Refresher::start() {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Refresher::stop() {
    thread_.request_stop();
    if (thread_.joinable())
        thread_.join();
    std::vector<Done> waiting;
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        waiting = std::exchange(next_, {});
    }
    for (const Done& done : waiting)
        done(shutting_down);
}

void Refresher::request(Done done) {
    {
        const std::lock_guard lock(mutex_);
        if (!stopped_) {
            next_.push_back(std::move(done));
            asked_.notify_one();
            return;
        }
    }
    done(shutting_down);
}

void Refresher::run(const std::stop_token& stop) {
    auto due = Clock::now();
    while (!stop.stop_requested()) {
        std::vector<Done> waiting;
        {
            std::unique_lock lock(mutex_);
            const auto asked = [this] { return !next_.empty(); };
            if (due == Clock::time_point::max())
                asked_.wait(lock, stop, asked);
            else
                asked_.wait_until(lock, stop, due, asked);
            if (stop.stop_requested())
                return;
            waiting = std::exchange(next_, {});
        }
        const auto began = Clock::now();
        measure(stop, waiting);
        // After a measurement that took longer than the interval the next one follows at once.
        due = interval_.count() == 0 ? Clock::time_point::max() : std::max(began + interval_, Clock::now());
    }
}

void Refresher::measure(const std::stop_token& stop, const std::vector<Done>& waiting) {
    const auto began = Clock::now();
    const auto results = store_.measure(backfills_, Deadline::after(timeout_, stop));
    // What was cut short by our own end says nothing about the store.
    const auto error = stop.stop_requested() ? shutting_down : journal_.record(results, Clock::now() - began);
    for (const Done& done : waiting)
        done(error);
}

} // namespace health::exporter
