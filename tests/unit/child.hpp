#pragma once

#include <base/files.hpp>

#include <doctest/doctest.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace test {

/// What a child process has written and how it ended.
struct Ended {
    std::string out;
    std::string err;
    int status = -1; ///< what it returned; -1 when a signal ended it
};

/// Runs it in a child process, as it changes what a process has only once. It must write no more than a pipe holds.
inline Ended in_child(const std::function<int()>& run) {
    std::array<int, 2> out{};
    std::array<int, 2> err{};
    REQUIRE(::pipe(out.data()) == 0);
    REQUIRE(::pipe(err.data()) == 0);
    std::fflush(nullptr); // or the child may write what doctest has not written yet: under TSan, _exit does
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        for (const int taken_by_doctest : {SIGINT, SIGTERM})
            static_cast<void>(std::signal(taken_by_doctest, SIG_DFL));
        ::dup2(out[1], STDOUT_FILENO);
        ::dup2(err[1], STDERR_FILENO);
        for (const int each : {out[0], out[1], err[0], err[1]})
            ::close(each);
        ::alarm(20);
        ::_exit(run());
    }
    ::close(out[1]);
    ::close(err[1]);
    const health::Descriptor from_out(out[0]);
    const health::Descriptor from_err(err[0]);
    Ended ended{.out = health::read_to_end(from_out).value(), .err = health::read_to_end(from_err).value()};
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    if (WIFEXITED(status))
        ended.status = WEXITSTATUS(status);
    return ended;
}

} // namespace test
