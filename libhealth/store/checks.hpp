#pragma once

#include <base/error.hpp>
#include <model/backfill.hpp>
#include <model/breakdown.hpp>
#include <model/finding.hpp>
#include <model/snapshot.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>

/// Checks that apply to any store.
namespace health {

Finding check_measurement(const Backfill& backfill, const Result<Snapshot>& snapshot);

/// No document of the population has the field, or no document with the field has the derived one.
Finding absent_field(const Backfill& backfill);
Finding absent_derived(const Backfill& backfill, const std::string& derived);

/// What was found about a rule: the message begins with its text.
Finding about_rule(const Rule& rule, Severity severity, std::string_view message, Hint hint = {});
/// Nothing keeps the rule from being judged.
Finding usable_rule(const Rule& rule);
/// What to do about a field of a rule that nothing has, when these fields are there.
Hint hint_for_unknown_field(const std::string& field, std::span<const std::string> known);
/// Its health::role; empty when the field is not one of the backfill's own.
std::string role_of(const Backfill& backfill, const std::string& field);

/// A breakdown has more than max_groups.
Error too_many_groups(const Grouping& grouping);

/// The age of the latest snapshot in the health index.
Finding check_latest(const Result<std::optional<Timestamp>>& latest, Timestamp now);

} // namespace health
