#include "ndjson/support.hpp"

#include <ndjson/append.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <sstream>
#include <string>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace health;
using namespace health::ndjson;
using namespace health::tests;

namespace {

using Lines = std::vector<std::string>;

Result<void> append(const std::filesystem::path& path, const Lines& lines) {
    return append_lines(path, lines, Deadline::after(std::chrono::minutes(1)));
}

/// While it lives, a write beyond the size fails as on a full disk.
class SizeLimit {
public:
    explicit SizeLimit(std::size_t size) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit limit = before_;
        limit.rlim_cur = size;
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
    }
    SizeLimit(const SizeLimit&) = delete;
    SizeLimit& operator=(const SizeLimit&) = delete;
    ~SizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

private:
    void (*handler_)(int);
    rlimit before_{};
};

std::size_t whole_lines(const std::string& text) {
    std::istringstream in(text);
    std::size_t count = 0;
    for (std::string line; std::getline(in, line); ++count) {
        CHECK(line.front() == '{');
        CHECK(line.back() == '}');
    }
    CHECK(text.ends_with('\n'));
    return count;
}

} // namespace

TEST_CASE("lines are added behind the others, in a new file if there is none") {
    const TemporaryFolder folder;
    const auto path = folder.file("health");
    CHECK(append(path, {R"({"n":1})"}).has_value());
    CHECK(append(path, {R"({"n":2})", R"({"n":3})"}).has_value());
    CHECK(folder.read("health") == "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");
}

TEST_CASE("a last line without its newline is completed") {
    const TemporaryFolder folder;
    for (const std::string last : {R"({"n":1})", R"({"n":123456789012345678901234567890})", R"({"n":1} )"}) {
        const auto path = folder.write("health", "{}\n" + last);
        CHECK(append(path, {R"({"n":2})"}).has_value());
        CHECK(folder.read("health") == "{}\n" + last + "\n{\"n\":2}\n");
    }
    const auto path = folder.write("health", R"({"only":"line"})");
    CHECK(append(path, {R"({"n":2})"}).has_value());
    CHECK(folder.read("health") == "{\"only\":\"line\"}\n{\"n\":2}\n");
}

TEST_CASE("a last line over more than one block is seen whole") {
    const TemporaryFolder folder;
    for (const std::size_t size : {65'525U, 65'536U, 65'537U, 200'000U}) {
        const std::string last = R"({"pad":")" + std::string(size, 'x') + R"("})";
        const auto path = folder.write("health", "{}\n" + last);
        CHECK(append(path, {"{}"}).has_value());
        CHECK(folder.read("health") == "{}\n" + last + "\n{}\n");
    }
}

TEST_CASE("a line of ours that was cut by a kill is removed") {
    const TemporaryFolder folder;
    const std::string flat = R"({"index":"mail","missing":2,"ts":"2025-10-10T14:22:31Z"})";
    const std::string nested = R"({"backfill":"invoices","index":"mail","derived":{"expires_at":1}})";
    for (const std::string& line : {flat, nested}) {
        for (std::size_t length = 1; length < line.size(); ++length) {
            CAPTURE(length);
            const auto path = folder.write("health", "{\"n\":1}\n" + line.substr(0, length));
            REQUIRE(append(path, {R"({"n":2})"}).has_value());
            CHECK(folder.read("health") == "{\"n\":1}\n{\"n\":2}\n");
        }
    }
}

TEST_CASE("another damaged last line is left alone") {
    const TemporaryFolder folder;
    for (const std::string last : {"hello", R"({"missing":1)", R"( {"index":1)", "[1]", "1", R"({"a":1}{"index":)"}) {
        CAPTURE(last);
        const std::string before = "{}\n\n" + last;
        const auto path = folder.write("health", before);
        const Error error = error_of(append(path, {R"({"n":2})"}));
        CHECK(error.kind == ErrorKind::bad_response);
        CHECK(error.message.starts_with(path.native() + ":3: "));
        CHECK(folder.read("health") == before);
    }
}

TEST_CASE("where there is no room for all, nothing is written") {
    const TemporaryFolder folder;
    const std::string whole = R"({"pad":")" + std::string(3000, 'x') + R"("})";
    for (const std::string& before : {whole + "\n", whole})
        for (const std::size_t room : {0U, 1U, 5U, 20U}) {
            CAPTURE(room);
            const auto path = folder.write("health", before);
            Result<void> result;
            {
                const SizeLimit limit(before.size() + room);
                result = append(path, {R"({"n":1,"m":2})", R"({"n":2})"});
            }
            const Error error = error_of(result);
            CHECK(error.kind == ErrorKind::rejected);
            CHECK(error.message.find(path.native()) != std::string::npos);
            CHECK(folder.read("health") == before);
        }
}

TEST_CASE("threads that append at once lose nothing") {
    const TemporaryFolder folder;
    const auto path = folder.write("health", R"({"index":"torn)");
    constexpr int threads = 8;
    constexpr int rounds = 50;
    std::vector<Result<void>> results(threads * rounds);
    {
        std::vector<std::jthread> pool;
        for (int t = 0; t < threads; ++t)
            pool.emplace_back([&, t] {
                for (int i = 0; i < rounds; ++i)
                    results[static_cast<std::size_t>(t) * rounds + static_cast<std::size_t>(i)] =
                        append(path, {R"({"index":"a"})", R"({"index":"b"})"});
            });
    }
    CHECK(std::ranges::all_of(results, [](const auto& result) { return result.has_value(); }));
    CHECK(whole_lines(folder.read("health")) == 2 * threads * rounds);
}

TEST_CASE("processes that append at once lose nothing") {
    const TemporaryFolder folder;
    const auto path = folder.file("health");
    constexpr int processes = 4;
    constexpr int rounds = 50;
    std::vector<pid_t> children;
    for (int p = 0; p < processes; ++p) {
        const pid_t child = ::fork();
        if (child == 0) {
            bool all = true;
            for (int i = 0; i < rounds; ++i)
                all = append(path, {R"({"index":"a"})"}).has_value() && all;
            ::_exit(all ? 0 : 1);
        }
        REQUIRE(child > 0);
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = -1;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK(status == 0);
    }
    CHECK(whole_lines(folder.read("health")) == processes * rounds);
}

TEST_CASE("waiting for the lock ends with the deadline") {
    const TemporaryFolder folder;
    const auto path = folder.write("health", "");
    const int holder = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    REQUIRE(::flock(holder, LOCK_EX) == 0);

    const Lines lines{"{}"};
    const auto late = append_lines(path, lines, Deadline::after(std::chrono::milliseconds(30)));
    const Error error = error_of(late);
    CHECK(error.kind == ErrorKind::timeout);
    CHECK(error.message.find(path.native()) != std::string::npos);

    std::stop_source source;
    source.request_stop();
    const auto stopped = append_lines(path, lines, Deadline::after(std::chrono::minutes(1), source.get_token()));
    CHECK(error_of(stopped).kind == ErrorKind::timeout);
    CHECK(folder.read("health").empty());

    ::close(holder);
    CHECK(append_lines(path, lines, Deadline::after(std::chrono::minutes(1))).has_value());
    CHECK(folder.read("health") == "{}\n");
}

TEST_CASE("a folder that does not exist is not made") {
    const TemporaryFolder folder;
    const auto path = folder.path() / "absent" / "health.ndjson";
    CHECK(error_of(append(path, {"{}"})).kind == ErrorKind::index_missing);
    CHECK(error_of(append(folder.path(), {"{}"})).kind == ErrorKind::rejected);
    CHECK(std::filesystem::is_empty(folder.path()));
}
