#include <commands/watch/wording.hpp>

#include <fmt/format.h>

#include <cmath>

namespace cli {

using health::Snapshot;

double share_done(const Snapshot& snapshot) {
    const auto all = snapshot.population();
    return all == 0 ? 0 : static_cast<double>(snapshot.present) / static_cast<double>(all);
}

std::string percent_done(const Snapshot& snapshot) {
    return fmt::format("{:.1f} %", std::floor(share_done(snapshot) * 1000) / 10);
}

std::string progress_bar(const Snapshot& snapshot, std::size_t columns, health::Glyphs glyphs) {
    const auto filled = static_cast<std::size_t>(share_done(snapshot) * static_cast<double>(columns));
    std::string out;
    for (std::size_t i = 0; i < columns; ++i)
        out += glyphs == health::Glyphs::unicode ? (i < filled ? "█" : "░") : (i < filled ? "#" : "-");
    return out;
}

} // namespace cli
