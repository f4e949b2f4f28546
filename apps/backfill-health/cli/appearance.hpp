#pragma once

#include <base/glyphs.hpp>
#include <cli/settings.hpp>
#include <terminal/terminal.hpp>

/// How output should look, according to the environment and the options.
namespace cli {

/// A terminal that understands escape sequences.
bool is_terminal(int descriptor, const Settings& settings);

/// Whether characters outside of ASCII will be seen as they are.
health::Glyphs read_glyphs(const Settings& settings);

ColorWhen read_color(Settings& settings);

} // namespace cli
