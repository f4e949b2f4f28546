#pragma once

#include <base/error.hpp>
#include <model/backfill.hpp>
#include <model/snapshot.hpp>

#include <array>
#include <string>
#include <string_view>

namespace health {

/// The keys of the three numbers in `validate --json`: missing_<field>_count, <name>_with_<field>,
/// <name>_with_<derived>.
std::array<std::string, 3> report_keys(const Backfill& backfill);

/// The five lines of `validate`, each with its newline.
std::string text_report(const Backfill& backfill, const Snapshot& snapshot);

/// The same as one line of JSON, without the newline.
std::string json_report(const Backfill& backfill, const Snapshot& snapshot);

/// Reads what text_report or json_report wrote for the same backfill, perhaps with a comparison behind it.
Result<Snapshot> parse_report(const Backfill& backfill, std::string_view report);

/// text_report, an empty line, and a table of the three numbers before, after and their change.
std::string text_comparison(const Backfill& backfill, const Snapshot& before, const Snapshot& after);

/// json_report with the members "before" and "change".
std::string json_comparison(const Backfill& backfill, const Snapshot& before, const Snapshot& after);

} // namespace health
