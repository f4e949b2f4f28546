#include "journal.hpp"

#include <health/log.hpp>

#include <algorithm>

namespace health::exporter {

namespace {

constexpr std::size_t longest_trend = 720;
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

Journal::Journal(const std::vector<Backfill>& backfills, std::chrono::milliseconds max_stale) : max_stale_(max_stale) {
    for (const Backfill& backfill : backfills)
        telemetry_.readings.push_back({.backfill = backfill, .snapshot = std::nullopt});
}

std::optional<Error> Journal::record(std::span<const Result<Snapshot>> results, Clock::duration took) {
    const std::lock_guard lock(mutex_);
    ++version_;
    telemetry_.durations.observe(std::chrono::duration<double>(took).count());
    std::uint64_t missing = 0;
    std::optional<Error> error;
    for (std::size_t i = 0; i < results.size(); ++i) {
        if (results[i]) {
            telemetry_.readings[i].snapshot = *results[i];
            missing += results[i]->missing;
        } else if (!error) {
            error = results[i].error();
        }
    }
    telemetry_.up = !error.has_value();
    if (!error) {
        if (failing_)
            log::write(log::Level::info, "measuring works again");
        failing_.reset();
        ++telemetry_.succeeded;
        telemetry_.last_success_seconds = seconds_since_epoch();
        last_success_ = Clock::now();
        push_front_bounded(trend_, {.ts = now_in_seconds(), .missing = missing}, longest_trend);
        return std::nullopt;
    }
    const Failure failure{.ts = now_in_seconds(), .kind = error->kind, .text = one_line(*error)};
    if (!failing_) {
        log::write(log::Level::warn, "measuring fails",
                   {{"reason", std::string(to_string(failure.kind))}, {"error", failure.text}});
        failing_since_ = failure.ts;
    }
    failing_ = failure;
    push_front_bounded(failures_, failure, most_failures);
    const auto kind = std::ranges::find(exposition::failure_kinds, error->kind);
    // A configuration error that shows only here (an index name that leaves the path) is a refusal, too.
    const auto counted = kind != exposition::failure_kinds.end()
                             ? kind
                             : std::ranges::find(exposition::failure_kinds, ErrorKind::rejected);
    ++telemetry_.failed.at(static_cast<std::size_t>(counted - exposition::failure_kinds.begin()));
    return error;
}

View Journal::view() const {
    const std::lock_guard lock(mutex_);
    View out{.telemetry = telemetry_,
             .measured = telemetry_.durations.count > 0,
             .failing = failing_,
             .failing_since = failing_since_,
             .trend = {trend_.rbegin(), trend_.rend()},
             .failures = {failures_.begin(), failures_.end()}};
    if (failing_ && Clock::now() - last_success_ > max_stale_)
        for (auto& reading : out.telemetry.readings)
            reading.snapshot.reset();
    return out;
}

std::uint64_t Journal::version() const {
    const std::lock_guard lock(mutex_);
    return version_;
}

} // namespace health::exporter
