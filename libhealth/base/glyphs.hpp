#pragma once

#include <string_view>

namespace health {

/// The characters that charts and bars are drawn with.
enum class Glyphs { ascii, unicode };

/// One column of a chart that is one line high, for a share from 0 to 1.
std::string_view chart_column(double share, Glyphs glyphs);

} // namespace health
