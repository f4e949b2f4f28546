#pragma once

#include <commands/watch/display.hpp>
#include <commands/watch/sampler.hpp>
#include <commands/watch/settings.hpp>
#include <commands/watch/state.hpp>
#include <terminal/console.hpp>
#include <terminal/signals.hpp>

#include <optional>
#include <string_view>

namespace cli {

/// One run of `watch`, from the first measurement to the exit status.
class WatchSession {
public:
    explicit WatchSession(const WatchSettings& settings);

    ExitStatus run();

private:
    [[nodiscard]] std::chrono::milliseconds until_next_look(health::Clock::time_point begun) const;
    void pause();
    std::optional<ExitStatus> process(const Sample& sample);
    void update(std::optional<Outage>& outage, const std::optional<Error>& error, std::string_view what);
    ExitStatus give_up() const;

    Events events_; ///< first: it must be there before the threads
    const WatchSettings& settings_;
    WatchDisplay display_;
    WatchState state_;
    bool population_is_empty_ = false;
};

} // namespace cli
