#include <exporter/journal.hpp>

#include <base/keyed_group.hpp>

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

namespace health::exporter {

namespace {

constexpr std::size_t max_points = 720;
constexpr std::size_t max_refreshes = 20;
constexpr std::size_t max_errors = 10;

double since_epoch(const std::optional<ClockReading>& instant) {
    return instant ? std::chrono::duration<double>(instant->calendar.time_since_epoch()).count() : 0;
}

template <class T>
void push_front_bounded(std::deque<T>& list, T item, std::size_t most) {
    list.push_front(std::move(item));
    if (list.size() > most)
        list.pop_back();
}

/// Whether both are measured alike: thresholds do not change the numbers.
bool same_numbers(Backfill a, const Backfill& b) {
    a.thresholds = b.thresholds;
    return a == b;
}

} // namespace

void Journal::Record::succeed(const Snapshot& measured, const ClockReading& now) {
    seen.push_back({.ts = now.seconds(), .missing = measured.missing, .after_failure = failure.has_value()});
    if (seen.size() > max_points)
        seen.pop_front();
    progress.add(now.steady, measured.missing, measured.present);
    snapshot = measured;
    last_success = now;
    failure.reset();
}

void Journal::Record::fail(const Error& error, HintTexts texts, const ClockReading& now) {
    progress.add_failure(now.steady);
    const Timestamp since = failure ? failure->since : now.seconds();
    failure = {.kind = error.kind, .text = one_line(error, texts), .since = since};
}

Journal::Journal(const std::vector<Backfill>& backfills, const Settings& settings) : settings_(settings) {
    for (const Backfill& backfill : backfills)
        records_.push_back({.backfill = backfill});
}

Journal::Recorded Journal::record(std::span<const Result<Snapshot>> results, Clock::duration took,
                                  const ClockReading& now) {
    const std::lock_guard lock(mutex_);
    Recorded out;
    std::vector<KeyedGroup<Error, std::size_t>> failing;
    // Those that begin to fail with the same error are one change, and so are those that work again.
    std::vector<KeyedGroup<std::optional<Error>, std::size_t>> changed;
    for (std::size_t i = 0; i < results.size(); ++i) {
        Record& record = records_[i];
        const auto error = results[i] ? std::nullopt : std::optional(results[i].error());
        if (record.failure.has_value() != error.has_value())
            add_to_group(changed, error, i);
        if (error) {
            record.fail(*error, settings_.hint_texts, now);
            add_to_group(failing, *error, i);
        } else {
            record.succeed(*results[i], now);
        }
    }
    for (const auto& [error, members] : changed) {
        out.changes.push_back({.names = {}, .failure = records_[members.front()].failure});
        for (const std::size_t i : members)
            out.changes.back().names.push_back(records_[i].backfill.name);
    }
    durations_.observe(std::chrono::duration<double>(took).count());
    Refresh refresh{.ts = now.seconds(), .took = took, .backfills = results.size(), .failure = {}, .failed = 0};
    for (const auto& [error, members] : failing) {
        refresh.failed += members.size();
        remember(error, now.seconds());
    }
    if (failing.empty()) {
        ++succeeded_;
        all_succeeded_ = now;
    } else {
        out.error = failing.front().key;
        refresh.failure = out.error->kind;
        count(*out.error);
    }
    push_front_bounded(refreshes_, refresh, max_refreshes);
    return out;
}

void Journal::count(const Error& error) {
    const auto kind = std::ranges::find(exposition::failure_kinds, error.kind);
    // A configuration error that shows only here (an index name that leaves the path) is a refusal, too.
    const auto counted = kind != exposition::failure_kinds.end()
                             ? kind
                             : std::ranges::find(exposition::failure_kinds, ErrorKind::rejected);
    ++failed_.at(static_cast<std::size_t>(counted - exposition::failure_kinds.begin()));
}

void Journal::remember(const Error& error, Timestamp now) {
    ErrorEntry entry{
        .kind = error.kind, .text = one_line(error, settings_.hint_texts), .first = now, .last = now, .times = 1};
    const auto known = std::ranges::find(errors_, error, &Remembered::error);
    if (known != errors_.end()) {
        entry.first = known->entry.first;
        entry.times = known->entry.times + 1;
        errors_.erase(known);
    }
    push_front_bounded(errors_, Remembered{.error = error, .entry = std::move(entry)}, max_errors);
}

void Journal::record_history(std::span<const Backfill> backfills, std::span<const Result<History>> results) {
    const std::lock_guard lock(mutex_);
    std::map<std::string_view, Record*> by_name;
    for (Record& record : records_)
        by_name[record.backfill.name] = &record;
    for (std::size_t i = 0; i < results.size(); ++i) {
        const auto record = by_name.find(backfills[i].name);
        if (record == by_name.end() || !same_numbers(record->second->backfill, backfills[i]))
            continue;
        if (!results[i]) {
            record->second->no_history = one_line(results[i].error(), settings_.hint_texts);
            continue;
        }
        record->second->no_history.clear();
        auto& stored = record->second->stored;
        stored.clear();
        for (const HistoryPoint& point : results[i]->points)
            stored.push_back({.ts = point.last.ts, .missing = point.last.missing});
    }
}

void Journal::replace(const std::vector<Backfill>& backfills) {
    const std::lock_guard lock(mutex_);
    ++replacements_;
    std::map<std::string, Record> known;
    for (Record& record : records_)
        known.emplace(record.backfill.name, std::move(record));
    records_.clear();
    for (const Backfill& backfill : backfills) {
        const auto old = known.find(backfill.name);
        if (old != known.end() && same_numbers(old->second.backfill, backfill))
            records_.push_back(std::move(old->second));
        else
            records_.emplace_back();
        records_.back().backfill = backfill;
    }
}

void Journal::record_configuration(const std::optional<Error>& error) {
    const std::lock_guard lock(mutex_);
    configuration_in_force_ = !error;
    bad_configuration_ = error ? one_line(*error, settings_.hint_texts) : "";
}

std::vector<Backfill> Journal::backfills() const {
    const std::lock_guard lock(mutex_);
    std::vector<Backfill> out;
    for (const Record& record : records_)
        out.push_back(record.backfill);
    return out;
}

std::uint64_t Journal::replacements() const {
    const std::lock_guard lock(mutex_);
    return replacements_;
}

Clock::time_point Journal::stale_at(const Record& record) const {
    return record.failure && record.last_success ? record.last_success->steady + settings_.max_stale
                                                 : Clock::time_point::max();
}

Journal::Exposed Journal::exposed(Clock::time_point now) const {
    const std::lock_guard lock(mutex_);
    Exposed out;
    for (const Record& record : records_) {
        exposition::Reading reading{.backfill = record.backfill, .up = record.up()};
        if (record.last_success)
            reading.last_success_seconds = since_epoch(record.last_success);
        if (const auto stale = stale_at(record); now < stale) {
            reading.snapshot = record.snapshot;
            out.until = std::min(out.until, stale);
        }
        out.telemetry.readings.push_back(std::move(reading));
    }
    out.telemetry.all_succeeded_seconds = since_epoch(all_succeeded_);
    out.telemetry.succeeded = succeeded_;
    out.telemetry.failed = failed_;
    out.telemetry.durations = durations_;
    out.telemetry.configuration_reloaded = configuration_in_force_;
    out.reason_not_ready = reason_none_is_up();
    return out;
}

MissingHistory Journal::missing_history_of(const Record& record) const {
    MissingHistory out{.stored = record.stored,
                       .seen = {record.seen.begin(), record.seen.end()},
                       .refresh_interval = std::chrono::ceil<std::chrono::seconds>(settings_.refresh_interval)};
    if (!out.seen.empty())
        std::erase_if(out.stored, [&](const MissingPoint& point) { return point.ts >= out.seen.front().ts; });
    return out;
}

View Journal::view(Clock::time_point now, std::optional<std::string_view> only) const {
    const std::lock_guard lock(mutex_);
    View out{.succeeded = succeeded_,
             .failed = std::accumulate(failed_.begin(), failed_.end(), std::uint64_t{0}),
             .refreshes = {refreshes_.begin(), refreshes_.end()},
             .errors = {},
             .no_history = {},
             .bad_configuration = bad_configuration_};
    for (const Remembered& remembered : errors_)
        out.errors.push_back(remembered.entry);
    for (const Record& record : records_) {
        if (only && record.backfill.name != *only)
            continue;
        if (out.no_history.empty())
            out.no_history = record.no_history;
        if (const auto stale = stale_at(record); now < stale)
            out.until = std::min(out.until, stale);
        BackfillView backfill{.backfill = record.backfill,
                              .snapshot = now < stale_at(record) ? record.snapshot : std::nullopt,
                              .failure = record.failure,
                              .history = missing_history_of(record),
                              .change = record.progress.recent_trend(),
                              .outlook = record.progress.outlook(now)};
        if (record.last_success)
            backfill.last_success = record.last_success->seconds();
        out.backfills.push_back(std::move(backfill));
    }
    return out;
}

std::optional<std::string> Journal::reason_not_ready() const {
    const std::lock_guard lock(mutex_);
    return reason_none_is_up();
}

std::optional<std::string> Journal::reason_none_is_up() const {
    if (std::ranges::any_of(records_, &Record::up))
        return std::nullopt;
    const auto failing =
        std::ranges::find_if(records_, [](const Record& record) { return record.failure.has_value(); });
    return failing != records_.end() ? failing->failure->text : "not measured yet";
}

} // namespace health::exporter
