#pragma once

#include <report/assessment.hpp>
#include <report/table.hpp>

#include <string>
#include <vector>

/// The parts that all formats of an assessment share.
namespace health::assessment_parts {

/// A row of the breakdown.
struct GroupRow {
    std::string name;
    std::uint64_t missing = 0;
    std::uint64_t documents = 0;
};

/// Of many values the first, and one row for all the others; times are all shown.
std::vector<GroupRow> group_rows(const Assessment::ByField& by);

/// "Missing dates[] by received_at (month)"
std::string breakdown_title(const Backfill& backfill, const Grouping& grouping);

/// "Bills without dates[], 3 of them:"
std::string samples_title(const Backfill& backfill, const Assessment& assessment);

/// Their ids, with the index where it differs from the backfill's.
std::vector<std::string> sample_names(const Backfill& backfill, const std::vector<SampleDocument>& samples);

/// "Verified: 297 of 300 sampled documents are as expected (...)"
std::string verified_line(const Verification& verification);

Table comparison_table(const Backfill& backfill, const std::optional<Snapshot>& before, const Snapshot& after);

/// "Arrived since 2025-10-10T14:22:31Z: 5, of these missing dates[] (bills): 2"
std::string arrivals_line(const Backfill& backfill, const Arrivals& arrivals);

} // namespace health::assessment_parts
