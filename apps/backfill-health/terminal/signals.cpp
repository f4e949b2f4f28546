#include <terminal/signals.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <limits>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace cli {

namespace {

sigset_t handled_signals() {
    sigset_t out;
    sigemptyset(&out);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGWINCH}) {
        struct sigaction now{};
        // Linux queues a blocked signal although it is ignored.
        if (sigaction(signal, nullptr, &now) == 0 && now.sa_handler != SIG_IGN)
            sigaddset(&out, signal);
    }
    return out;
}

} // namespace

Events::Events()
    : handled_(handled_signals()), signals_(signalfd(-1, &handled_, SFD_CLOEXEC | SFD_NONBLOCK)),
      notifications_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    pthread_sigmask(SIG_BLOCK, &handled_, nullptr);
}

Events::~Events() {
    pthread_sigmask(SIG_UNBLOCK, &handled_, nullptr);
}

void Events::notify() const {
    const std::uint64_t one = 1;
    // A full counter wakes the reader just the same.
    static_cast<void>(!::write(notifications_.get(), &one, sizeof one));
}

std::optional<int> Events::wait(std::chrono::milliseconds time) const {
    std::array<pollfd, 2> sources{{{signals_.get(), POLLIN, 0}, {notifications_.get(), POLLIN, 0}}};
    const auto longest = static_cast<std::int64_t>(std::numeric_limits<int>::max());
    ::poll(sources.data(), sources.size(), static_cast<int>(std::clamp<std::int64_t>(time.count(), 0, longest)));
    std::uint64_t count = 0;
    static_cast<void>(!::read(notifications_.get(), &count, sizeof count));
    signalfd_siginfo signal{};
    if (::read(signals_.get(), &signal, sizeof signal) == sizeof signal)
        return static_cast<int>(signal.ssi_signo);
    return std::nullopt;
}

} // namespace cli
