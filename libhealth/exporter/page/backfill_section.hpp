#pragma once

#include <exporter/page/view.hpp>

#include <string>

namespace health::exporter {

/// How fresh the numbers of a backfill are, and why measuring it fails: a paragraph of HTML.
std::string render_freshness(const BackfillView& backfill, Timestamp now);

/// Everything about one backfill: a section of HTML. It says how fresh it is where the page does not.
enum class Freshness { said_by_the_page, by_itself };
std::string render_section(const BackfillView& view, Freshness freshness, Timestamp now);

} // namespace health::exporter
