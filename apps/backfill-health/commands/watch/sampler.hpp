#pragma once

#include <commands/watch/settings.hpp>
#include <model/snapshot.hpp>
#include <terminal/signals.hpp>

#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

namespace cli {

/// A measurement of all backfills, and the result of storing its snapshots where that was due: one for each, in their
/// order.
struct WatchSample {
    health::Clock::time_point at;
    std::vector<Result<health::Snapshot>> snapshots;
    std::vector<std::optional<Result<void>>> stored;

    /// Nothing is missing in any of them, and no rule is broken.
    [[nodiscard]] bool is_done() const;
};

/// Measures every interval in a thread of its own, so that a silent engine holds nothing else up.
class Sampler {
public:
    /// Notifies `events` of each sample. Both must outlive it.
    Sampler(const WatchSettings& settings, const Events& events);

    /// The samples since the last call, oldest first.
    std::deque<WatchSample> take();

private:
    void run(const std::stop_token& stop);
    WatchSample measure(const std::stop_token& stop);
    [[nodiscard]] bool must_store(const WatchSample& sample) const;
    void store(WatchSample& sample, const std::stop_token& stop) const;

    const WatchSettings& settings_;
    const Events& events_;
    std::optional<health::Clock::time_point> stored_at_;
    std::mutex mutex_;
    std::deque<WatchSample> samples_;
    std::jthread thread_; ///< last: it uses all the others
};

} // namespace cli
