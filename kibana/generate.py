#!/usr/bin/env python3
"""Writes backfill-health-missing.ndjson: the Kibana dashboard, whose inner JSON nobody should edit by hand.

Change what it shows here, run it, and commit both files; --check only says whether the file is current.
"""
import pathlib
import sys

from lens import averages, latests, lines, number, share, table
from saved_objects import choice, compact, dashboard, data_view, documents, drawing, text

TARGET = pathlib.Path(__file__).with_name("backfill-health-missing.ndjson")

# import-dashboard puts the name of another health index here: nothing else may name it.
DATA_VIEW = data_view("backfill_health_v1*", "Backfill health")

HELP = """\
### When a line goes the wrong way

- **missing goes up, or stays above 0**: something writes documents without `dates`, or the backfill ended early.
  `backfill-health validate` measures now. Run the backfill again, and
  `backfill-health validate --exit-code` until it says OK.
- **with_dates goes down** and missing does not go up: documents were deleted, or have another category now.
- **coverage goes down**: documents get `dates`, but no `expires_at`.
  `backfill-health validate --min-coverage 0.95` fails as long as that lasts. No line: there are no `dates` at all.
- **A gap**: no snapshot was stored. `backfill-health history --since 7d` names the hours;
  `backfill-health emit` says what is wrong, or stores one. Then look at the cron job.

Several indices? Pick one above, at *Index*.
"""

TOTAL = "latest, sum of the indices"
COVERAGE = share("coverage", "with_expires_at", "with_dates")
COVERAGE_NOW = share("coverage", "with_expires_at", "with_dates", reducedTimeRange="1h")

# What is shown, and where: x, y, width and height on a grid of 48 columns.
PANELS = [
    (drawing("backfill-health-missing-now", "Missing dates", "Zero when the backfill is done.",
             number(latests("missing"), TOTAL, total=True)), (0, 0, 12, 7)),
    (drawing("backfill-health-dates-now", "With dates", "What the backfill has done.",
             number(latests("with_dates"), TOTAL, total=True)), (12, 0, 12, 7)),
    (drawing("backfill-health-expires-now", "With expires_at", "Those with dates that have expires_at, too.",
             number(latests("with_expires_at"), TOTAL, total=True)), (24, 0, 12, 7)),
    (drawing("backfill-health-coverage-now", "Coverage", "with_expires_at / with_dates.",
             number(COVERAGE_NOW, "last hour")), (36, 0, 12, 7)),

    (drawing("backfill-health-missing-line", "Missing dates (hourly average)", "Should go down to 0, and stay there.",
             lines(averages("missing"))), (0, 7, 30, 16)),
    (text(HELP), (30, 7, 18, 16)),

    (drawing("backfill-health-dates-line", "With dates and with expires_at (hourly average)",
             "Should go up together.",
             lines(averages("with_dates", "with_expires_at"), yTitle="documents")), (0, 23, 24, 13)),
    (drawing("backfill-health-coverage-line", "Coverage (hourly)", "with_expires_at / with_dates. Should go to 100 %.",
             lines(COVERAGE, yLeftExtent={"mode": "custom", "lowerBound": 0, "upperBound": 1})), (24, 23, 24, 13)),

    (drawing("backfill-health-missing-by-index", "Missing dates by index (hourly average)", "Which index is behind?",
             lines(averages("missing"), split=True)), (0, 36, 24, 13)),
    (drawing("backfill-health-latest-by-index", "Latest numbers by index", "Of the newest snapshot of each index.",
             table(latests("missing", "with_dates", "with_expires_at"))), (24, 36, 24, 13)),

    (documents("backfill-health-snapshots", "Latest snapshots", "As backfill-health emit stored them.",
               ["index", "missing", "with_dates", "with_expires_at"]), (0, 49, 48, 15)),
]

DASHBOARD = dashboard("backfill-health-missing", "Backfill health: missing dates",
                      "Is the backfill done, and is it right?", PANELS, choice("index", "Index"))


def main():
    shown = [panel for panel, _ in PANELS if "attributes" in panel]
    written = "".join(compact(one) + "\n" for one in [DATA_VIEW, *shown, DASHBOARD])
    if "--check" in sys.argv[1:]:
        if TARGET.read_text(encoding="utf-8") != written:
            sys.exit(f"{TARGET.name} is not what {pathlib.Path(__file__).name} writes: run it and commit the result")
        return
    TARGET.write_text(written, encoding="utf-8")


if __name__ == "__main__":
    main()
