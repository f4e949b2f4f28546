#pragma once

#include <cli/command.hpp>

#include <span>
#include <string>

namespace cli {

/// What --help prints: of the program, and of a command.
std::string program_help(std::span<const Command> commands);
std::string command_help(const Command& command);

} // namespace cli
