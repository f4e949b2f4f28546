#pragma once

#include <base/error.hpp>
#include <model/backfill.hpp>
#include <model/snapshot.hpp>

#include <string_view>

namespace health {

/// Reads what text_report or json_report wrote for the same backfill, perhaps followed by a comparison. Errors are of
/// kind `usage`.
Result<Snapshot> parse_report(const Backfill& backfill, std::string_view report);

} // namespace health
