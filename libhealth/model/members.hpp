#pragma once

#include <model/backfill.hpp>
#include <model/snapshot.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <vector>

namespace health {

/// Whose keys the numbers have.
enum class MembersOf { report, document };

/// The numbers of a backfill as members of a JSON object, in the order of number_names(). In the nested shape the
/// derived fields are in an object of their own, which is always there.
boost::json::object number_members(const Backfill& backfill, std::vector<boost::json::value> values, MembersOf what);

/// What was measured, and its numbers: how a report and a document begin.
boost::json::object snapshot_members(const Backfill& backfill, const Snapshot& snapshot, MembersOf what);

/// How many documents break each rule, by its text.
boost::json::object rule_members(const Snapshot& snapshot);

} // namespace health
