#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace health {

/// What a file was like when it was read, so that a change is seen. It is taken before the file is read: what changes
/// meanwhile is seen the next time.
struct FileStamp {
    std::filesystem::path file;
    std::vector<std::int64_t> state; ///< empty when there is no such file
    std::chrono::system_clock::time_point changed;

    static FileStamp of(std::filesystem::path file);
};

/// How often files are looked at, and how long they must have been left alone: whoever writes one may not be done, or
/// go on with the next.
inline constexpr auto settling = std::chrono::seconds(1);

/// Whether any of the files is another one than then, and all have been left alone for long enough.
bool changed_and_settled(std::span<const FileStamp> stamps);

} // namespace health
