"""The dashboard of all backfills but the default one, by the field `backfill` of their snapshots.

import-dashboard puts the configured backfills into it: what has DERIVED_FIELD in its name is there once for each derived
field, and THRESHOLDS are the rows of a table. Without derived fields the last row of panels is left out.
"""

from formula import of_whole, share
from lens import AMBER, GREEN, averages, last_value, lines, newest, percent, table, tile, two_colours
from saved_objects import choices, dashboard, documents, drawing, text

SPLIT = "backfill"
DERIVED_FIELD = "DERIVED_FIELD"
DERIVED_STEMS = ["backfill-health-backfills-coverage", "backfill-health-backfills-derived"]

HELP = """\
### What is accepted, and what to do

| backfill | most missing | least coverage |
|---|---|---|
THRESHOLDS

- **missing goes up, or stays above 0**: something writes documents without the field, or the backfill ended early.
  `backfill-health validate` measures now.
- **Documents break a rule**: the backfill writes wrong values. `backfill-health validate` says which rule they break;
  a document that breaks two is counted twice.
- **A backfill is not listed**: none of its snapshots is in the time range. `backfill-health emit` says what is wrong,
  or stores one.

Several backfills? Pick one above, at *Backfill*.
"""

TOTAL = "newest snapshot of each backfill, summed"
WHEN_ZERO = two_colours(GREEN, 1, AMBER)
WHEN_ALL = two_colours(AMBER, 1, GREEN)
AMBER_ABOVE_ZERO = {"colorMode": "cell", "palette": WHEN_ZERO, "alignment": "right"}


def latest_of(field):
    return ("last_value", field)


def total(field):
    return ("overall_sum", latest_of(field))


def average(field):
    return ("average", field)


DONE_OF_ALL = share(total("present"), total("missing"))
DONE = share(latest_of("present"), latest_of("missing"))
DONE_IN_AN_HOUR = ("divide", average("present"), ("add", average("present"), average("missing")))
COVERAGE_IN_AN_HOUR = ("divide", average(f"derived.{DERIVED_FIELD}"), average("present"))

# What is shown, and where: x, y, width and height on a grid of 48 columns.
PANELS = [
    (drawing("backfill-health-backfills-missing-now", "Missing", "Zero when all backfills are done.",
             tile({"missing": last_value("missing", "Missing")}, TOTAL, WHEN_ZERO, collapse="sum", split=SPLIT)),
     (0, 0, 16, 6)),
    (drawing("backfill-health-backfills-done-now", "Done by now", "Share of documents with the field. 100 % means that none is missing.",
             tile(percent("done", "Done by now", DONE_OF_ALL), TOTAL, WHEN_ALL, collapse="max", split=SPLIT)),
     (16, 0, 16, 6)),
    (drawing("backfill-health-backfills-newest", "Newest snapshot overall", "The table has the newest of each backfill.",
             tile(newest("Newest snapshot overall"), "older than an hour: look at the cron job")), (32, 0, 16, 6)),

    (drawing("backfill-health-backfills-missing", "Missing by backfill (hourly average)",
             "Should go down to 0, and stay there.",
             lines(averages(missing="missing"), {"mode": "full"}, split=SPLIT)), (0, 6, 24, 11)),
    (drawing("backfill-health-backfills-done", "Done by backfill (hourly average)", "Should go up to 100 %.",
             lines(percent("done", "done", DONE_IN_AN_HOUR), {"mode": "custom", "lowerBound": 0, "upperBound": 1},
                   split=SPLIT)), (24, 6, 24, 11)),

    (drawing("backfill-health-backfills-latest", "Newest numbers by backfill", "Of the newest snapshot of each backfill.",
             table({"missing": last_value("missing", "missing"), "present": last_value("present", "with the field")}
                   | percent("done", "done", DONE) | {"broken": last_value("broken", "break a rule")}
                   | newest("newest snapshot"), split=SPLIT, missing=AMBER_ABOVE_ZERO, broken=AMBER_ABOVE_ZERO)),
     (0, 17, 48, 10)),

    (documents("backfill-health-backfills-snapshots", "Latest snapshots of backfills",
               "As backfill-health emit stored them.", ["backfill", "index", "missing", "present"]), (0, 27, 30, 12)),
    (text(HELP), (30, 27, 18, 12)),

    (drawing(DERIVED_STEMS[0], "Coverage of derived fields (hourly average)",
             "Of the documents with the field, those with the derived field.",
             lines(percent(DERIVED_FIELD, DERIVED_FIELD, COVERAGE_IN_AN_HOUR), {"mode": "dataBounds"}, split=SPLIT)),
     (0, 39, 24, 11)),
    (drawing(DERIVED_STEMS[1], "Newest derived fields by backfill", "Documents with the field and the derived field.",
             table({DERIVED_FIELD: last_value(f"derived.{DERIVED_FIELD}", DERIVED_FIELD)}, split=SPLIT)),
     (24, 39, 24, 11)),
]

DASHBOARD = dashboard("backfill-health-backfills", "Backfills", "Are the backfills done, and are they right?", PANELS,
                      choices(backfill="Backfill", index="Index"))
