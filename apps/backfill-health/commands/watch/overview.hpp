#pragma once

#include <base/glyphs.hpp>
#include <commands/watch/state.hpp>
#include <terminal/canvas.hpp>

#include <vector>

namespace cli {

/// The screen of several backfills: a line each, and a sum. Lines have fewer columns than the size, which has 10 at
/// least; where there are fewer rows than lines, what is not done comes first, and it is said how many are left out.
std::vector<Line> draw_overview(const std::vector<WatchState>& states, const health::ClockReading& now, Size size,
                                health::Glyphs glyphs);

} // namespace cli
