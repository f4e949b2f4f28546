#pragma once

#include <base/files.hpp>

#include <chrono>
#include <csignal>
#include <optional>

namespace cli {

/// The events that an interactive command waits for: signals, and notifications from its other threads. While it lives,
/// the signals are returned by wait() and do nothing else; it must be made before any other thread, for they inherit
/// that. A signal that is ignored stays so: nohup and a shell that starts something in the background want that.
class Events {
public:
    Events();
    Events(const Events&) = delete;
    Events& operator=(const Events&) = delete;
    ~Events();

    /// Ends the wait. May be called from any thread.
    void notify() const;

    /// Until somebody notifies, a signal (which is returned), or the time has passed.
    [[nodiscard]] std::optional<int> wait(std::chrono::milliseconds time) const;

private:
    sigset_t handled_;
    health::Descriptor signals_;
    health::Descriptor notifications_;
};

} // namespace cli
