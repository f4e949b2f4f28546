#pragma once

#include <cli/command.hpp>

#include <string>

namespace cli {

/// The text of --help: of the program, and of one command. By hand, for Boost.Program_options prints neither the
/// variable of an option nor its values, and the manual and the completions are written from the same table.
std::string program_help(Commands commands);
std::string command_help(const Command& command);

} // namespace cli
