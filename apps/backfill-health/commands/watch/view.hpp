#pragma once

#include <base/glyphs.hpp>
#include <commands/watch/state.hpp>
#include <terminal/canvas.hpp>

#include <vector>

namespace cli {

/// The screen: lines of fewer columns than `columns`, which is 10 at least. Times are local.
std::vector<Line> draw_watch(const WatchState& state, const health::ClockReading& now, std::size_t columns,
                             health::Glyphs glyphs);

} // namespace cli
