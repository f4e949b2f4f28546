#include "child.hpp"

#include <base/secrets.hpp>
#include <cli/report.hpp>
#include <terminal/console.hpp>

#include <doctest/doctest.h>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <string>
#include <unistd.h>

using test::in_child;

namespace {

int printed(std::string_view text) {
    return cli::print(text) ? 0 : 3;
}

/// The status of the error, as the child has it.
test::Ended reported(health::ErrorKind kind, const std::string& message, const health::Hint& hint = {}) {
    return in_child([&] { return cli::report({kind, message, hint}); });
}

} // namespace

TEST_CASE("a result goes to stdout as it is, and nothing else does") {
    const auto ended = in_child([] { return printed("Index: a\n") + printed("Verdict: OK\n"); });
    CHECK(ended.status == 0);
    CHECK(ended.out == "Index: a\nVerdict: OK\n");
    CHECK(ended.err.empty());
}

TEST_CASE("when quiet, only what is wrong is printed") {
    const auto ended = in_child([] {
        cli::set_quiet();
        cli::complain("the population is empty");
        return printed("Created index\n") + (cli::print_always("conflict\n") ? 0 : 3) + (cli::is_quiet() ? 0 : 4);
    });
    CHECK(ended.status == 0);
    CHECK(ended.out == "conflict\n");
    CHECK(ended.err == "backfill-health: the population is empty\n");
}

TEST_CASE("a result that cannot be delivered is a failure") {
    const auto full = in_child([] {
        const int device = ::open("/dev/full", O_WRONLY);
        ::dup2(device, STDOUT_FILENO);
        const auto result = cli::print("Verdict: OK\n");
        return result ? 0 : static_cast<int>(cli::report(result.error()));
    });
    CHECK(full.status == cli::failed);
    CHECK(full.err == "backfill-health: cannot write the result to stdout: No space left on device\n");
    const auto closed = in_child([] {
        ::close(STDOUT_FILENO);
        return printed("Verdict: OK\n");
    });
    CHECK(closed.status == 3);
    const auto nobody_reads = in_child([] {
        static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
        std::array<int, 2> ends{};
        if (::pipe(ends.data()) != 0)
            return 99;
        ::close(ends[0]);
        ::dup2(ends[1], STDOUT_FILENO);
        return printed("Verdict: OK\n");
    });
    CHECK(nobody_reads.status == 3);
}

TEST_CASE("wrong usage is told apart from a failure by the exit status") {
    CHECK(reported(health::ErrorKind::usage, "no such option", "see --help").status == cli::usage);
    for (const auto kind : {health::ErrorKind::unreachable, health::ErrorKind::timeout, health::ErrorKind::unauthorized,
                            health::ErrorKind::index_missing, health::ErrorKind::partial, health::ErrorKind::rejected,
                            health::ErrorKind::bad_response})
        CHECK(reported(kind, "it failed").status == cli::failed);
}

TEST_CASE("an error is one line on stderr, with what to try") {
    const auto ended = reported(health::ErrorKind::timeout, "no answer in 10s", "wait longer");
    CHECK(ended.err == "backfill-health: no answer in 10s; wait longer\n");
    CHECK(ended.out.empty());
}

TEST_CASE("a line on stderr has less than 300 bytes, no control characters and no secrets") {
    const auto said = in_child([] {
        health::register_secret("canary-of-the-console");
        cli::complain("two\nlines\r\x1b[2J of canary-of-the-console " + std::string(1000, 'x'));
        return 0;
    });
    CHECK(said.err.size() < 300);
    CHECK(said.err.find('\n') == said.err.size() - 1);
    CHECK(said.err.find('\r') == std::string::npos);
    CHECK(said.err.find('\x1b') == std::string::npos);
    CHECK(said.err.find("canary") == std::string::npos);
    CHECK(said.err.starts_with("backfill-health: two"));
}

TEST_CASE("a pipe that nobody reads any more is noticed, a file or a pipe with a reader is not") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    const health::Descriptor writer(ends[1]);
    {
        const health::Descriptor reader(ends[0]);
        CHECK_FALSE(cli::reader_has_left(writer.get()));
    }
    CHECK(cli::reader_has_left(writer.get()));
    const auto file = health::open_file("/dev/null", O_WRONLY);
    REQUIRE(file.has_value());
    CHECK_FALSE(cli::reader_has_left(file->get()));
}
