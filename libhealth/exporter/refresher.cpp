#include <exporter/refresher.hpp>

#include <base/log.hpp>
#include <base/text.hpp>
#include <model/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace health::exporter {

namespace {

const std::optional<Error> shutting_down = Error{ErrorKind::rejected, "the exporter is shutting down", ""};
constexpr auto identity_age = std::chrono::minutes(1);
constexpr std::size_t max_names = 10; ///< in one line of the log

void log_change(const Change& change, bool only_backfill) {
    constexpr std::string_view fails = "measuring fails";
    constexpr std::string_view works = "measuring works again";
    const std::string names = join_first(change.names, max_names);
    if (!change.failure) {
        if (only_backfill)
            log::write(log::Level::info, works);
        else
            log::write(log::Level::info, works, {{"backfills", names}});
        return;
    }
    const std::string reason(to_string(change.failure->kind));
    const std::string& error = change.failure->text;
    if (only_backfill)
        log::write(log::Level::warn, fails, {{"reason", reason}, {"error", error}});
    else
        log::write(log::Level::warn, fails, {{"backfills", names}, {"reason", reason}, {"error", error}});
}

/// Nobody who waits may be left without an answer.
void give_up(const std::vector<Refresher::Done>& waiting, const std::vector<Refresher::Identified>& identifying) {
    for (const Refresher::Done& done : waiting)
        done(shutting_down);
    for (const Refresher::Identified& done : identifying)
        done({});
}

} // namespace

Refresher::Refresher(Store& store, std::vector<Backfill> backfills, const ExporterSettings& settings, Journal& journal,
                     std::function<void()> recorded)
    : store_(store), backfills_(std::move(backfills)), interval_(settings.refresh_interval), timeout_(settings.timeout),
      hint_texts_(settings.hint_texts), journal_(journal), recorded_(std::move(recorded)),
      configuration_(settings.configuration) {
    if (configuration_)
        stamps_ = {configuration_->stamp};
}

void Refresher::start() {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Refresher::stop() {
    thread_.request_stop();
    if (thread_.joinable())
        thread_.join();
    std::vector<Done> waiting;
    std::vector<Identified> identifying;
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        waiting = std::exchange(next_, {});
        identifying = std::exchange(identifying_, {});
    }
    give_up(waiting, identifying);
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

void Refresher::identify(Identified done) {
    std::string known;
    {
        const std::lock_guard lock(mutex_);
        const bool fresh = identity_ && Clock::now() - identity_->since < identity_age;
        if (!fresh && !stopped_) {
            identifying_.push_back(std::move(done));
            asked_.notify_one();
            return;
        }
        known = fresh ? identity_->text : "";
    }
    done(known);
}

void Refresher::reload() {
    const std::lock_guard lock(mutex_);
    reload_wanted_ = true;
    asked_.notify_one();
}

void Refresher::run(const std::stop_token& stop) {
    auto due = Clock::now();
    for (;;) {
        const Work work = next_work(due, stop);
        if (stop.stop_requested())
            return give_up(work.waiting, work.identifying);
        if (work.reload) {
            reload_store();
            reload_configuration();
        }
        if (work.measurement) {
            const auto began = Clock::now();
            measure(stop, work.waiting);
            // A measurement that took longer than the interval is followed by the next one at once.
            due = interval_.count() == 0 ? Clock::time_point::max() : std::max(began + interval_, Clock::now());
        }
        if (!work.identifying.empty())
            identify_store(stop, work.identifying);
    }
}

Refresher::Work Refresher::next_work(Clock::time_point due, const std::stop_token& stop) {
    const auto next_look = configuration_ ? Clock::now() + settling : Clock::time_point::max();
    const auto until = std::min(due, next_look);
    std::unique_lock lock(mutex_);
    const auto asked = [this] { return !next_.empty() || reload_wanted_ || !identifying_.empty(); };
    if (until == Clock::time_point::max())
        asked_.wait(lock, stop, asked);
    else
        asked_.wait_until(lock, stop, until, asked);
    Work out;
    out.reload = std::exchange(reload_wanted_, false) || (configuration_ && changed_and_settled(stamps_));
    if (stop.stop_requested())
        return out;
    out.waiting = std::exchange(next_, {});
    out.identifying = std::exchange(identifying_, {});
    out.measurement = !out.waiting.empty() || out.reload || Clock::now() >= due;
    return out;
}

void Refresher::identify_store(const std::stop_token& stop, const std::vector<Identified>& waiting) {
    const auto asked = store_.identity(Deadline::after(timeout_, stop));
    const std::string identity = asked ? *asked : std::string();
    {
        const std::lock_guard lock(mutex_);
        identity_ = {.text = identity, .since = Clock::now()};
    }
    for (const Identified& done : waiting)
        done(identity);
}

void Refresher::reload_store() {
    const auto reloaded = store_.reload();
    if (reloaded)
        log::write(log::Level::info, "settings reloaded");
    else
        log::write(log::Level::warn, "reload failed; keeping the old settings",
                   {{"error", one_line(reloaded.error(), hint_texts_)}});
}

void Refresher::reload_configuration() {
    if (!configuration_)
        return;
    stamps_ = {FileStamp::of(configuration_->stamp.file)};
    auto read = configuration_->read();
    if (!read) {
        journal_.record_configuration(read.error());
        if (std::string complaint = one_line(read.error(), hint_texts_); complaint != complaint_) {
            log::write(log::Level::error, "reload of the configuration failed; keeping the old one",
                       {{"error", complaint}});
            complaint_ = std::move(complaint);
        }
        return;
    }
    complaint_.clear();
    journal_.record_configuration(std::nullopt);
    backfills_ = std::move(read->backfills);
    journal_.replace(backfills_);
    remarks_.clear();
    log::write(log::Level::info, "configuration reloaded",
               {{"file", configuration_->stamp.file.string()}, {"backfills", fmt::to_string(backfills_.size())}});
    for (const std::string& name : read->need_restart)
        log::write(log::Level::warn, fmt::format("{} has changed, which needs a restart", name));
}

void Refresher::measure(const std::stop_token& stop, const std::vector<Done>& waiting) {
    const auto began = Clock::now();
    const auto results = store_.measure(backfills_, Deadline::after(timeout_, stop));
    // A measurement that our own shutdown interrupted says nothing about the store.
    const bool ending = stop.stop_requested();
    std::optional<Error> error = shutting_down;
    if (!ending) {
        auto recorded = journal_.record(results, Clock::now() - began, ClockReading::now());
        for (const Change& change : recorded.changes)
            log_change(change, backfills_.size() == 1);
        log_remarks(results);
        error = std::move(recorded.error);
        recorded_();
    }
    for (const Done& done : waiting)
        done(error);
}

/// Logs each remark once, until it changes.
void Refresher::log_remarks(const std::vector<Result<Snapshot>>& results) {
    for (std::size_t i = 0; i < results.size(); ++i) {
        if (!results[i])
            continue;
        std::string note = remark(backfills_[i], *results[i]);
        std::string& previous = remarks_[backfills_[i].name];
        if (!note.empty() && note != previous)
            log::write(log::Level::warn, note);
        previous = std::move(note);
    }
}

} // namespace health::exporter
