#pragma once

#include <base/deadline.hpp>
#include <base/error.hpp>

#include <filesystem>
#include <span>
#include <string>

namespace health::ndjson {

/// Adds the lines (given without newlines) to the file, which is created when needed: all of them or none, even with
/// concurrent appends. A partial line that a killed append has left is removed.
Result<void> append_lines(const std::filesystem::path& path, std::span<const std::string> lines,
                          const Deadline& deadline);

} // namespace health::ndjson
