#include <commands/watch/sampler.hpp>

#include <base/waiting.hpp>

#include <utility>

namespace cli {

using health::Clock;
using health::Deadline;

Sampler::Sampler(const WatchSettings& settings, const Events& events)
    : settings_(settings), events_(events), thread_([this](const std::stop_token& stop) { run(stop); }) {}

std::deque<Sample> Sampler::take() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(samples_, {});
}

void Sampler::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        const auto begun = Clock::now();
        Sample sample = measure(stop);
        const bool done = sample.snapshot && verdict(*sample.snapshot) == health::Verdict::ok;
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

Sample Sampler::measure(const std::stop_token& stop) {
    const health::Backfill& backfill = settings_.backfill;
    auto snapshot = settings_.store->measure({&backfill, 1}, Deadline::after(settings_.timeout, stop)).front();
    Sample out{.at = Clock::now(), .snapshot = std::move(snapshot)};
    if (!must_store(out))
        return out;
    stored_at_ = out.at;
    const auto document =
        settings_.emission.emit(*settings_.store, backfill, *out.snapshot, Deadline::after(settings_.timeout, stop));
    out.stored = document ? Result<void>{} : document.error();
    return out;
}

/// The first one, one every so often, and the last one.
bool Sampler::must_store(const Sample& sample) const {
    if (!sample.snapshot || !settings_.emit_every)
        return false;
    const bool last = settings_.until_done && verdict(*sample.snapshot) == health::Verdict::ok;
    return last || !stored_at_ || sample.at - *stored_at_ >= *settings_.emit_every;
}

} // namespace cli
