#include <exporter/process_stats.hpp>

#include <base/files.hpp>
#include <base/numbers.hpp>
#include <base/text.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace health::exporter {

namespace {

/// In microseconds, where /proc/self/stat counts ticks of a hundredth of a second.
double cpu_seconds() {
    rusage usage{};
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return 0;
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::optional<double> boot_time_seconds() {
    const auto stat = read_file("/proc/stat");
    for (const std::string_view line : split(stat ? std::string_view(*stat) : "", '\n'))
        if (constexpr std::string_view key = "btime "; line.starts_with(key))
            if (const auto seconds = parse_number<std::int64_t>(line.substr(key.size())))
                return static_cast<double>(*seconds);
    return std::nullopt;
}

std::uint64_t count_open_fds() {
    std::error_code failure;
    std::filesystem::directory_iterator entries("/proc/self/fd", failure);
    if (failure)
        return 0;
    // The iterator's own descriptor is among them.
    std::uint64_t count = 0;
    for (; !failure && entries != std::filesystem::directory_iterator(); entries.increment(failure))
        ++count;
    return count == 0 ? 0 : count - 1;
}

} // namespace

exposition::ProcessStats read_process_stats() {
    exposition::ProcessStats out;
    out.cpu_seconds = cpu_seconds();
    const auto stat = read_file("/proc/self/stat");
    // The second field is the program's name in parentheses and may hold anything; what follows it is plain.
    const auto name_end = stat ? stat->rfind(')') : std::string::npos;
    if (name_end == std::string::npos)
        return out;
    const auto fields = split(std::string_view(*stat).substr(name_end + 2), ' ');
    const auto field = [&](std::size_t number) { // as numbered in proc(5), where the state is field 3
        return number - 3 < fields.size() ? parse_number<std::uint64_t>(fields[number - 3]).value_or(0) : 0;
    };
    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    static const auto boot_time = boot_time_seconds();
    if (boot_time)
        out.start_time_seconds = *boot_time + static_cast<double>(field(22)) / ticks;
    out.virtual_bytes = field(23);
    out.resident_bytes = field(24) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    out.open_fds = count_open_fds();
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        out.max_fds = limit.rlim_cur;
    return out;
}

} // namespace health::exporter
