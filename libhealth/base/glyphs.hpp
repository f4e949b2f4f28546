#pragma once

namespace health {

/// The characters that a line is drawn with.
enum class Glyphs { ascii, unicode };

} // namespace health
