#pragma once

#include <string>

/// Completions of the shells for `backfill-health`.
namespace manual {

/// Bash: for bash-completion's folder, and without it for `source`.
std::string bash_completion();
/// zshcompsys(1), as a function `_backfill-health`.
std::string zsh_completion();
std::string fish_completion();

} // namespace manual
