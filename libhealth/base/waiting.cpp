#include <base/waiting.hpp>

#include <condition_variable>
#include <mutex>

namespace health {

bool wait_until(const std::stop_token& stop, Clock::time_point time) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any stopped; // notified by the stop token only
    return !stopped.wait_until(lock, stop, time, [] { return false; }) && !stop.stop_requested();
}

bool wait_for(const std::stop_token& stop, Clock::duration time) {
    return wait_until(stop, Clock::now() + time);
}

} // namespace health
