#include <commands/watch/state.hpp>

#include <base/printable.hpp>
#include <cli/hints.hpp>

#include <fmt/format.h>

namespace cli {

bool is_done(const health::Snapshot& snapshot) {
    health::Snapshot earlier = snapshot;
    if (snapshot.arrivals)
        earlier.missing -= snapshot.arrivals->missing;
    return verdict(earlier) == health::Verdict::ok;
}

std::string describe_arrivals(const health::Backfill& backfill, const health::Snapshot& snapshot) {
    if (!snapshot.arrivals || snapshot.arrivals->missing == 0)
        return {};
    return fmt::format("{} arrived since without {}", snapshot.arrivals->missing, health::printable(backfill.field));
}

std::string Outage::reason() const {
    return one_line(error, hint_text);
}

std::string WatchState::remark() const {
    if (!snapshot)
        return {};
    if (!describe_arrivals(backfill, *snapshot).empty())
        return fmt::format("new documents arrive in {} without {}: the backfill alone will not finish", backfill.index,
                           health::printable(backfill.field));
    return health::remark(backfill, *snapshot);
}

} // namespace cli
