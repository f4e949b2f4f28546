#pragma once

#include <base/error.hpp>
#include <base/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace health {

/// A calendar interval, in UTC. A week begins on Monday (ISO 8601).
enum class Interval { minute, hour, day, week, month, quarter, year };

Result<Interval> parse_interval(std::string_view text);
std::string_view to_string(Interval interval);

/// The beginning of the interval that contains the time.
Timestamp begin_of(Interval interval, Timestamp time);

/// The name of the interval that begins then: 2025, 2025-Q4, 2025-10, 2025-10-06 (also for a week, by its Monday), or
/// with the time of day 2025-10-06T14:00Z.
std::string name_of(Interval interval, Timestamp begin);

/// What the population is grouped by: the values of a field, or calendar intervals.
struct Grouping {
    std::string field;
    std::optional<Interval> interval;
};

/// The documents with one value. A document with several values belongs to several groups.
struct Group {
    std::optional<std::string> value; ///< none: the documents without the field
    std::uint64_t missing = 0;        ///< of these documents, those that the backfill has not reached
    std::uint64_t documents = 0;

    bool operator==(const Group&) const = default;
};

/// With more groups a breakdown gives no overview: that is an error.
inline constexpr std::size_t max_groups = 10000;

struct Breakdown {
    std::vector<Group> groups;    ///< as sort_groups leaves them
    std::uint64_t unreadable = 0; ///< documents without a valid time, where times are grouped: they count as `none`

    bool operator==(const Breakdown&) const = default;
};

/// By time: chronological. By value: most missing first, then by name. The documents without a value come last.
void sort_groups(std::vector<Group>& groups, const Grouping& grouping);

} // namespace health
