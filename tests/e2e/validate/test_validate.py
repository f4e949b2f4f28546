"""The report, in text and JSON, and what decides the exit status."""

import datetime
import json
import re

import pytest

from support.emails import DONE, EMPTY_POPULATION, MIDWAY, bill, emails
from support.output.reports import report_text
from support.program import TIMESTAMP

INVOICES = {
    "name": "invoices",
    "population": "kind=invoice",
    "field": "due_date",
    "derived": "reminder.sent_at",
}
INVOICE_DOCUMENTS = [
    {"kind": "invoice"},
    {"kind": ["receipt", "invoice"], "due_date": "2025-10-01"},
    {"kind": "invoice", "due_date": "2025-10-01", "reminder": {"sent_at": "2025-09-01"}},
    {"kind": "receipt", "due_date": "2025-10-01", "reminder": {"sent_at": "2025-09-01"}},
]


@pytest.mark.parametrize(
    ("documents", "numbers", "verdict"),
    [
        (MIDWAY, (2, 20, 18), "CHECK"),
        (DONE, (0, 1243, 1243), "OK"),
        (emails(0, 5, 0), (0, 5, 0), "OK"),
        (emails(1, 0, 0), (1, 0, 0), "CHECK"),
        # expires_at alone, without dates, is no success of the backfill
        ([bill(None, "2025-10-31")], (1, 0, 0), "CHECK"),
        # absent is absent, however it is written
        ([{"category": "bills", "dates": d} for d in (None, [], [None], "", ["2025-10-01"])], (3, 2, 0), "CHECK"),
    ],
)
def test_five_lines(run, store, documents, numbers, verdict):
    index = store.load(documents)
    result = run("validate", "--es-url", store.url, "--index", index)
    report = result.stdout.decode()
    assert result.code == 0 and re.fullmatch(report_text(index, *numbers, verdict), report), result


def test_json_is_one_line_with_the_keys_in_order(run, store):
    index = store.load(MIDWAY)
    before = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    report = run("validate", "--json", "--es-url", store.url, "--index", index).succeeded()
    after = datetime.datetime.now(datetime.timezone.utc)
    taken = json.loads(report)["timestamp"]
    assert report == (
        f'{{"index":"{index}","missing_dates_count":2,"bills_with_dates":20,"bills_with_expires_at":18,'
        f'"timestamp":"{taken}","verdict":"CHECK"}}\n'
    )
    assert before <= datetime.datetime.strptime(taken, "%Y-%m-%dT%H:%M:%S%z") <= after


@pytest.mark.parametrize("options", [[], ["--json"]], ids=["text", "json"])
@pytest.mark.parametrize("documents", [EMPTY_POPULATION, []], ids=["no bills", "no documents"])
def test_an_empty_population_is_no_all_clear(run, store, documents, options):
    index = store.load(documents)
    result = run("validate", *options, "--es-url", store.url, "--index", index)
    assert result.code == 0
    assert "CHECK" in result.stdout.decode() and "OK" not in result.stdout.decode()
    assert re.fullmatch(r"[^\n]{1,299}\n", result.stderr), result
    assert "category: bills" in result.stderr and index in result.stderr


@pytest.mark.parametrize("command", [["validate"], ["validate", "--json"], ["emit"], ["emit", "--quiet"]],
                         ids=" ".join)
def test_a_derived_field_that_is_never_set_is_no_all_clear(run, store, command):
    index, health = store.load(emails(missing=0, with_dates=20, with_expires_at=0)), store.unused_name("health")
    env = {"ES_URL": store.url, "ES_EMAIL_INDEX": index, "ES_HEALTH_INDEX": health}
    run("create-index", env=env).succeeded()
    result = run(*command, env=env)
    assert (result.code, result.stderr) == (
        0, f"backfill-health: no bills in {index} have expires_at, although all have dates[]\n"), result
    assert command[0] == "emit" or b"OK" in result.stdout


@pytest.mark.parametrize("counts", [(0, 20, 1), (1, 20, 0), (3, 0, 0)])
def test_as_long_as_it_may_come_nothing_is_said_of_it(run, files, counts):
    run("validate", "--es-url", files.url, "--index", files.load(emails(*counts))).succeeded()


@pytest.mark.parametrize("by", ["flags", "environment"])
def test_another_backfill_has_its_own_labels_and_keys(run, files, by):
    given = {"index": files.load(INVOICE_DOCUMENTS), **INVOICES}
    flags = [part for name, value in given.items() for part in (f"--{name}", value)] if by == "flags" else []
    env = {"ES_URL": files.url}
    if by == "environment":
        env["ES_EMAIL_INDEX"] = given.pop("index")
        env |= {f"BACKFILL_{name.upper()}": value for name, value in given.items()}
    report = run("validate", *flags, env=env).succeeded()
    assert re.fullmatch(
        r"Index: emails-0\n"
        r"Missing due_date \(invoices\):    1\n"
        r"Invoices with due_date:         2\n"
        r"Invoices with reminder\.sent_at: 1\n"
        rf"Verdict: CHECK  @ {TIMESTAMP}\n",
        report,
    ), report
    shown = json.loads(run("validate", "--json", *flags, env=env).succeeded())
    assert list(shown) == ["backfill", "index", "field", "missing", "present", "derived", "rules", "timestamp", "verdict"]
    assert (shown["backfill"], shown["field"], shown["derived"]) == ("invoices", "due_date", {"reminder.sent_at": 1})


def test_all_populations_must_hold(run, store):
    index = store.load(
        [
            {"category": "bills", "state": "open"},
            {"category": "bills", "state": "open", "dates": ["2025-10-01"]},
            {"category": "bills", "state": "paid"},
            {"category": "offers", "state": "open"},
        ]
    )
    report = run("validate", "--json", "--population", "category=bills", "--population", "state=open",
                 "--es-url", store.url, "--index", index).succeeded()
    assert (json.loads(report)["missing_dates_count"], json.loads(report)["bills_with_dates"]) == (1, 1)


def test_a_population_s_value_may_have_an_equals_sign(run, files):
    index = files.load([{"category": "a=b"}])
    report = run("validate", "--json", "--population", "category=a=b", "--es-url", files.url, "--index", index)
    assert json.loads(report.succeeded())["missing_dates_count"] == 1


def test_refresh_shows_what_was_written_a_moment_ago(run, engine, indices):
    index = indices.unused_name()
    engine.create(index, settings={"refresh_interval": "-1"})
    engine.do("POST", f"{index}/_doc", bill())
    given = ("validate", "--json", "--es-url", engine.url, "--index", index)
    assert json.loads(run(*given).stdout)["missing_dates_count"] == 0
    assert json.loads(run(*given, "--refresh").succeeded())["missing_dates_count"] == 1


def test_refresh_means_nothing_to_files(run, files):
    index = files.load(MIDWAY)
    assert "Verdict" in run("validate", "--refresh", "--es-url", files.url, "--index", index).succeeded()


# missing 2, coverage 18 / 20 = 0.9, verdict CHECK
@pytest.mark.parametrize(
    ("options", "code", "broken"),
    [
        ([], 0, []),
        (["--exit-code"], 1, []),
        (["--max-missing", "2"], 0, []),
        (["--max-missing", "1"], 1, ["--max-missing 1"]),
        (["--max-missing", "0"], 1, ["--max-missing 0"]),
        (["--min-coverage", "0.9"], 0, []),
        (["--min-coverage", "0.901"], 1, ["--min-coverage 0.901"]),
        (["--min-coverage", "1"], 1, ["--min-coverage 1"]),
        (["--min-coverage", "0"], 0, []),
        (["--max-missing", "2", "--min-coverage", "0.9"], 0, []),
        (["--max-missing", "1", "--min-coverage", "0.9"], 1, ["--max-missing 1"]),
        (["--max-missing", "2", "--min-coverage", "0.95"], 1, ["--min-coverage 0.95"]),
        (["--max-missing", "1", "--min-coverage", "0.95"], 1, ["--max-missing 1", "--min-coverage 0.95"]),
        (["--max-missing", "2", "--min-coverage", "0.9", "--exit-code"], 1, []),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
def test_what_decides_the_exit_status(run, files, options, code, broken, form):
    index = files.load(MIDWAY)
    given = ("validate", *form, "--es-url", files.url, "--index", index)
    result = run(*given, *options)
    assert result.code == code, result
    assert re.sub(TIMESTAMP, "", result.stdout.decode()) == re.sub(TIMESTAMP, "", run(*given).succeeded())
    said = result.stderr.splitlines()
    assert len(said) == len(broken) and all(threshold in line for threshold, line in zip(broken, said)), result


@pytest.mark.parametrize(
    ("documents", "options", "code"),
    [
        (DONE, ["--exit-code"], 0),
        (DONE, ["--exit-code", "--max-missing", "0", "--min-coverage", "1"], 0),
        (EMPTY_POPULATION, ["--exit-code"], 1),
        (EMPTY_POPULATION, ["--max-missing", "0"], 0),
        # no dates at all: there is no coverage, and it is not enough
        (emails(3, 0, 0), ["--min-coverage", "0.1"], 1),
        (emails(3, 0, 0), ["--min-coverage", "0"], 0),
    ],
)
def test_exit_status_at_the_edges(run, files, documents, options, code):
    index = files.load(documents)
    assert run("validate", "--es-url", files.url, "--index", index, *options).code == code
