#pragma once

#include <cli/arguments.hpp>
#include <cli/command.hpp>

#include <span>
#include <string>
#include <vector>

namespace cli {

/// The whole program but for the process around it. `words` are without the program's name.
int run(std::span<const Command> commands, const std::vector<std::string>& words, const Environment& environment);

} // namespace cli
