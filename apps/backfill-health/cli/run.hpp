#pragma once

#include <cli/command.hpp>

#include <string>
#include <variant>
#include <vector>

namespace cli {

/// What a command line asks for: a text, such as help, or a command to run.
struct Printout {
    std::string text;
    ExitStatus status = done; ///< `usage`: the text goes to stderr
};
struct Invocation {
    const Command* command;
    Arguments arguments;
};
using CommandLine = std::variant<Printout, Invocation>;

/// Fails with `usage` only. `words` are without the program's name.
Result<CommandLine> parse_command_line(Commands commands, const std::vector<std::string>& words);

/// The whole program, without the process around it.
int run(Commands commands, const std::vector<std::string>& words, const Environment& environment);

} // namespace cli
