#pragma once

#include <cli/command.hpp>

#include <string>

/// Completions of the shells for `backfill-health` and its commands.
namespace manual {

/// Bash: for bash-completion's folder, and without it for `source`.
std::string bash_completion(cli::Commands commands);
/// zshcompsys(1), as a function `_backfill-health`.
std::string zsh_completion(cli::Commands commands);
std::string fish_completion(cli::Commands commands);

} // namespace manual
