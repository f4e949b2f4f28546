#pragma once

#include <cli/settings.hpp>
#include <terminal/console.hpp>

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// What a command does once its settings are read.
using Action = std::function<ExitStatus()>;

struct Example {
    std::string_view purpose;
    std::string_view line; ///< as typed in a shell
};

struct ExitMeaning {
    int status;
    std::string_view meaning;
};

/// What --help and the manual say of the exit status of most commands.
std::vector<ExitMeaning> usual_exits();

/// A subcommand. Its words are those of --help, of the manual page and of the shells' completions.
struct Command {
    std::string_view name;
    std::string_view summary;
    std::string_view description; ///< paragraphs, with an empty line between them
    Options options;
    Options unused_options = {};   ///< accepted but not read, so that all commands can be called with the same flags
    std::string_view operand = {}; ///< the name of the word after the command in help; empty when it takes none
    bool takes_names = false;      ///< of backfills, any number, after the command; none means all
    std::vector<Example> examples = {};
    std::vector<ExitMeaning> exits = usual_exits();
    bool endless = false; ///< it runs until stopped, and reports its own progress
    /// Reads the settings, and opens no connection: wrong usage is found before anything is done. What it returns is
    /// called only when the settings have no error.
    Action (*setup)(Settings&);
};

/// All that a program has.
using Commands = std::span<const Command>;

/// " [FILE]", " [NAME...]": what follows the command in its usage.
std::string operand_words(const Command& command);

extern const std::string_view program_description;

} // namespace cli
