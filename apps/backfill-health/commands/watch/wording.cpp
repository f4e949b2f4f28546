#include <commands/watch/wording.hpp>

#include <base/numbers.hpp>

namespace cli {

using health::Snapshot;

double share_done(const Snapshot& snapshot) {
    return health::share(snapshot.present, snapshot.population()).value_or(0);
}

std::string percent_done(const Snapshot& snapshot) {
    return health::percent(share_done(snapshot), health::Rounding::down);
}

std::string progress_bar(const Snapshot& snapshot, std::size_t columns, health::Glyphs glyphs) {
    const auto filled = static_cast<std::size_t>(share_done(snapshot) * static_cast<double>(columns));
    return health::bar(filled, columns - filled, glyphs);
}

} // namespace cli
