#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace health {

/// The characters that charts and bars are drawn with, and that mark a cut.
enum class Glyphs { ascii, unicode };

/// One column of a chart that is one line high, for a share from 0 to 1.
std::string_view chart_column(double share, Glyphs glyphs);

/// A horizontal bar: so many filled cells, and so many empty ones after them.
std::string bar(std::size_t filled, std::size_t empty, Glyphs glyphs);

/// One column wide.
std::string_view ellipsis(Glyphs glyphs);

} // namespace health
