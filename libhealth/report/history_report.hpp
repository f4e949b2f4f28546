#pragma once

#include <base/glyphs.hpp>
#include <model/backfill.hpp>
#include <model/history.hpp>

#include <string>

namespace health {

/// A row a stretch, the gaps between them, and a line of what is missing. Averages that are not whole have one decimal.
std::string text_history(const Backfill& backfill, const History& history, const Period& period, Glyphs glyphs);

/// One line of JSON, without the newline: {"index", "since", "every", "points": [...], "gaps": [...], "skipped"}.
std::string json_history(const Backfill& backfill, const History& history, const Period& period);

/// RFC 4180, with a header.
std::string csv_history(const Backfill& backfill, const History& history);

} // namespace health
