#include <commands/watch/session.hpp>

#include <base/time.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
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
ExitStatus undelivered(const Error& error) {
    return reader_has_left(STDOUT_FILENO) ? ended_by(SIGPIPE) : report(error);
}

template <class T>
std::optional<Error> error_of(const Result<T>& result) {
    return result ? std::nullopt : std::optional(result.error());
}

} // namespace

WatchSession::WatchSession(const WatchSettings& settings)
    : settings_(settings), display_(settings), state_{.backfill = settings.backfill} {}

ExitStatus WatchSession::run() {
    const auto begun = Clock::now();
    Sampler sampler(settings_, events_);
    for (;;) {
        if (const auto drawn = display_.refresh(state_); !drawn)
            return undelivered(drawn.error());
        const auto signal = events_.wait(until_next_look(begun));
        if (signal == SIGTSTP)
            pause();
        else if (signal && *signal != SIGWINCH)
            return ended_by(*signal);
        for (const Sample& sample : sampler.take())
            if (const auto end = process(sample))
                return *end;
        if (settings_.give_up_after && Clock::now() - begun >= *settings_.give_up_after)
            return give_up();
    }
}

/// The view has a clock; without one there is nothing to do until a sample comes.
milliseconds WatchSession::until_next_look(Clock::time_point begun) const {
    milliseconds out = settings_.format == WatchSettings::Format::screen ? 1000ms : 3600s;
    if (settings_.give_up_after)
        out = std::min(out, std::chrono::ceil<milliseconds>(*settings_.give_up_after - (Clock::now() - begun)));
    return out;
}

/// Ctrl-Z, until somebody says fg: the shell gets its cursor back meanwhile.
void WatchSession::pause() {
    display_.leave();
    static_cast<void>(std::raise(SIGSTOP));
}

std::optional<ExitStatus> WatchSession::process(const Sample& sample) {
    const auto& [at, snapshot, stored] = sample;
    if (!snapshot && !state_.snapshot)
        return report(snapshot.error()); // nothing has been seen yet: wrong settings look like that
    update(state_.measuring, error_of(snapshot), "measuring");
    if (stored)
        update(state_.storing, error_of(*stored), "storing snapshots");
    if (!snapshot) {
        state_.progress.add_failure(at);
        return std::nullopt;
    }
    const bool was_empty = std::exchange(population_is_empty_, snapshot->population() == 0);
    if (population_is_empty_ && !was_empty)
        display_.report_empty_population();
    state_.snapshot = *snapshot;
    state_.progress.add(at, snapshot->missing, snapshot->present);
    if (const auto added = display_.add_line(state_); !added)
        return undelivered(added.error());
    if (!settings_.until_done || verdict(*snapshot) != health::Verdict::ok)
        return std::nullopt;
    if (const auto drawn = display_.refresh(state_); !drawn)
        return undelivered(drawn.error());
    return done;
}

/// An outage begins, goes on, or ends.
void WatchSession::update(std::optional<Outage>& outage, const std::optional<Error>& error, std::string_view what) {
    const auto now = health::now_in_seconds();
    if (error) {
        const bool begins = !outage;
        outage = {.reason = health::one_line(*error), .since = begins ? now : outage->since};
        if (begins)
            display_.report_outage(what, *outage);
    } else if (outage) {
        display_.report_recovery(what, *outage, now);
        outage.reset();
    }
}

ExitStatus WatchSession::give_up() const {
    const std::string time = health::to_string(*settings_.give_up_after);
    if (!state_.snapshot || state_.measuring) {
        complain(fmt::format("gave up after {}: {}", time,
                             state_.measuring ? state_.measuring->reason : "the first measurement has not ended"));
        return failed;
    }
    complain(fmt::format("gave up after {}: {} of {} are missing {}", time, state_.snapshot->missing,
                         settings_.backfill.index, settings_.backfill.field_label));
    return check;
}

} // namespace cli
