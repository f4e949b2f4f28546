#include "child.hpp"
#include "queue.hpp"

#include <terminal/signals.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <initializer_list>
#include <thread>

using namespace std::chrono_literals;
using test::in_child;

namespace {

/// In a child process: whether all of them hold.
int all_hold(std::initializer_list<bool> conditions) {
    int number = 1;
    for (const bool holds : conditions) {
        if (!holds)
            return number;
        ++number;
    }
    return 0;
}

} // namespace

TEST_CASE("without an event a wait ends when its time has passed") {
    const cli::Events events;
    CHECK_FALSE(events.wait(0ms));
    CHECK_FALSE(events.wait(1ms));
    CHECK_FALSE(events.wait(-5ms));
}

TEST_CASE("a notification ends the wait, once, however often it came, and from any thread") {
    const auto begun = std::chrono::steady_clock::now();
    const cli::Events events;
    events.notify();
    events.notify();
    CHECK_FALSE(events.wait(test::patience));
    CHECK_FALSE(events.wait(0ms));
    std::thread other([&events] { events.notify(); });
    CHECK_FALSE(events.wait(test::patience));
    other.join();
    CHECK(std::chrono::steady_clock::now() - begun < test::patience);
}

TEST_CASE("a signal is returned by the wait, and does nothing else") {
    const auto ended = in_child([] {
        const cli::Events events;
        for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGWINCH}) {
            ::raise(signal);
            if (events.wait(test::patience) != signal)
                return signal;
        }
        return all_hold({!events.wait(0ms)});
    });
    CHECK(ended.status == 0);
}

TEST_CASE("of two signals none is lost, also beside a notification") {
    const auto ended = in_child([] {
        const cli::Events events;
        ::raise(SIGWINCH);
        ::raise(SIGTERM);
        events.notify();
        const auto first = events.wait(test::patience);
        const auto second = events.wait(test::patience);
        const bool both = (first == SIGWINCH && second == SIGTERM) || (first == SIGTERM && second == SIGWINCH);
        return all_hold({both, !events.wait(0ms)});
    });
    CHECK(ended.status == 0);
}

TEST_CASE("a signal that is ignored stays so, as nohup wants it") {
    const auto ended = in_child([] {
        static_cast<void>(std::signal(SIGHUP, SIG_IGN));
        const cli::Events events;
        ::raise(SIGHUP);
        return all_hold({!events.wait(0ms)});
    });
    CHECK(ended.status == 0);
}

TEST_CASE("afterwards a signal ends the process again") {
    const auto ended = in_child([] {
        {
            const cli::Events events;
        }
        ::raise(SIGTERM);
        return 0;
    });
    CHECK(ended.status == -1);
}
