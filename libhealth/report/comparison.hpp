#pragma once

#include <model/backfill.hpp>
#include <model/snapshot.hpp>

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <vector>

namespace health {

struct ComparisonRow {
    std::string label;
    std::string before;
    std::string after;
    std::string change;
};

/// The numbers, the coverage, how many documents break each rule, and how fast documents got the field. Without an
/// earlier snapshot, "-" stands for what is not known.
std::vector<ComparisonRow> compare(const Backfill& backfill, const std::optional<Snapshot>& before,
                                   const Snapshot& after);

/// The members "before" and "change" of a JSON report that is compared; null without an earlier snapshot.
boost::json::object comparison_members(const Backfill& backfill, const std::optional<Snapshot>& before,
                                       const Snapshot& after);

/// A sentence for each regression: more missing, fewer with a field, more that break a rule, a coverage that is
/// lower by a percentage point or more.
std::vector<std::string> regressions(const Backfill& backfill, const Snapshot& before, const Snapshot& after);

} // namespace health
