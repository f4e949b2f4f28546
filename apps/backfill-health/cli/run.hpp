#pragma once

#include <cli/arguments.hpp>

#include <string>
#include <vector>

namespace cli {

/// The whole program but for the process around it. `words` are without the program's name.
int run(const std::vector<std::string>& words, const Environment& environment);

} // namespace cli
