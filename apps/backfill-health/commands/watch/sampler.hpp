#pragma once

#include <commands/watch/settings.hpp>
#include <model/snapshot.hpp>
#include <terminal/signals.hpp>

#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace cli {

/// A measurement, and how storing its snapshot went when it was to be stored.
struct Sample {
    health::Clock::time_point at;
    Result<health::Snapshot> snapshot;
    std::optional<Result<void>> stored{};
};

/// Measures every interval in a thread of its own, so that a silent engine holds nothing else up.
class Sampler {
public:
    /// Notifies `events` of each sample. Both must outlive it.
    Sampler(const WatchSettings& settings, const Events& events);

    /// Those that have come since the last call, in their order.
    std::deque<Sample> take();

private:
    void run(const std::stop_token& stop);
    Sample measure(const std::stop_token& stop);
    [[nodiscard]] bool must_store(const Sample& sample) const;

    const WatchSettings& settings_;
    const Events& events_;
    std::optional<health::Clock::time_point> stored_at_;
    std::mutex mutex_;
    std::deque<Sample> samples_;
    std::jthread thread_; ///< last: it uses all the others
};

} // namespace cli
