#pragma once

#include <base/time.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace health {

/// From `from` until before `to`, in stretches that begin at multiples of `every` since 1970.
struct Period {
    Timestamp from;
    Timestamp to;
    std::chrono::seconds every;
};

/// The averages of the snapshots of one stretch.
struct HistoryPoint {
    Timestamp ts; ///< the beginning of the stretch
    std::uint64_t snapshots = 0;
    double missing = 0;
    double present = 0;
    std::vector<double> derived{}; ///< for each derived field

    bool operator==(const HistoryPoint&) const = default;
};

/// derived / present, the lowest of them; none without a derived field, and when there was no document with the field.
std::optional<double> coverage(const HistoryPoint& point);

struct History {
    std::vector<HistoryPoint> points; ///< oldest first; a stretch without snapshots has none
    std::uint64_t foreign = 0;        ///< documents of the health index that are no snapshots, of whatever time
};

/// A time without any snapshot.
struct Gap {
    Timestamp from;
    Timestamp to;

    bool operator==(const Gap&) const = default;
};

/// Between the first snapshot and the end of the period: whole stretches in which there is none. The one that is not
/// over at the end of the period is not missed yet.
std::vector<Gap> gaps(const History& history, const Period& period);

} // namespace health
