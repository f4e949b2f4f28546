"""`validate --compare` with an arrival field: what came in since the earlier report."""

import json
import time

import pytest

MAPPING = {"properties": {"category": {"type": "keyword"}, "dates": {"type": "keyword"}, "created": {"type": "date"},
                          "sender": {"type": "keyword"}}}
BEFORE = json.dumps({"index": "letters", "missing_dates_count": 1, "bills_with_dates": 2, "bills_with_expires_at": 0,
                     "timestamp": "2025-10-10T12:00:00Z", "verdict": "CHECK"})
DOCUMENTS = [
    {"category": "bills", "created": "2025-10-10T12:00:00Z"},  # at that time, and not later
    {"category": "bills", "created": "2025-10-10T12:00:00.001Z"},
    {"category": "bills", "created": "2025-10-10T15:00:00+02:00", "dates": ["a"]},
    {"category": "bills", "created": ["2025-01-01", "2025-12-01"], "dates": ["a"]},
    {"category": "bills", "created": 1760097600000 + 60_000},
    {"category": "bills", "created": "2024-01-01", "dates": ["a"]},
    {"category": "others", "created": "2025-12-01"},
    {"category": "bills"},
]
LINE = "Arrived since 2025-10-10T12:00:00Z: 4, of these missing dates[] (bills): 2\n"


@pytest.fixture
def letters(store):
    """An index of these documents; in an engine the arrival field is a date."""
    index = store.unused_name("letters")
    if hasattr(store, "engine"):
        store.engine.create(index, MAPPING)
    store.add(index, DOCUMENTS)
    return index


@pytest.fixture
def validate(run, store, letters):
    (run.home / "before").write_text(BEFORE)

    def validate(*options):
        return run("validate", "--es-url", store.url, "--index", letters, *options)
    return validate


def test_arrivals_follow_the_table(validate):
    shown = validate("--compare", "before", "--arrival", "created").succeeded()
    assert shown.endswith(f"n/a\n{LINE}") or shown.endswith(f"/h\n{LINE}")
    assert json.loads(validate("--compare", "before", "--arrival", "created", "--json").succeeded())["arrived"] == {
        "since": "2025-10-10T12:00:00Z", "total": 4, "missing": 2}
    assert LINE.strip().replace("[]", r"\[\]") in validate(
        "--compare", "before", "--arrival", "created", "--format", "markdown").succeeded()


def test_without_an_earlier_report_there_are_no_arrivals(validate):
    assert "Arrived" not in validate("--arrival", "created").succeeded()
    assert "Arrived" not in validate("--compare", "before").succeeded()
    assert "arrived" not in json.loads(validate("--arrival", "created", "--json").succeeded())


@pytest.mark.parametrize("field", ["nowhere", "received_at"])
def test_an_arrival_field_that_nothing_has_is_a_failure(validate, field):
    validate("--compare", "before", "--arrival", field).failed(3, f"the arrival field {field}")


def test_an_arrival_field_is_a_date(run, indices):
    (run.home / "before").write_text(BEFORE)
    index = indices.engine.create(indices.unused_name("letters"), MAPPING)
    indices.add(index, DOCUMENTS)
    run("validate", "--es-url", indices.url, "--index", index, "--compare", "before", "--arrival", "sender").failed(
        3, "the arrival field sender is keyword, and not a date")


def test_many_backfills_on_one_index_have_their_own_arrivals(run, store, letters):
    entry = {"index": letters, "field": "dates", "population": {"category": "bills"}, "arrival": "created"}
    (run.home / "many.yaml").write_text(json.dumps({"settings": {"es-url": store.url}, "backfills": [
        {"name": "one", **entry}, {"name": "two", **entry, "population": {"category": "others"}},
        {"name": "three", **entry, "rules": ["dates != \"b\""]}, {"name": "late", **entry}]}))
    before = run("validate", "one", "two", "three", "--config", "many.yaml", "--json").succeeded()
    (run.home / "before").write_text(before)
    since = json.loads(before.splitlines()[0])["timestamp"]
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    store.add(letters, [{"category": "bills", "created": later}, {"category": "bills", "created": later, "dates": ["b"]}])
    lines = run("validate", "--config", "many.yaml", "--json", "--compare", "before").succeeded().splitlines()
    arrived = [json.loads(line).get("arrived") for line in lines]
    assert arrived == [{"since": since, "total": 2, "missing": 1}, {"since": since, "total": 0, "missing": 0},
                       {"since": since, "total": 2, "missing": 1}, None]
