#include "patience.hpp"
#include "temporary_folder.hpp"

#include <commands/verification/child.hpp>
#include <commands/verification/conversation.hpp>
#include <store/remedy.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <thread>

using namespace cli::verification;
using health::Error;
using health::ErrorKind;
using health::Result;
using namespace std::chrono_literals;

namespace {

/// A command is given these texts; its lines are kept.
struct Exchange {
    std::string command;
    std::vector<std::string> texts{};
    std::chrono::milliseconds idle_timeout = 20s;
    std::vector<std::string> lines{};
    bool numbered = true;
    std::chrono::milliseconds pause{};         ///< before each text
    std::function<void(std::size_t)> before{}; ///< each text, with how many are left

    Result<std::size_t> run() {
        const auto ignored = std::signal(SIGPIPE, SIG_IGN); // as main() does
        auto out = run_conversation({.command = command,
                                     .environment = {"PATH=/usr/bin:/bin", "WORD=one"},
                                     .idle_timeout = idle_timeout,
                                     .next_input = [&]() -> Result<std::optional<std::string>> {
                                         std::this_thread::sleep_for(pause);
                                         if (before)
                                             before(texts.size());
                                         if (texts.empty())
                                             return std::optional<std::string>();
                                         std::string next = texts.front();
                                         texts.erase(texts.begin());
                                         return std::optional(next);
                                     },
                                     .on_line = [&](std::size_t number, std::string_view line) -> Result<void> {
                                         lines.emplace_back(line);
                                         numbered &= number == lines.size();
                                         return {};
                                     }});
        std::signal(SIGPIPE, ignored);
        CHECK(numbered);
        return out;
    }

    std::size_t count() {
        const auto result = run();
        REQUIRE(result.has_value());
        return *result;
    }

    Error fails() {
        const auto result = run();
        REQUIRE(!result);
        return result.error();
    }
};

} // namespace

TEST_CASE("lines come as the command prints them, the last one also without a newline") {
    Exchange exchange{.command = "cat; printf '\\n\\n%s' $WORD", .texts = {"a\nb", "c\n"}};
    CHECK(exchange.count() == 5);
    CHECK(exchange.lines == std::vector<std::string>{"a", "bc", "", "", "one"});
    Exchange silent{.command = "cat > /dev/null", .texts = {"a"}};
    CHECK(silent.count() == 0);
}

TEST_CASE("neither side waits for the other, however much there is") {
    const std::string megabyte(1 << 20, 'x');
    Exchange exchange{.command = "head -c 3000000 /dev/zero | tr '\\0' '\\n'; cat",
                      .texts = {megabyte, megabyte, "\n"}};
    CHECK(exchange.count() == 3000001);
    CHECK(exchange.lines.back().size() == 2 * megabyte.size());
}

TEST_CASE("a command that ends by itself must have been given everything") {
    for (int i = 0; i < 20; ++i)
        CHECK(Exchange{.command = "head -n 1", .texts = {"a\n"}}.count() == 1);
    const health::tests::TemporaryFolder folder;
    const std::string closed = (folder.path() / "closed").native();
    Exchange late{.command = "read line; echo $line; exec 0<&-; touch " + closed,
                  .texts = {"a\n", "b\n"},
                  .before = [&](std::size_t left) {
                      const auto deadline = std::chrono::steady_clock::now() + test::patience;
                      while (left == 1 && !std::filesystem::exists(closed) &&
                             std::chrono::steady_clock::now() < deadline)
                          std::this_thread::sleep_for(1ms);
                  }};
    CHECK(late.fails().message.find("before it had read all") != std::string::npos);
    for (const std::chrono::milliseconds pause : {0ms, 1ms, 3ms}) {
        Exchange exchange{.command = "read line; echo $line; exec 0<&-", .texts = {"a\n", "b\n"}, .pause = pause};
        const auto result = exchange.run();
        if (result) // all of it was in the pipe by then
            CHECK(exchange.texts.empty());
        else
            CHECK(result.error().message.find("before it had read all") != std::string::npos);
    }
}

TEST_CASE("how a command fails") {
    const std::string much(1 << 20, 'x');
    CHECK(Exchange{.command = "exit 7"}.fails().message.find("exit status 7") != std::string::npos);
    CHECK(Exchange{.command = "kill -15 $$"}.fails().message.find("signal 15") != std::string::npos);
    CHECK(Exchange{.command = "true", .texts = {much}}.fails().kind == ErrorKind::bad_response);
    CHECK(Exchange{.command = "false", .texts = {much}}.fails().message.find("exit status 1") != std::string::npos);
    CHECK(Exchange{.command = "cat /dev/zero"}.fails().message.find("line 1 ") != std::string::npos);
    // A pipe that is closed ends it, as in a shell, although this program ignores the signal.
    CHECK(Exchange{.command = "yes | head -n 1 > /dev/null; exit 5"}.fails().message.find("exit status 5") !=
          std::string::npos);
}

TEST_CASE("a command that is silent for too long") {
    for (const std::string command : {"sleep 60", "cat > /dev/null; sleep 60", "exec >&-; sleep 60"}) {
        Exchange exchange{.command = command, .texts = {std::string(1 << 20, 'x')}, .idle_timeout = 300ms};
        const Error error = exchange.fails();
        CHECK(error.kind == ErrorKind::timeout);
        CHECK(error.hint == health::Hint(health::Remedy::raise_timeout));
    }
    Exchange slow{.command = "for i in 1 2 3 4 5 6 7; do sleep 0.4; echo; done", .idle_timeout = 2500ms};
    CHECK(slow.count() == 7);
}

TEST_CASE("time that we take for a line is not the command's") {
    const auto lines = run_conversation({.command = "echo 1; sleep 0.1; echo 2; sleep 0.1; echo 3",
                                         .environment = {"PATH=/usr/bin:/bin"},
                                         .idle_timeout = 700ms,
                                         .next_input = [] { return Result<std::optional<std::string>>(std::nullopt); },
                                         .on_line = [](std::size_t, std::string_view) -> Result<void> {
                                             std::this_thread::sleep_for(900ms);
                                             return {};
                                         }});
    REQUIRE(lines.has_value());
    CHECK(*lines == 3);
}

TEST_CASE("the first failure of a function ends the command") {
    const auto begun = std::chrono::steady_clock::now();
    const auto no_input = run_conversation(
        {.command = "cat; sleep 60",
         .environment = {},
         .idle_timeout = 20s,
         .next_input = []() -> Result<std::optional<std::string>> { return Error{ErrorKind::partial, "half", ""}; },
         .on_line = [](std::size_t, std::string_view) { return Result<void>(); }});
    CHECK(no_input.error().kind == ErrorKind::partial);
    const auto bad_line =
        run_conversation({.command = "echo; sleep 60",
                          .environment = {},
                          .idle_timeout = 20s,
                          .next_input = [] { return Result<std::optional<std::string>>(std::nullopt); },
                          .on_line = [](std::size_t, std::string_view) -> Result<void> {
                              return Error{ErrorKind::bad_response, "nonsense", ""};
                          }});
    CHECK(bad_line.error().message == "nonsense");
    CHECK(std::chrono::steady_clock::now() - begun < 10s);
}

TEST_CASE("the environment of the command has none of our connections") {
    ::setenv("ES_X", "1", 1);
    ::setenv("KIBANA_X", "1", 1);
    ::setenv("RESULT_X", "1", 1);
    const auto variables = environment_without_secrets();
    for (const char* name : {"ES_X", "KIBANA_X", "RESULT_X"})
        ::unsetenv(name);
    CHECK(std::ranges::count(variables, "RESULT_X=1") == 1);
    CHECK(std::ranges::none_of(variables, [](const std::string& variable) {
        return variable.starts_with("ES_") || variable.starts_with("KIBANA_");
    }));
}
