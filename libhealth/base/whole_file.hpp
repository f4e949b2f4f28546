#pragma once

#include <base/error.hpp>

#include <filesystem>
#include <string_view>
#include <sys/types.h>

namespace health {

/// Puts a file with this text in the place of what stands at the path: by a rename, so that nobody sees half of it.
Result<void> replace_file(const std::filesystem::path& path, std::string_view text, mode_t mode);

/// Writes all of it to the disk, or fails. `path` is for the message.
Result<void> write_synced(int descriptor, std::string_view text, const std::filesystem::path& path);

/// "cannot open /x: No such file or directory", from errno.
Error system_error(std::string_view tried, const std::filesystem::path& path);

} // namespace health
