#pragma once

#include <base/error.hpp>
#include <model/backfill.hpp>
#include <model/finding.hpp>
#include <model/snapshot.hpp>

#include <optional>
#include <string>

/// Checks that apply to any store.
namespace health {

Finding check_measurement(const Backfill& backfill, const Result<Snapshot>& snapshot);

/// No document of the population has the field, or no document with the field has the derived one.
Finding absent_field(const Backfill& backfill);
Finding absent_derived(const Backfill& backfill, const std::string& derived);

/// The age of the latest snapshot in the health index.
Finding check_latest(const Result<std::optional<Timestamp>>& latest, Timestamp now);

} // namespace health
