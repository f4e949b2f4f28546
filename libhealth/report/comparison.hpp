#pragma once

#include <model/backfill.hpp>
#include <model/snapshot.hpp>

#include <array>
#include <string>
#include <vector>

namespace health {

/// How reports call the three numbers, in their order.
std::array<std::string, 3> number_labels(const Backfill& backfill);
std::array<std::uint64_t, 3> numbers(const Snapshot& snapshot);

struct ComparisonRow {
    std::string label;
    std::array<std::string, 3> cells; ///< before, after, change
};

/// The three numbers, the coverage, and by how much the missing change in an hour.
std::vector<ComparisonRow> compare(const Backfill& backfill, const Snapshot& before, const Snapshot& after);

} // namespace health
