#pragma once

#include <base/deadline.hpp>
#include <base/error.hpp>

#include <filesystem>
#include <span>
#include <string>

namespace health::ndjson {

/// Adds the lines (given without newlines) to the file, which is created when needed: all of them or none, whoever
/// else appends at the same time. What an earlier append that was killed left of a line is removed.
Result<void> append_lines(const std::filesystem::path& path, std::span<const std::string> lines,
                          const Deadline& deadline);

} // namespace health::ndjson
