#pragma once

#include "arguments.hpp"
#include "console.hpp"

#include <functional>
#include <span>
#include <string_view>

namespace cli {

/// What a command does once its arguments are understood.
using Action = std::function<ExitStatus()>;

/// A subcommand. `setup` reads the arguments and opens no connection, so that wrong usage is told apart from failure.
struct Command {
    std::string_view name;
    std::string_view summary;
    Options options;
    std::string_view operand; ///< how help calls the word after the command; empty when it takes none
    Result<Action> (*setup)(const Arguments&);
};

std::span<const Command> all_commands();

} // namespace cli
