#include <commands/watch/state.hpp>

#include <base/printable.hpp>
#include <cli/hints.hpp>

#include <fmt/format.h>

namespace cli {

std::string describe_arrivals(const health::Backfill& backfill, const health::Snapshot& snapshot) {
    if (!snapshot.arrivals || snapshot.arrivals->missing == 0)
        return {};
    return fmt::format("{} arrived since without {}", snapshot.arrivals->missing, health::printable(backfill.field));
}

std::string Outage::reason() const {
    return one_line(error, hint_text);
}

std::string WatchState::remark() const {
    return snapshot ? remark_on_arrivals(backfill, *snapshot) : "";
}

bool WatchState::is_done() const {
    return state_of(snapshot, measuring.has_value()) == health::BackfillStatus::State::done;
}

health::BackfillStatus WatchState::status(const health::ClockReading& now) const {
    return health::status_of(backfill, snapshot, progress.outlook(now.steady), measuring.has_value());
}

} // namespace cli
