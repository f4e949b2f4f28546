#pragma once

#include <base/error.hpp>
#include <model/backfill.hpp>
#include <model/profile.hpp>
#include <model/snapshot.hpp>

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace health {

/// Reads what text_assessment or json_assessment wrote for the same backfill. Errors are of kind `usage`.
Result<Snapshot> parse_report(const Backfill& backfill, std::string_view report);

/// Reads any number of such reports, text or JSON, and matches them with these backfills: JSON by the backfill's name,
/// text by index and label. Returns a result for each backfill, in their order; none where there is no report of it.
/// Fails when there is no report of any.
Result<std::vector<std::optional<Snapshot>>> parse_reports(std::span<const Backfill> backfills,
                                                           std::string_view reports);

/// The profiles in the same reports, where these are JSON: none where there is none, as in every text.
std::vector<std::optional<Profile>> parse_profiles(std::span<const Backfill> backfills, std::string_view reports);

} // namespace health
