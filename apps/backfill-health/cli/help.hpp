#pragma once

#include <cli/command.hpp>

#include <string>

namespace cli {

/// The text of --help: of the program, and of one command. Written by hand because Boost.Program_options cannot print
/// an option's variable or its values, and because manual and completions are written from the same table.
std::string program_help(Commands commands);
std::string command_help(const Command& command);

} // namespace cli
