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

} // namespace cli
