#include "ndjson/random_lines.hpp"
#include "ndjson/support.hpp"

#include <model/names.hpp>
#include <ndjson/scanner.hpp>
#include <ndjson/store.hpp>
#include <ndjson/tally.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <new>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <vector>

using namespace health;
using namespace health::ndjson;
using namespace health::tests;

namespace {

Deadline soon() {
    return Deadline::after(std::chrono::minutes(1));
}

/// "" where nothing is wrong.
std::string message_of(const Result<void>& result) {
    return result ? "" : one_line(result.error(), [](const Hint& hint) { return hint.sentence(); });
}

struct Outcome {
    std::string message;
    std::vector<std::string> lines; ///< sorted; where something is wrong, how many were shown is open
};

Outcome scan_with(std::size_t threads, const std::filesystem::path& path, std::size_t block_size) {
    std::vector<std::vector<std::string>> shown(threads);
    std::vector<Visit> visitors;
    for (auto& lines : shown)
        visitors.emplace_back([&lines](const simdjson::dom::object& line) { lines.push_back(simdjson::minify(line)); });
    Outcome out{.message = message_of(scan_in_parallel(path, soon(), visitors, block_size)), .lines = {}};
    for (const auto& lines : shown)
        out.lines.insert(out.lines.end(), lines.begin(), lines.end());
    std::ranges::sort(out.lines);
    return out;
}

/// Threads of any number understand the file as one that reads it in order.
void same_with_any_number(const std::string& text) {
    const TemporaryFolder folder;
    const auto path = folder.write("mail", text);
    Outcome expected;
    expected.message = message_of(scan(
        path, soon(), [&](const simdjson::dom::object& line) { expected.lines.push_back(simdjson::minify(line)); }));
    std::ranges::sort(expected.lines);
    for (std::size_t threads = 1; threads <= 5; ++threads)
        for (const std::size_t block_size : {1U, 50U, 1000U}) {
            CAPTURE(threads);
            CAPTURE(block_size);
            const Outcome outcome = scan_with(threads, path, block_size);
            CHECK(outcome.message == expected.message);
            if (expected.message.empty())
                CHECK(outcome.lines == expected.lines);
        }
}

/// The lines, some of them with blank ones behind them.
std::string file_of(const std::vector<std::string>& lines, RandomLines& random) {
    std::string out;
    for (const std::string& line : lines) {
        out += line + (random.below(4) == 0 ? "\r\n" : "\n");
        for (std::size_t blank = random.below(6); blank > 3; --blank)
            out += random.below(2) == 0 ? "\n" : " \t\r\n";
    }
    return out;
}

std::vector<std::string> documents(RandomLines& random, std::size_t count) {
    std::vector<std::string> out;
    while (out.size() < count)
        out.push_back(random.line());
    return out;
}

std::vector<std::string> bulk_lines(RandomLines& random, std::size_t count) {
    std::vector<std::string> out;
    for (const std::string& document : documents(random, count)) {
        out.push_back(R"({"index":{"_id":"1"}})");
        out.push_back(document);
    }
    return out;
}

} // namespace

TEST_CASE("threads see each document once") {
    for (unsigned seed = 0; seed < 8; ++seed) {
        CAPTURE(seed);
        RandomLines random(seed);
        same_with_any_number(file_of(documents(random, 80), random));
        same_with_any_number(file_of(bulk_lines(random, 40), random));
    }
    same_with_any_number("");
    same_with_any_number("\n\n\n");
    same_with_any_number("{\"a\":1}");
    same_with_any_number("\n\n\n{\"index\":{}}\n\n\n{\"a\":1}");
}

TEST_CASE("with threads, too, the failure is that of the first line that is wrong") {
    for (unsigned seed = 0; seed < 12; ++seed) {
        CAPTURE(seed);
        RandomLines random(seed);
        auto lines = seed % 2 == 0 ? documents(random, 80) : bulk_lines(random, 40);
        for (std::size_t wrong = 1 + random.below(4); wrong > 0; --wrong)
            lines[1 + random.below(lines.size() - 1)] = random.below(2) == 0 ? "{" : "[1]";
        same_with_any_number(file_of(lines, random));
        same_with_any_number(file_of({lines.begin(), lines.begin() + 41}, random));
    }
    same_with_any_number("{\"index\":{}}\n{}\n{\"index\":{}}\n\n\n\n\n\n\n");
    same_with_any_number("{\"index\":{}}\n{}\n{\"index\":{}}\n{}\n{\"delete\":{}}\n{\n");
}

TEST_CASE("a large file is shared among the threads") {
    const TemporaryFolder folder;
    std::string text;
    for (int i = 0; i < 1'000; ++i)
        text += "{\"a\":1}\n";
    const auto path = folder.write("mail", text);
    std::mutex mutex;
    std::condition_variable arrival;
    std::set<std::thread::id> threads;
    std::size_t shown = 0;
    const Visit visit = [&](const simdjson::dom::object&) {
        std::unique_lock lock(mutex);
        ++shown;
        threads.insert(std::this_thread::get_id());
        arrival.notify_all();
        arrival.wait_for(lock, std::chrono::seconds(20), [&] { return threads.size() == 3; });
    };
    CHECK(scan_in_parallel(path, soon(), std::vector<Visit>(3, visit), 1000).has_value());
    CHECK(shown == 1'000);
    CHECK(threads.size() == 3);
}

TEST_CASE("an exception of a visitor is that of the scan") {
    const TemporaryFolder folder;
    const auto path = folder.write("mail", "{}\n{}\n{}\n{}\n");
    const Visit visit = [](const simdjson::dom::object&) { throw std::bad_alloc(); };
    for (std::size_t threads = 1; threads <= 3; ++threads)
        CHECK_THROWS_AS(static_cast<void>(scan_in_parallel(path, soon(), std::vector<Visit>(threads, visit), 1)),
                        std::bad_alloc);
}

TEST_CASE("a store measures the same with any number of threads") {
    const TemporaryFolder folder;
    RandomLines random(7);
    std::string text;
    for (int i = 0; i < 8'000; ++i)
        text += random.line() + "\n";
    for (int i = 0; i < 5; ++i) // several blocks
        folder.write("mail-" + std::to_string(i), i % 2 == 0 ? text : random.line());
    auto backfills = random.backfills(20);
    for (std::size_t i = 0; i < backfills.size(); ++i)
        backfills[i].index = i % 3 == 0 ? "mail-*" : "mail-0,mail-1";
    const auto measure = [&](std::size_t threads, std::span<const Backfill> asked) {
        std::vector<std::vector<std::uint64_t>> out;
        for (const auto& result : make_ndjson_store(folder.path(), threads)->measure(asked, soon()))
            out.push_back(values(value_of(result)));
        return out;
    };
    std::vector<std::vector<std::uint64_t>> expected;
    for (const Backfill& backfill : backfills)
        expected.push_back(measure(1, {&backfill, 1}).front());
    for (std::size_t threads = 1; threads <= 5; ++threads) {
        CAPTURE(threads);
        CHECK(measure(threads, backfills) == expected);
    }
}
