#pragma once

#include "patience.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace test {

/// What other threads have said, for one that waits for it.
template <class T>
class Queue {
public:
    void push(T item) {
        // Notified under the lock: who pops the item may end the queue as soon as the lock is free.
        const std::lock_guard lock(mutex_);
        items_.push_back(std::move(item));
        changed_.notify_all();
    }

    /// The oldest one; none when it does not come, or a stop comes first.
    std::optional<T> pop(const std::stop_token& stop = {}) {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, stop, patience, [this] { return !items_.empty(); }))
            return std::nullopt;
        std::optional<T> out(std::move(items_.front()));
        items_.pop_front();
        return out;
    }

    [[nodiscard]] bool empty() const {
        const std::lock_guard lock(mutex_);
        return items_.empty();
    }

private:
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<T> items_;
};

} // namespace test
