#pragma once

#include <model/backfill.hpp>
#include <model/snapshot.hpp>

#include <boost/json/object.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace health {

/// How a verdict is written into a text: plain, or with colour.
using VerdictText = std::function<std::string(Verdict)>;
std::string plain_verdict(Verdict verdict);

/// How lines of a text report begin; between the first two are the numbers.
inline constexpr std::string_view index_label = "Index: ";
inline constexpr std::string_view verdict_label = "Verdict: ";
inline constexpr std::string_view broken_label = "Broken: ";

/// The lines of `validate`, each with its newline.
std::string text_report(const Backfill& backfill, const Snapshot& snapshot,
                        const VerdictText& verdict_text = plain_verdict);

/// The members of `validate --json`.
boost::json::object report_members(const Backfill& backfill, const Snapshot& snapshot);

/// {"since": …, "total": …, "missing": …}
boost::json::object arrival_members(const Arrivals& arrivals);

} // namespace health
