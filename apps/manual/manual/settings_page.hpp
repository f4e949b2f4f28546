#pragma once

#include <cli/command.hpp>

#include <string>

namespace manual {

/// docs/settings.md: every option of every command, in Markdown.
std::string settings_page(cli::Commands commands);

} // namespace manual
