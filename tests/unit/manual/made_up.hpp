#pragma once

#include <cli/command.hpp>
#include <cli/options.hpp>

#include <vector>

namespace test {

/// Two commands with one option in common, and words that need quoting in every language.
inline std::vector<cli::Command> made_up_commands() {
    static const cli::Option folder{.name = "folder",
                                    .argument = "DIR",
                                    .variable = "PAINT_FOLDER",
                                    .fallback = "~/paint",
                                    .help = "where it's kept"};
    static const cli::Option mode{.name = "mode", .argument = "MODE", .help = "how", .choices = {"dry", "wet"}};
    static const cli::Option level{.name = "level", .argument = "N", .help = "as in --mode (see [x]: a\\b)"};
    return {{.name = "paint",
             .summary = "paint a well-kept wall",
             .description = "First.\n\nUses\n.hidden files, and \\n.",
             .options = {&folder, &mode, &level},
             .operand = "FILE",
             .examples = {{"paint it", "paint --mode 'dry'"}},
             .exits = {{0, "painted"}, {1, "it's wet"}},
             .setup = nullptr},
            {.name = "dry",
             .summary = "wait",
             .description = "Waits.",
             .options = {&level},
             .takes_names = true,
             .setup = nullptr}};
}

} // namespace test
