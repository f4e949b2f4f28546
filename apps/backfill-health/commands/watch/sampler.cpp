#include <commands/watch/sampler.hpp>

#include <base/waiting.hpp>
#include <commands/shared/measurement.hpp>
#include <commands/watch/state.hpp>

#include <algorithm>
#include <utility>

namespace cli {

using health::Clock;
using health::Deadline;

Sampler::Sampler(const WatchSettings& settings, const Events& events)
    : settings_(settings), events_(events), thread_([this](const std::stop_token& stop) { run(stop); }) {}

std::deque<WatchSample> Sampler::take() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(samples_, {});
}

void Sampler::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        const auto begun = Clock::now();
        WatchSample sample = measure(stop);
        const bool done = sample.is_done();
        {
            const std::scoped_lock sharing(mutex_);
            samples_.push_back(std::move(sample));
        }
        events_.notify();
        if (done && settings_.until_done)
            return;
        health::wait_until(stop, begun + settings_.interval);
    }
}

bool WatchSample::is_done() const {
    return std::ranges::all_of(snapshots, [](const auto& snapshot) { return snapshot && health::is_done(*snapshot); });
}

WatchSample Sampler::measure(const std::stop_token& stop) {
    auto snapshots = settings_.store->measure(settings_.backfills, Deadline::after(settings_.timeout, stop));
    WatchSample out{.at = Clock::now(), .snapshots = std::move(snapshots), .stored = {}};
    out.stored.resize(out.snapshots.size());
    if (!must_store(out))
        return out;
    stored_at_ = out.at;
    store(out, stop);
    return out;
}

/// The first one, one every so often, and the last one.
bool Sampler::must_store(const WatchSample& sample) const {
    if (!settings_.emit_every ||
        std::ranges::none_of(sample.snapshots, [](const auto& snapshot) { return snapshot.has_value(); }))
        return false;
    const bool last = settings_.until_done && sample.is_done();
    return last || !stored_at_ || sample.at - *stored_at_ >= *settings_.emit_every;
}

void Sampler::store(WatchSample& sample, const std::stop_token& stop) const {
    const auto stored = settings_.emission.emit(*settings_.store, settings_.backfills, values_of(sample.snapshots),
                                                Deadline::after(settings_.timeout, stop));
    for (std::size_t i = 0; i < stored.size(); ++i)
        if (sample.snapshots[i])
            sample.stored[i] = stored[i] ? Result<void>{} : stored[i].error();
}

} // namespace cli
