#include "child.hpp"
#include "queue.hpp"

#include <commands/verification/child.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <csignal>
#include <optional>
#include <poll.h>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

using cli::verification::Child;
using cli::verification::describe_status;
using health::Descriptor;

namespace {

const std::vector<std::string> path{"PATH=/usr/bin:/bin"};

Child start(const std::string& command) {
    auto out = Child::start(command, path);
    REQUIRE(out.has_value());
    return *std::move(out);
}

/// What comes until nobody has the other end any more; "..." where somebody has it for too long.
std::string rest(const Descriptor& output) {
    std::string out;
    const auto deadline = std::chrono::steady_clock::now() + test::patience;
    while (std::chrono::steady_clock::now() < deadline) {
        pollfd readable{.fd = output.get(), .events = POLLIN, .revents = 0};
        std::array<char, 200> buffer{};
        if (::poll(&readable, 1, 100) <= 0)
            continue;
        const auto size = ::read(output.get(), buffer.data(), buffer.size());
        if (size == 0)
            return out;
        if (size > 0)
            out.append(buffer.data(), static_cast<std::size_t>(size));
    }
    return out + "...";
}

/// How it has ended, once it has.
std::optional<int> awaited_status(Child& child) {
    const auto deadline = std::chrono::steady_clock::now() + test::patience;
    auto status = child.status();
    while (!status && std::chrono::steady_clock::now() < deadline) {
        ::poll(nullptr, 0, 5);
        status = child.status();
    }
    return status;
}

} // namespace

TEST_CASE("the end of a command in words") {
    CHECK(describe_status(0) == "exit status 0");
    CHECK(describe_status(3 << 8) == "exit status 3");
    CHECK(describe_status(255 << 8) == "exit status 255");
    CHECK(describe_status(SIGKILL) == "signal 9 (Killed)");
    CHECK(describe_status(SIGTERM) == "signal 15 (Terminated)");
}

TEST_CASE("a command that has ended takes with it what it has left running") {
    Child child = start("sleep 60 & echo begun; exit 3");
    const Descriptor output(::dup(child.output()));
    const auto status = awaited_status(child);
    REQUIRE(status);
    CHECK(describe_status(*status) == "exit status 3");
    CHECK(child.status() == status);
    CHECK(rest(output) == "begun\n");
}

TEST_CASE("a command that nobody waits for any more is killed, with what it has started") {
    Descriptor output;
    {
        Child child = start("trap '' TERM INT HUP; sleep 60 & sleep 60");
        output = Descriptor(::dup(child.output()));
        Child moved = std::move(child); // whoever has it last kills it
        CHECK_FALSE(moved.status());
    }
    CHECK(rest(output).empty());
}

TEST_CASE("a signal that ends this process ends the command, too") {
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
        const auto begun = std::chrono::steady_clock::now();
        // The command has our stderr: the child's output ends with the command.
        const auto ended = test::in_child([signal] {
            static_cast<void>(std::signal(signal, SIG_DFL)); // under nohup one of them is ignored, and stays so
            const auto child = Child::start("sleep 60", path);
            ::raise(signal);
            return 0;
        });
        CHECK(ended.status == -1);
        CHECK(std::chrono::steady_clock::now() - begun < test::patience);
    }
}

TEST_CASE("a command is given its environment, its pipes and nothing else") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0); // inherited, unless somebody closes it
    const Descriptor read_end(ends[0]);
    const Descriptor write_end(ends[1]);
    Child child = start("ls /proc/self/fd | wc -l; env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= -e ^OLDPWD=; cat");
    CHECK(::write(child.input(), "given", 5) == 5);
    child.close_input();
    CHECK(rest(Descriptor(::dup(child.output()))) == "4\nPATH=/usr/bin:/bin\ngiven"); // ls has opened the folder
    CHECK(awaited_status(child) == 0);
}

TEST_CASE("a command that /bin/sh does not find is its failure, and not ours") {
    Child child = start("exec no-such-command-4711 2> /dev/null");
    const auto status = awaited_status(child);
    REQUIRE(status);
    CHECK(describe_status(*status) == "exit status 127");
}
