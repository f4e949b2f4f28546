#pragma once

#include <base/glyphs.hpp>
#include <model/backfill.hpp>
#include <model/history.hpp>

#include <string>

namespace health {

/// A row for the last snapshot of each interval, the gaps between them, and a line that shows what was missing from the
/// first of them to the newest snapshot.
std::string text_history(const Backfill& backfill, const History& history, const Period& period, Glyphs glyphs);

/// One line of JSON, without the newline: {"index", "since", "every", "points": [...], "gaps": [...],
/// "skipped"}; the nested shape begins with its name.
std::string json_history(const Backfill& backfill, const History& history, const Period& period);

/// RFC 4180, with a header. At the beginning of a gap there is a row without numbers, so that spreadsheets draw one.
/// `named` adds a column with the name of the backfill.
std::string csv_history(const Backfill& backfill, const History& history, const Period& period, bool named = false);

} // namespace health
