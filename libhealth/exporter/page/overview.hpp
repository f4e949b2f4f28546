#pragma once

#include <exporter/page/view.hpp>

#include <string>
#include <string_view>

namespace health::exporter {

/// A table of HTML with a line for each backfill, those that fail and those that are not done first; a click leads to
/// the page of one. Times are absolute, because the table is shown until the next measurement.
std::string render_overview(const View& view, Timestamp now);

/// The query parameter that selects a backfill's page.
inline constexpr std::string_view backfill_parameter = "backfill";

/// "?backfill=invoices": the page of one of several.
std::string page_of(const Backfill& backfill);

} // namespace health::exporter
