#pragma once

#include <base/deadline.hpp>
#include <base/error.hpp>

#include <filesystem>
#include <functional>

namespace health::ndjson {

/// Repeats a read until nobody has written to the file in the meantime: half of a file that is being rewritten would
/// give plausible but wrong numbers. `read` must start from scratch each time; the result is that of the last attempt.
/// Fails with `partial` when the file is still being written at the deadline.
///
/// Nobody has the file open for writing when the kernel grants a read lease on it (fcntl(2), F_SETLEASE). A file that
/// was not moved into place after it was written must have been left alone for half a second besides, as a writer may
/// open it for each line; where there are no leases (a file of another owner, NFS), every file for two seconds.
Result<void> read_settled(const std::filesystem::path& path, const Deadline& deadline,
                          const std::function<Result<void>()>& read);

} // namespace health::ndjson
