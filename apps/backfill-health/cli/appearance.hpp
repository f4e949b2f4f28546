#pragma once

#include <base/glyphs.hpp>
#include <cli/arguments.hpp>
#include <terminal/terminal.hpp>

/// How the environment and the options want output to look.
namespace cli {

/// A terminal that understands escape sequences.
bool is_terminal(int descriptor, const Arguments& arguments);

/// Whether characters outside of ASCII will be seen as they are.
health::Glyphs read_glyphs(const Arguments& arguments);

/// Fails with `usage` only.
Result<ColorWhen> read_color(const Arguments& arguments);

} // namespace cli
