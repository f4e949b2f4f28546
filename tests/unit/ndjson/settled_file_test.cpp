#include "temporary_folder.hpp"

#include <ndjson/settled_file.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>
#include <utility>

using namespace health;
using namespace health::ndjson;
using namespace health::tests;
using namespace std::chrono_literals;

namespace {

/// Until what happens next has a later time than the file's: the clock of a file system is coarse.
void wait_until_later_than(const std::filesystem::path& file) {
    const auto written = std::filesystem::last_write_time(file);
    const auto probe = file.parent_path() / "probe";
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    do
        std::ofstream(probe) << "x";
    while (std::filesystem::last_write_time(probe) <= written && std::chrono::steady_clock::now() < deadline);
    CHECK(std::filesystem::last_write_time(probe) > written);
}

} // namespace

TEST_CASE("a file that nobody writes to is read once") {
    const TemporaryFolder folder;
    const auto path = folder.path() / "mail.ndjson";
    std::ofstream(path) << "{}\n";
    int reads = 0;
    CHECK(read_settled(path, Deadline::after(10s), [&]() -> Result<void> {
              ++reads;
              return {};
          }).has_value());
    CHECK(reads == 1);
}

TEST_CASE("a file that somebody has open for writing is not read before it is closed") {
    const TemporaryFolder folder;
    const auto path = folder.path() / "mail.ndjson";
    std::ofstream writer(path);
    writer << "{}\n" << std::flush;
    int reads = 0;
    const auto read = [&]() -> Result<void> {
        ++reads;
        return {};
    };
    const auto refused = read_settled(path, Deadline::after(300ms), read);
    REQUIRE(!refused.has_value());
    CHECK(refused.error().kind == ErrorKind::partial);
    CHECK(refused.error().message.find("is being written") != std::string::npos);
    CHECK(reads == 0);

    std::jthread closing([&] {
        std::this_thread::sleep_for(200ms);
        writer.close();
    });
    CHECK(read_settled(path, Deadline::after(30s), read).has_value());
    CHECK(reads == 1);
}

TEST_CASE("a writer that opens the file for each line is waited for") {
    const TemporaryFolder folder;
    const auto path = folder.path() / "mail.ndjson";
    constexpr int lines = 60;
    constexpr auto pause = 15ms;
    const auto append = [&] { std::ofstream(path, std::ios::app) << "{}\n"; };
    // One that is held up for too long has left the file alone: it has to be tried again.
    auto longest = Clock::duration::max();
    std::uintmax_t size = 0;
    for (int attempt = 0; attempt < 10 && longest > 400ms; ++attempt) {
        std::filesystem::remove(path);
        longest = Clock::duration::zero();
        auto before = Clock::now();
        append();
        std::jthread writer([&] {
            for (int i = 1; i < lines; ++i) {
                const auto writing = Clock::now();
                std::this_thread::sleep_for(pause);
                append();
                longest = std::max(longest, Clock::now() - std::exchange(before, writing));
            }
        });
        CHECK(read_settled(path, Deadline::after(30s), [&]() -> Result<void> {
                  size = std::filesystem::file_size(path);
                  return {};
              }).has_value());
        writer.join();
    }
    CHECK(size == lines * 3);
}

TEST_CASE("of a file that is closed nobody says that it is being written") {
    const TemporaryFolder folder;
    const auto path = folder.path() / "mail.ndjson";
    std::ofstream(path) << "{}\n";
    std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() + 1h);
    const auto refused = read_settled(path, Deadline::after(1ms), []() -> Result<void> { return {}; });
    REQUIRE(!refused.has_value());
    CHECK(refused.error().message.ends_with("mail.ndjson may still be written to"));
}

TEST_CASE("a file that was moved into place is read at once") {
    const TemporaryFolder folder;
    const auto path = folder.path() / "mail.ndjson";
    std::ofstream(folder.path() / "next") << "{}\n";
    wait_until_later_than(folder.path() / "next");
    std::filesystem::rename(folder.path() / "next", path);
    CHECK(read_settled(path, Deadline::after(1ms), []() -> Result<void> { return {}; }).has_value());
}

TEST_CASE("a file whose time lies in the future is read once it stays the same") {
    const TemporaryFolder folder;
    const auto path = folder.path() / "mail.ndjson";
    std::ofstream(path) << "{}\n";
    std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() + 1h);
    CHECK(read_settled(path, Deadline::after(30s), []() -> Result<void> { return {}; }).has_value());
}

TEST_CASE("a file that changes while it is read is read again") {
    const TemporaryFolder folder;
    const auto path = folder.path() / "mail.ndjson";
    std::ofstream(path) << "{}\n";
    int reads = 0;
    CHECK(read_settled(path, Deadline::after(30s), [&]() -> Result<void> {
              if (++reads == 1)
                  std::ofstream(path, std::ios::app) << "{}\n";
              return {};
          }).has_value());
    CHECK(reads == 2);

    CHECK(read_settled(path, Deadline::after(30s), [&]() -> Result<void> {
              if (++reads == 3) {
                  std::ofstream(folder.path() / "next") << "{}\n{}\n";
                  std::filesystem::rename(folder.path() / "next", path);
              }
              return {};
          }).has_value());
    CHECK(reads == 4);
}

TEST_CASE("what cannot be opened is for the reader to say") {
    const TemporaryFolder folder;
    const auto failed = read_settled(folder.path() / "mail.ndjson", Deadline::after(30s), []() -> Result<void> {
        return Error{ErrorKind::index_missing, "no such file", ""};
    });
    REQUIRE(!failed.has_value());
    CHECK(failed.error().kind == ErrorKind::index_missing);
}
