"""validate with backfills of a file: a block or a line each, and the worst of their exit statuses."""

import json
import os
import re

import pytest

from support.configuration import dump
from support.ports import refusing_port
from support.program import TIMESTAMP

DOCUMENTS = [
    {"kind": "invoice", "due_date": "2025-10-10", "paid_at": "2025-10-11", "reminded_at": "2025-10-12"},
    {"kind": "invoice", "due_date": "2025-10-10", "paid_at": "2025-10-11"},
    {"kind": "invoice"},
    {"kind": "order", "place": "x"},
    {"kind": "order", "place": "x"},
]


def entry(name: str, index: str, **more: object) -> dict:
    return {"name": name, "index": index, "field": "due_date"} | {key.replace("_", "-"): value for key, value in more.items()}


@pytest.fixture
def index(store) -> str:
    return store.load(DOCUMENTS)


@pytest.fixture
def entries(index) -> list[dict]:
    return [entry("invoices", index, population={"kind": "invoice"}, derived=["paid_at", "reminded_at"], max_missing=1,
                  min_coverage=0.9),
            {"name": "orders", "index": index, "population": {"kind": ["order", "other"]}, "field": "place"}]


@pytest.fixture
def validate(run, store):
    def validate(entries: list[dict], *words: object, **more: object):
        file = dump(run.home / "f.yaml", {"settings": {"es-url": store.url}, "backfills": entries})
        return run("validate", "--config", file, *words, **more)
    return validate


def without_times(text: str) -> str:

    return re.sub(TIMESTAMP, "T", text)


def test_a_block_each_with_an_empty_line_between_two(validate, entries, index):
    assert without_times(validate(entries).succeeded()) == f"""\
Index: {index}
Missing due_date (invoices): 1
Invoices with due_date:      2
Invoices with paid_at:       2
Invoices with reminded_at:   1
Verdict: CHECK  @ T

Index: {index}
Missing place (orders): 0
Orders with place:      2
Verdict: OK  @ T
"""


def test_json_is_a_line_each(validate, entries, index):
    lines = [json.loads(line) for line in validate(entries, "--json").succeeded().splitlines()]
    for line in lines:
        line.pop("timestamp")
    assert lines == [
        {"backfill": "invoices", "index": index, "field": "due_date", "missing": 1, "present": 2,
         "derived": {"paid_at": 2, "reminded_at": 1}, "rules": {}, "verdict": "CHECK"},
        {"backfill": "orders", "index": index, "field": "place", "missing": 0, "present": 2, "derived": {}, "rules": {},
         "verdict": "OK"},
    ]


def test_names_choose_in_the_order_of_the_file(validate, entries):
    entries.append(entry("others", entries[0]["index"]))
    shown = [json.loads(line)["backfill"] for line in validate(entries, "others", "invoices", "--json").succeeded().splitlines()]
    assert shown == ["invoices", "others"]


def test_an_unknown_name_has_the_nearest(validate, entries):
    validate(entries, "invoces").failed(2, "no backfill is named invoces", "did you mean invoices?")
    validate(entries, "zzzzzzzzz").failed(2, "use one of invoices, orders")


def test_one_that_cannot_be_measured_hides_no_other(validate, entries, store):
    entries.insert(1, entry("lost", store.unused_name("nowhere")))
    result = validate(entries, "--json")
    assert result.code == 3
    assert [json.loads(line)["backfill"] for line in result.stdout.decode().splitlines()] == ["invoices", "orders"]
    assert result.stderr.count("\n") == 1 and "lost" in result.stderr
    result = validate(entries, "--json", "--exit-code")
    assert result.code == 3, "3 is worse than 1"


def test_an_engine_that_cannot_be_reached_is_one_line(run, entries):
    with refusing_port() as port:
        dump(run.home / "f.yaml", {"settings": {"es-url": f"http://localhost:{port}", "retries": 0}, "backfills": entries})
        run("validate", "--config", "f.yaml").failed(3, str(port))


def test_the_default_backfill_keeps_its_five_lines_and_its_keys(validate, entries, store):
    bills = {"name": "bills", "index": store.load([{"category": "bills", "dates": "x"}], "bills"),
             "population": {"category": "bills"}, "field": "dates", "derived": ["expires_at"]}
    result = validate([bills, *entries], "bills")
    assert result.code == 0
    assert without_times(result.stdout.decode()) == f"""\
Index: {bills['index']}
Missing dates[] (bills): 0
Bills with dates[]:      1
Bills with expires_at:   0
Verdict: OK  @ T
"""
    line = json.loads(validate([bills], "--json").stdout)
    assert list(line) == ["index", "missing_dates_count", "bills_with_dates", "bills_with_expires_at", "timestamp", "verdict"]


class TestCompare:
    def test_text(self, validate, entries, store, index):
        before = validate(entries).succeeded()
        store.add(index, [{"kind": "invoice", "due_date": "2025-10-10"}, {"kind": "order"}])
        now = validate(entries, "--compare", "-", stdin=before).succeeded()
        rows = [line.split() for line in now.splitlines()]
        assert ["Missing", "place", "(orders)", "0", "1", "+1"] in rows, now
        assert ["Invoices", "with", "due_date", "2", "3", "+1"] in rows, now
        assert [row for row in rows if row == ["before", "after", "change"]] == [["before", "after", "change"]] * 2

    def test_json(self, validate, entries, store, index):
        before = validate(entries, "--json").succeeded()
        store.add(index, [{"kind": "invoice", "due_date": "2025-10-10"}, {"kind": "order"}])
        invoices, orders = map(json.loads, validate(entries, "--json", "--compare", "-", stdin=before).succeeded().splitlines())
        assert invoices["change"] == {"missing": 0, "present": 1, "derived": {"paid_at": 0, "reminded_at": 0}}
        assert orders["change"]["missing"] == 1 and orders["change"]["present"] == 0
        assert invoices["before"] == json.loads(before.splitlines()[0])

    @pytest.mark.parametrize("form", [[], ["--json"]])
    def test_one_without_a_partner(self, validate, entries, form):
        before = validate(entries, "invoices", *form).succeeded()
        now = validate(entries, "--compare", "-", *form, stdin=before).succeeded()
        if form:
            invoices, orders = map(json.loads, now.splitlines())
            assert invoices["before"]["missing"] == 1
            assert orders["before"] is None and orders["change"] is None
        else:
            table = now.rstrip("\n").split("\n\n")[-1].splitlines()
            assert all(line.split()[-3] == "-" and line.split()[-1] == "-" for line in table[1:]), now

    def test_more_than_is_measured_now(self, validate, entries):
        before = validate(entries, "--json").succeeded()
        [now] = validate(entries, "orders", "--json", "--compare", "-", stdin=before).succeeded().splitlines()
        assert json.loads(now)["before"]["backfill"] == "orders"

    def test_no_regression_names_the_one(self, validate, entries, store, index):
        before = validate(entries).succeeded()
        store.add(index, [{"kind": "order"}])
        result = validate(entries, "--compare", "-", "--no-regression", stdin=before)
        assert result.code == 1 and "orders: " in result.stderr and "invoices" not in result.stderr


def test_those_that_cannot_be_measured_are_named(validate, index):
    every = [entry("a", index), entry("b", "gone"), entry("c", "gone")]
    result = validate(every)
    assert result.code == 3 and result.stderr.startswith("backfill-health: b, c: "), result
    assert "b, c" not in validate([entry("b", "gone"), entry("c", "gone")]).stderr


class TestThresholds:
    def test_those_of_the_file_decide_on_request(self, validate, entries):
        validate(entries).succeeded()
        result = validate(entries, "--thresholds")
        assert result.code == 1
        assert result.stderr == "backfill-health: invoices: coverage 0.5000 is below min-coverage 0.9\n", "the lowest of two"

    def test_flags_beat_them(self, validate, entries):
        result = validate(entries, "--thresholds", "--max-missing", "0", "--min-coverage", "0", "invoices")
        assert result.code == 1
        assert "1 missing is more than --max-missing 0" in result.stderr and "coverage" not in result.stderr
        validate(entries, "--thresholds", "--min-coverage", "0.5", "invoices").succeeded()

    def test_none_at_all_is_wrong_usage(self, validate, index):
        validate([entry("a", index)], "--thresholds").failed(2, "--thresholds")


def test_markdown_and_github(validate, entries, run, tmp_path):
    out = validate(entries, "--format", "markdown").succeeded()
    assert out.count("| ---") + out.count("|---") >= 2 and "invoices" in out.lower() and "orders" in out.lower()
    summary, outputs = tmp_path / "summary", tmp_path / "outputs"
    env = {"GITHUB_STEP_SUMMARY": summary, "GITHUB_OUTPUT": outputs}
    result = validate(entries, "--format", "github", env=env)
    assert result.code == 0 and result.stdout.decode().count("::") >= 2
    names = [line.partition("=")[0] for line in outputs.read_text().splitlines()]
    assert len(names) == len(set(names)), f"one overwrites another: {names}"
    assert any(name.startswith("orders_") for name in names) and any(name.startswith("invoices_") for name in names)
    assert "(orders)" in summary.read_text() and "(invoices)" in summary.read_text()


def test_textfile_has_all(validate, entries, store, tmp_path):
    entries.append(entry("lost", store.unused_name("nowhere")))
    file = tmp_path / "a.prom"
    assert validate(entries, "--textfile", file).code == 3
    text = file.read_text()
    missing = dict(re.findall(r'^backfill_documents\{backfill="([^"]*)",.*state="missing"\} (\d+)$', text, re.M))
    assert missing == {"invoices": "1", "orders": "0"}
    assert "\nbackfill_up{backfill=\"lost\"} 0\n" in text and "\nbackfill_health_up 0\n" in text
    assert file.stat().st_mode & 0o044 == 0o044 and os.access(file, os.R_OK)


def test_a_raw_query_is_for_elasticsearch(validate, entries, store):
    entries[0]["query"] = {"exists": {"field": "paid_at"}}
    result = validate(entries, "--json")
    if store.url.startswith("file:"):
        result.failed(2, "f.yaml:1: query", "folder")
        validate(entries, "orders").succeeded()
    else:
        assert json.loads(result.succeeded().splitlines()[0])["missing"] == 0


def test_a_query_that_cannot_be_parsed_spoils_no_other(validate, entries, store):
    if store.url.startswith("file:"):
        pytest.skip("a query is for Elasticsearch")
    entries[0]["query"] = {"no_such_query": {}}
    result = validate(entries, "--json")
    assert result.code == 3 and json.loads(result.stdout)["backfill"] == "orders"
    assert result.stderr.count("\n") == 1 and "invoices" in result.stderr
