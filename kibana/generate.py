#!/usr/bin/env python3
"""Writes the Kibana dashboards, whose inner JSON nobody should edit by hand: backfill-health-missing.ndjson, of the default
backfill, and backfill-health-backfills.ndjson, of all others, which backfills.py describes.

Change what they show, run it, and commit the files, too; --check only says whether they are current.
"""
import pathlib
import sys

import backfills
from formula import of_whole, share
from lens import AMBER, GREEN, RED, averages, latest, lines, newest, percent, table, tile, two_colours
from saved_objects import choices, compact, dashboard, data_view, documents, drawing, text

FOLDER = pathlib.Path(__file__).parent

HELP = """\
### What it means, and what to do

- **Empty panels, or errors about an index or a field**: no snapshot is stored yet.
  `backfill-health create-index`, then `backfill-health emit`.
- **missing goes up, or stays above 0**: something writes documents without `dates`, or the backfill ended early.
  `backfill-health validate` measures now. Run the backfill again, then
  `backfill-health validate --exit-code` until it says OK.
- **done goes down** and missing does not go up: documents were deleted, or have another category now.
- **coverage goes down**: documents get `dates`, but no `expires_at`.
  `backfill-health validate --min-coverage 0.95` fails as long as that lasts. If there is no line, no document has `dates`.
- **A gap**: no snapshot was stored. `backfill-health history --since 7d` names the hours;
  `backfill-health emit` says what is wrong, or stores one. Then look at the cron job.

Several indices? Pick one above, at *Index*.
"""

TOTAL = "newest snapshot of each index, summed"
ALERT_BELOW = 0.95  # as the alert BackfillCoverageLow

WHEN_ZERO = two_colours(GREEN, 1, AMBER)
WHEN_ALL = two_colours(AMBER, 1, GREEN)
WHEN_COVERED = two_colours(RED, ALERT_BELOW, GREEN)


def latest_of(field):
    return ("last_value", field)


def total(field):
    return ("overall_sum", latest_of(field))


def average(field):
    return ("average", field)


DONE = share(latest_of("with_dates"), latest_of("missing"))
DONE_OF_ALL = share(total("with_dates"), total("missing"))
DONE_IN_AN_HOUR = ("divide", average("with_dates"), ("add", average("with_dates"), average("missing")))
COVERAGE = of_whole(latest_of("with_expires_at"), latest_of("with_dates"))
COVERAGE_OF_ALL = of_whole(total("with_expires_at"), total("with_dates"))
COVERAGE_IN_AN_HOUR = ("divide", average("with_expires_at"), average("with_dates"))

# What is shown, and where: x, y, width and height on a grid of 48 columns.
PANELS = [
    (drawing("backfill-health-missing-now", "Missing dates", "Zero when the backfill is done.",
             tile(latest(missing="Missing dates"), TOTAL, WHEN_ZERO, collapse="sum")), (0, 0, 12, 6)),
    # Both are of all indices already, in the row of each: the largest of them is any of them.
    (drawing("backfill-health-done-now", "Done", "Share of documents with dates. 100 % means that none is missing.",
             tile(percent("done", "Done", DONE_OF_ALL), TOTAL, WHEN_ALL, collapse="max")), (12, 0, 12, 6)),
    (drawing("backfill-health-coverage-now", "Coverage", "with_expires_at / with_dates. Red below 95 %.",
             tile(percent("coverage", "Coverage", COVERAGE_OF_ALL), TOTAL, WHEN_COVERED, collapse="max")),
     (24, 0, 12, 6)),
    (drawing("backfill-health-newest", "Newest snapshot", "Of any index; the table has the newest of each.",
             tile(newest("Newest snapshot"), "older than an hour: look at the cron job")), (36, 0, 12, 6)),

    (drawing("backfill-health-missing-by-index", "Missing dates by index (hourly average)",
             "Should go down to 0, and stay there.",
             lines(averages(missing="missing"), {"mode": "full"})), (0, 6, 48, 13)),

    (drawing("backfill-health-done-by-index", "Done by index (hourly average)", "Should go up to 100 %.",
             lines(percent("done", "done", DONE_IN_AN_HOUR), {"mode": "custom", "lowerBound": 0, "upperBound": 1})),
     (0, 19, 24, 11)),
    (drawing("backfill-health-coverage-by-index", "Coverage by index (hourly average)",
             "with_expires_at / with_dates. An alert fires after 10 minutes below the dashed line.",
             lines(percent("coverage", "coverage", COVERAGE_IN_AN_HOUR), {"mode": "dataBounds"},
                   reference=(ALERT_BELOW, "95 %"))), (24, 19, 24, 11)),

    (drawing("backfill-health-latest-by-index", "Newest numbers by index", "Of the newest snapshot of each index.",
             table(latest(missing="missing dates", with_dates="with dates", with_expires_at="with expires_at")
                   | percent("done", "done", DONE) | percent("coverage", "coverage", COVERAGE)
                   | newest("newest snapshot"),
                   missing={"colorMode": "cell", "palette": WHEN_ZERO, "alignment": "right"},
                   coverage={"colorMode": "text", "palette": WHEN_COVERED})), (0, 30, 48, 8)),

    (documents("backfill-health-snapshots", "Latest snapshots", "As backfill-health emit stored them.",
               ["index", "missing", "with_dates", "with_expires_at"]), (0, 38, 30, 14)),
    (text(HELP), (30, 38, 18, 14)),
]

DASHBOARD = dashboard("backfill-health-missing", "Backfill health", "Is the backfill done, and is it right?", PANELS,
                      choices(index="Index"))


def lines_of(panels, shown_on):
    shown = [panel for panel, _ in panels if "attributes" in panel]
    return "".join(compact(one) + "\n" for one in [data_view(), *shown, shown_on])


FILES = {"backfill-health-missing.ndjson": lines_of(PANELS, DASHBOARD),
         "backfill-health-backfills.ndjson": lines_of(backfills.PANELS, backfills.DASHBOARD)}


def main():
    for name, written in FILES.items():
        target = FOLDER / name
        if "--check" not in sys.argv[1:]:
            target.write_text(written, encoding="utf-8")
        elif not target.exists() or target.read_text(encoding="utf-8") != written:
            sys.exit(f"{name} is not what {pathlib.Path(__file__).name} writes: run it and commit the result")


if __name__ == "__main__":
    main()
