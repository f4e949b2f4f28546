#pragma once

#include <base/error.hpp>
#include <model/backfill.hpp>
#include <model/finding.hpp>
#include <model/snapshot.hpp>

#include <optional>

/// What can be said of any store.
namespace health {

Finding check_measurement(const Backfill& backfill, const Result<Snapshot>& snapshot);

/// The age of the latest snapshot in the health index.
Finding check_latest(const Result<std::optional<Timestamp>>& latest, Timestamp now);

} // namespace health
