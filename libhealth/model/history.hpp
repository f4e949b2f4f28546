#pragma once

#include <base/time.hpp>
#include <model/snapshot.hpp>

#include <cstdint>
#include <vector>

namespace health {

/// From `from` until before `to`, in intervals that begin at multiples of `every` since 1970.
struct Period {
    Timestamp from;
    Timestamp to;
    std::chrono::seconds every;
};

/// The beginning of the interval that contains the time.
Timestamp begin_of_interval(Timestamp time, std::chrono::seconds every);

/// The snapshots of one interval. Only the last of them is shown: an average would be a number that nobody measured.
struct HistoryPoint {
    Timestamp begin; ///< of the interval
    std::uint64_t snapshots = 0;
    Snapshot last{}; ///< at its own time

    bool operator==(const HistoryPoint&) const = default;
};

struct History {
    std::vector<HistoryPoint> points; ///< oldest first; an interval without snapshots has none
    std::uint64_t foreign = 0;        ///< documents of the health index that are not snapshots, of any time
};

/// A time without any snapshot.
struct Gap {
    Timestamp from;
    Timestamp to;

    bool operator==(const Gap&) const = default;
};

/// The whole intervals without a snapshot, between the first one and the end of the period. An interval that is not
/// over at the end of the period does not count: its snapshot may still come.
std::vector<Gap> gaps(const History& history, const Period& period);

} // namespace health
