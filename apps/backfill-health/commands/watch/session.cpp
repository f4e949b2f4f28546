#include <commands/watch/session.hpp>

#include <base/keyed_group.hpp>
#include <base/text.hpp>
#include <base/time.hpp>
#include <cli/report.hpp>
#include <commands/shared/measurement.hpp>
#include <model/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <unistd.h>

namespace cli {

using namespace std::chrono_literals;
using health::Clock;
using std::chrono::milliseconds;

namespace {

ExitStatus ended_by(int signal) {
    return static_cast<ExitStatus>(128 + signal);
}

/// `watch | head` ends as `tail -f | head` does, which SIGPIPE kills: without a word, and with a status that no script
/// takes for "done". Any other failure is one.
ExitStatus output_failure(const Error& error) {
    return reader_has_left(STDOUT_FILENO) ? ended_by(SIGPIPE) : report(error);
}

/// Why one that was measured is not done.
std::string describe_unfinished(const health::Backfill& backfill, const health::Snapshot& snapshot) {
    if (snapshot.population() == 0)
        return describe_no_match(backfill);
    const std::string broken = describe_broken(snapshot);
    return fmt::format("{} of {} {} missing {}{}", health::count_of(snapshot.missing, "document"), backfill.index,
                       snapshot.missing == 1 ? "is" : "are", backfill.field_label,
                       broken.empty() ? "" : fmt::format(", and {}", broken));
}

} // namespace

WatchSession::WatchSession(const WatchSettings& settings) : settings_(settings), display_(settings) {
    for (const health::Backfill& backfill : settings.backfills)
        states_.push_back({.backfill = backfill});
}

ExitStatus WatchSession::run() {
    const auto begun = Clock::now();
    Sampler sampler(settings_, events_);
    for (;;) {
        if (const auto drawn = display_.refresh(states_); !drawn)
            return output_failure(drawn.error());
        const auto signal = events_.wait(until_next_look(begun));
        if (signal == SIGTSTP)
            pause();
        else if (signal && *signal != SIGWINCH)
            return ended_by(*signal);
        for (const WatchSample& sample : sampler.take())
            if (const auto end = process(sample))
                return *end;
        if (settings_.give_up_after && Clock::now() - begun >= *settings_.give_up_after)
            return give_up();
    }
}

/// The view has a clock; without one there is nothing to do until a sample comes.
milliseconds WatchSession::until_next_look(Clock::time_point begun) const {
    milliseconds out = settings_.output == WatchSettings::Output::screen ? 1000ms : 3600s;
    if (settings_.give_up_after)
        out = std::min(out, std::chrono::ceil<milliseconds>(*settings_.give_up_after - (Clock::now() - begun)));
    return out;
}

/// Ctrl-Z, until somebody says fg: the shell gets its cursor back meanwhile.
void WatchSession::pause() {
    display_.leave();
    static_cast<void>(std::raise(SIGSTOP));
}

std::optional<ExitStatus> WatchSession::process(const WatchSample& sample) {
    const bool nothing_seen =
        std::ranges::none_of(states_, [](const WatchState& state) { return state.snapshot.has_value(); });
    const bool nothing_measured =
        std::ranges::none_of(sample.snapshots, [](const auto& snapshot) { return snapshot.has_value(); });
    if (nothing_seen && nothing_measured) // most likely the settings are wrong
        return report_failures(settings_.backfills, failures_of(sample.snapshots));
    update(&WatchState::measuring, failures_of(sample.snapshots), "measuring");
    std::vector<std::optional<Error>> not_stored(states_.size());
    for (std::size_t i = 0; i < states_.size(); ++i) {
        if (!sample.stored[i])
            not_stored[i] = states_[i].storing ? std::optional(states_[i].storing->error) : std::nullopt; // as before
        else if (!*sample.stored[i])
            not_stored[i] = sample.stored[i]->error();
    }
    update(&WatchState::storing, not_stored, "storing snapshots");
    std::vector<const WatchState*> measured;
    for (std::size_t i = 0; i < states_.size(); ++i) {
        if (!sample.snapshots[i]) {
            states_[i].progress.add_failure(sample.at);
            continue;
        }
        add_snapshot(states_[i], *sample.snapshots[i], sample.at);
        measured.push_back(&states_[i]);
    }
    if (const auto added = display_.add_lines(measured); !added)
        return output_failure(added.error());
    if (!settings_.until_done || !sample.is_done())
        return std::nullopt;
    if (const auto drawn = display_.refresh(states_); !drawn)
        return output_failure(drawn.error());
    return done;
}

void WatchSession::add_snapshot(WatchState& state, const health::Snapshot& snapshot, Clock::time_point at) {
    const std::string previous = state.remark();
    state.snapshot = snapshot;
    if (const std::string note = state.remark(); !note.empty() && note != previous)
        display_.report(note);
    state.progress.add(at, snapshot.missing, snapshot.present);
}

/// "measuring", or of some of several "measuring invoices, orders".
std::string WatchSession::named(std::string_view what, const std::vector<std::string>& names) const {
    return names.size() == states_.size() ? std::string(what) : fmt::format("{} {}", what, health::join(names, ", "));
}

void WatchSession::update(std::optional<Outage> WatchState::* outage, const std::vector<std::optional<Error>>& errors,
                          std::string_view what) {
    const auto now = health::now_in_seconds();
    std::vector<health::KeyedGroup<Error, std::string>> begun;
    std::map<health::Timestamp, std::vector<std::string>> recovered; // by the time since when it failed
    for (std::size_t i = 0; i < states_.size(); ++i) {
        std::optional<Outage>& current = states_[i].*outage;
        if (errors[i]) {
            if (!current)
                add_to_group(begun, *errors[i], states_[i].backfill.name);
            current = {.error = *errors[i], .since = current ? current->since : now};
        } else if (current) {
            recovered[current->since].push_back(states_[i].backfill.name);
            current.reset();
        }
    }
    for (const auto& [error, names] : begun)
        display_.report_outage(named(what, names), {.error = error, .since = now});
    for (const auto& [since, names] : recovered)
        display_.report_recovery(named(what, names), since, now);
}

ExitStatus WatchSession::give_up() const {
    const std::string time = health::to_string(*settings_.give_up_after);
    std::vector<std::string> unfinished;
    for (const WatchState& state : states_) {
        if (!state.snapshot || state.measuring) {
            const std::string reason =
                state.measuring ? state.measuring->reason() : "the first measurement is still running";
            complain(fmt::format("gave up after {}: {}", time,
                                 states_.size() == 1 ? reason : fmt::format("{}: {}", state.backfill.name, reason)));
            return failed;
        }
        if (!state.is_done())
            unfinished.push_back(state.backfill.name);
    }
    const WatchState& first = states_.front();
    complain(fmt::format("gave up after {}: {}", time,
                         states_.size() == 1 ? describe_unfinished(first.backfill, *first.snapshot)
                                             : fmt::format("{} of {} backfills are not done: {}", unfinished.size(),
                                                           states_.size(), health::join(unfinished, ", "))));
    return check;
}

} // namespace cli
