#pragma once

#include <base/glyphs.hpp>
#include <model/backfill.hpp>
#include <model/progress.hpp>
#include <model/snapshot.hpp>
#include <terminal/canvas.hpp>

#include <optional>
#include <string>
#include <vector>

namespace cli {

/// What goes wrong, and since when.
struct Trouble {
    std::string what;
    health::Timestamp since;
};

/// All that `watch` shows.
struct WatchState {
    health::Backfill backfill;
    std::optional<health::Snapshot> snapshot{}; ///< the last one
    health::Progress progress{};
    std::optional<Trouble> measuring{};
    std::optional<Trouble> emitting{};
};

/// Both clocks at one instant: one for durations, one for people.
struct Now {
    health::Clock::time_point steady;
    health::Timestamp wall;
};

/// Lines of fewer columns than `columns`, which is 10 at least.
std::vector<Line> draw_watch(const WatchState& state, const Now& now, std::size_t columns, health::Glyphs glyphs);

/// One line of data, with its newline: times are in UTC.
std::string watch_line(const WatchState& state, const Now& now);
std::string watch_json(const WatchState& state, const Now& now);

} // namespace cli
