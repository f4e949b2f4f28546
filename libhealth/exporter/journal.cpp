#include <exporter/journal.hpp>

#include <base/log.hpp>

#include <algorithm>

namespace health::exporter {

namespace {

constexpr std::size_t most_points = 720;
constexpr std::size_t most_refreshes = 20;
constexpr std::size_t most_failures = 10;

double seconds_since_epoch() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

template <class T>
void push_front_bounded(std::deque<T>& list, T item, std::size_t most) {
    list.push_front(std::move(item));
    if (list.size() > most)
        list.pop_back();
}

} // namespace

Journal::Journal(const std::vector<Backfill>& backfills, std::chrono::milliseconds max_stale)
    : max_stale_(max_stale), stored_(backfills.size()), seen_(backfills.size()) {
    for (const Backfill& backfill : backfills)
        telemetry_.readings.push_back({.backfill = backfill});
}

std::optional<Error> Journal::record(std::span<const Result<Snapshot>> results, Clock::duration took) {
    const std::lock_guard lock(mutex_);
    telemetry_.durations.observe(std::chrono::duration<double>(took).count());
    const Timestamp now = now_in_seconds();
    std::optional<Error> error;
    for (std::size_t i = 0; i < results.size(); ++i) {
        telemetry_.readings[i].up = results[i].has_value();
        if (results[i]) {
            telemetry_.readings[i].snapshot = *results[i];
            push_front_bounded(seen_[i], {.ts = now, .missing = static_cast<double>(results[i]->missing)}, most_points);
        } else if (!error) {
            error = results[i].error();
        }
    }
    if (error)
        failed(*error, now);
    else
        succeeded();
    push_front_bounded(refreshes_, {.ts = now, .took = took, .failure = failing_}, most_refreshes);
    return error;
}

void Journal::succeeded() {
    if (failing_)
        log::write(log::Level::info, "measuring works again");
    failing_.reset();
    ++telemetry_.succeeded;
    telemetry_.all_succeeded_seconds = seconds_since_epoch();
    last_success_ = Clock::now();
}

void Journal::failed(const Error& error, Timestamp now) {
    const Failure failure{.ts = now, .kind = error.kind, .text = one_line(error)};
    if (!failing_) {
        log::write(log::Level::warn, "measuring fails",
                   {{"reason", std::string(to_string(failure.kind))}, {"error", failure.text}});
        failing_since_ = failure.ts;
    }
    failing_ = failure;
    push_front_bounded(failures_, failure, most_failures);
    const auto kind = std::ranges::find(exposition::failure_kinds, error.kind);
    // A configuration error that shows only here (an index name that leaves the path) is a refusal, too.
    const auto counted = kind != exposition::failure_kinds.end()
                             ? kind
                             : std::ranges::find(exposition::failure_kinds, ErrorKind::rejected);
    ++telemetry_.failed.at(static_cast<std::size_t>(counted - exposition::failure_kinds.begin()));
}

void Journal::record_history(std::span<const Result<History>> results) {
    const std::lock_guard lock(mutex_);
    no_history_.clear();
    for (std::size_t i = 0; i < results.size(); ++i) {
        if (!results[i]) {
            no_history_ = one_line(results[i].error());
            continue;
        }
        stored_[i].clear();
        for (const HistoryPoint& point : results[i]->points)
            stored_[i].push_back({.ts = point.last.ts, .missing = static_cast<double>(point.last.missing)});
    }
}

Journal::Exposed Journal::exposed() const {
    const std::lock_guard lock(mutex_);
    Exposed out{.telemetry = telemetry_};
    if (!failing_)
        return out;
    const auto stale_at = last_success_ + max_stale_;
    if (Clock::now() < stale_at)
        out.until = stale_at;
    else
        for (auto& reading : out.telemetry.readings)
            reading.snapshot.reset();
    return out;
}

View Journal::view() const {
    View out;
    out.telemetry = exposed().telemetry;
    const std::lock_guard lock(mutex_);
    out.failing = failing_;
    out.failing_since = failing_since_;
    out.no_history = no_history_;
    out.refreshes.assign(refreshes_.begin(), refreshes_.end());
    out.failures.assign(failures_.begin(), failures_.end());
    for (std::size_t i = 0; i < seen_.size(); ++i) {
        Trend trend{.stored = stored_[i], .seen = {seen_[i].rbegin(), seen_[i].rend()}};
        if (!trend.seen.empty())
            std::erase_if(trend.stored, [&](const Point& point) { return point.ts >= trend.seen.front().ts; });
        out.trends.push_back(std::move(trend));
    }
    return out;
}

bool Journal::up() const {
    const std::lock_guard lock(mutex_);
    return std::ranges::any_of(telemetry_.readings, &exposition::Reading::up);
}

} // namespace health::exporter
