#include <base/files.hpp>
#include <exporter/process_stats.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <fcntl.h>
#include <string>
#include <vector>

using namespace health;
using exporter::read_process_stats;

TEST_CASE("this process began in the past, and uses memory that it has") {
    const auto stats = read_process_stats();
    const auto now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    // Both times are known to a second or so.
    CHECK(stats.start_time_seconds < now + 2);
    CHECK(stats.start_time_seconds > now - 3600);
    CHECK(stats.resident_bytes > 1000000);
    CHECK(stats.resident_bytes < stats.virtual_bytes);
    CHECK(stats.max_fds >= stats.open_fds);
    CHECK(read_process_stats().start_time_seconds == stats.start_time_seconds);
}

TEST_CASE("descriptors that are open are counted, without the one that counts them") {
    const auto before = read_process_stats().open_fds;
    CHECK(before >= 3);
    std::vector<Descriptor> held;
    for (int i = 0; i < 7; ++i)
        held.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    CHECK(read_process_stats().open_fds == before + 7);
    held.clear();
    CHECK(read_process_stats().open_fds == before);
}

TEST_CASE("the time on a processor only grows") {
    const auto before = read_process_stats().cpu_seconds;
    CHECK(before > 0);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    volatile std::uint64_t work = 0;
    while (read_process_stats().cpu_seconds <= before && std::chrono::steady_clock::now() < deadline)
        work = work + 1;
    CHECK(read_process_stats().cpu_seconds > before);
}
