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

std::string program_page(const Edition& edition);
std::string command_page(const cli::Command& command, const Edition& edition);

} // namespace manual
