#pragma once

#include <base/error.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cli::verification {

/// A command that reads what it is given, and prints lines, when it likes: a line for each, or all at the end.
struct Conversation {
    std::string command; ///< for /bin/sh
    std::vector<std::string> environment;
    std::chrono::milliseconds idle_timeout; ///< how long it may neither read nor print anything
    /// The next of what it is to read, when it has read all before; none at the end.
    std::function<health::Result<std::optional<std::string>>()> next_input;
    /// A line without its newline; the first one is number 1.
    std::function<health::Result<void>(std::size_t number, std::string_view line)> on_line;
};

/// The maximum length of a line of the command's output, in bytes.
inline constexpr std::size_t longest_line = std::size_t{4} << 20U;

/// Runs the command to its end, and gives the number of its lines. Fails when it does not end with exit status 0 after
/// it has read everything, when it stops reading and printing for too long, and when a line is too long; the first
/// failure of a function ends it, too. The command is then killed, with all that it has started in its process group.
health::Result<std::size_t> run_conversation(const Conversation& conversation);

} // namespace cli::verification
