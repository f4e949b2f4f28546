#pragma once

#include <cli/arguments.hpp>
#include <terminal/console.hpp>

#include <functional>
#include <string_view>
#include <vector>

namespace cli {

/// What a command does once its arguments are understood.
using Action = std::function<ExitStatus()>;

struct Example {
    std::string_view purpose;
    std::string_view line; ///< as one types it
};

struct ExitMeaning {
    int status;
    std::string_view meaning;
};

/// What --help and the manual say of the exit status of most commands.
std::vector<ExitMeaning> usual_exits();

/// A subcommand. `setup` reads the arguments and opens no connection, so that wrong usage is told apart from failure.
/// Its words are those of --help, of the manual page and of the shells' completions.
struct Command {
    std::string_view name;
    std::string_view summary;
    std::string_view description; ///< paragraphs, with an empty line between them
    Options options;
    std::string_view operand = {}; ///< how help calls the word after the command; empty when it takes none
    std::vector<Example> examples = {};
    std::vector<ExitMeaning> exits = usual_exits();
    bool endless = false; ///< it works until it is stopped, and tells by itself how it goes
    Result<Action> (*setup)(const Arguments&);
};

extern const std::string_view program_description;

} // namespace cli
