#pragma once

#include <cli/command.hpp>

#include <string>

namespace cli {

/// The text of --help: of the program, and of one command.
std::string program_help(Commands commands);
std::string command_help(const Command& command);

} // namespace cli
