#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace health {

/// The state of a file when it was read, so that a later change is noticed. Take it before reading the file: a change
/// during the read is then noticed the next time.
struct FileStamp {
    std::filesystem::path file;
    std::vector<std::int64_t> state; ///< empty when there is no such file
    std::chrono::system_clock::time_point changed;

    static FileStamp of(std::filesystem::path file);
};

/// How often files are checked, and how long they must have been left alone: a writer may not have finished, or may go
/// on to the next file.
inline constexpr auto settling = std::chrono::seconds(1);

/// Whether any of the files has changed since its stamp was taken, and all have been left alone for long enough.
bool changed_and_settled(std::span<const FileStamp> stamps);

} // namespace health
