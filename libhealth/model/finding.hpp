#pragma once

#include <base/hint.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace health {

/// A warning may be intended; a problem makes numbers wrong, or keeps something from working.
enum class Severity { ok, warning, problem };
std::string_view to_string(Severity severity);

/// What one check found.
struct Finding {
    std::string check; ///< a word for what was looked at: "index", "health-index"
    Severity severity = Severity::ok;
    std::string message;    ///< what was found, on one line; never with credentials
    Hint hint{};            ///< how to fix it, if possible as a command line; may be none
    std::string backfill{}; ///< the one it is about; empty if it concerns all, or if there is only one
};

/// A check that could not be made is a warning, never `ok`.
Finding not_checked(std::string check, std::string_view why, Hint hint = {});

/// Adds it after the others about the same backfill; those that concern all come first.
void add_finding(Finding finding, std::vector<Finding>& all);

/// What the examination of a store found.
struct Examination {
    std::vector<Finding> findings;
    bool reached = true;             ///< if not, the checks that depend on it were left out
    std::string store_identity = {}; ///< Store::identity()
};

struct FindingCounts {
    std::size_t ok = 0;
    std::size_t warnings = 0;
    std::size_t problems = 0;
};
FindingCounts count(std::span<const Finding> findings);

/// "12 ok, 1 warning, 2 problems"
std::string to_string(const FindingCounts& counts);

} // namespace health
