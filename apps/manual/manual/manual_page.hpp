#pragma once

#include <cli/command.hpp>

#include <string>
#include <string_view>

/// Manual pages in the language of man(7).
namespace manual {

/// The header and footer of a page.
struct Edition {
    std::string version;
    std::string date; ///< such as 2025-10-10
};

/// Each refers to the pages of all commands.
std::string program_page(cli::Commands commands, const Edition& edition);
std::string command_page(const cli::Command& command, cli::Commands commands, const Edition& edition);

} // namespace manual
