#pragma once

#include <commands/watch/display.hpp>
#include <commands/watch/sampler.hpp>
#include <commands/watch/settings.hpp>
#include <commands/watch/state.hpp>
#include <terminal/console.hpp>
#include <terminal/signals.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// One run of `watch`, from the first measurement to the exit status.
class WatchSession {
public:
    explicit WatchSession(const WatchSettings& settings);

    ExitStatus run();

private:
    [[nodiscard]] std::chrono::milliseconds until_next_look(health::Clock::time_point begun) const;
    void pause();
    std::optional<ExitStatus> process(const WatchSample& sample);
    /// Begins, continues or ends the outages of one kind, and reports those that begin or end. Backfills that fail with
    /// the same error, or work again after the same time, share a line. `what` is "measuring", for instance.
    void update(std::optional<Outage> WatchState::* outage, const std::vector<std::optional<Error>>& errors,
                std::string_view what);
    void add_snapshot(WatchState& state, const health::Snapshot& snapshot, health::Clock::time_point at);
    [[nodiscard]] std::string named(std::string_view what, const std::vector<std::string>& names) const;
    ExitStatus give_up() const;

    Events events_; ///< first: it must exist before the threads
    const WatchSettings& settings_;
    WatchDisplay display_;
    std::vector<WatchState> states_; ///< one of each backfill
};

} // namespace cli
