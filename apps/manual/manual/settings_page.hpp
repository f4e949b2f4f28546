#pragma once

#include <string>

namespace manual {

/// docs/settings.md: every option of every command, in Markdown.
std::string settings_page();

} // namespace manual
