#pragma once

#include <model/backfill.hpp>
#include <model/profile.hpp>
#include <report/table.hpp>

#include <boost/json/object.hpp>

#include <optional>
#include <string>

/// How formats of a report show a profile.
namespace health::profile_parts {

/// "Values in bills with dates[]"
std::string profile_title(const Backfill& backfill);

/// A row for each field; below it the earlier one, where there is one.
Table profile_table(const Profile& profile, const std::optional<Profile>& before);

/// A member for each field. What is not known is null.
boost::json::object profile_member(const Profile& profile);

/// Reads the member "profile" of a JSON report. None when there is none; a field that cannot be read is left out.
std::optional<Profile> profile_in(const boost::json::object& report);

} // namespace health::profile_parts
