#include <base/file_stamp.hpp>

#include <sys/stat.h>

namespace health {

FileStamp FileStamp::of(std::filesystem::path file) {
    struct stat status{};
    if (::stat(file.c_str(), &status) != 0)
        return {.file = std::move(file), .state = {}, .changed = {}};
    const auto& changed = status.st_ctim;
    return {.file = std::move(file),
            .state = {static_cast<std::int64_t>(status.st_dev), static_cast<std::int64_t>(status.st_ino),
                      status.st_size, changed.tv_sec, changed.tv_nsec},
            .changed =
                std::chrono::system_clock::time_point(std::chrono::duration_cast<std::chrono::system_clock::duration>(
                    std::chrono::seconds(changed.tv_sec) + std::chrono::nanoseconds(changed.tv_nsec)))};
}

bool changed_and_settled(std::span<const FileStamp> stamps) {
    const auto now = std::chrono::system_clock::now();
    bool changed = false;
    for (const FileStamp& before : stamps) {
        const FileStamp stamp = FileStamp::of(before.file);
        changed = changed || stamp.state != before.state;
        // A time in the future comes from a clock that has been set back since.
        if (stamp.changed > now - settling && stamp.changed <= now)
            return false;
    }
    return changed;
}

} // namespace health
