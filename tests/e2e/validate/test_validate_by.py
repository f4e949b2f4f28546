"""`validate --by`: where the backfill has not run yet."""

import json

import pytest

from support.data.letters import LETTERS, LETTER_MAPPING


@pytest.fixture
def letters(request, store):
    """On either store, with the mapping that a backfill's index has."""
    if hasattr(store, "engine"):
        return store.engine.load(store.unused_name("letters"), LETTERS, LETTER_MAPPING)
    return store.load(LETTERS, "letters")


def groups(run, store, index, by):
    answer = json.loads(run("validate", "--json", "--by", by, "--es-url", store.url, "--index", index).succeeded())
    assert list(answer["by"]) == ["field", "interval", "groups"]
    return [(group["value"], group["missing"], group["documents"]) for group in answer["by"]["groups"]]


def test_by_a_keyword_the_most_missing_come_first(run, store, letters):
    assert groups(run, store, letters, "sender") == [("a", 2, 3), ("b", 1, 2), (None, 1, 1)]


@pytest.mark.parametrize(
    ("interval", "names"),
    [
        ("year", ["2025"]),
        ("quarter", ["2025-Q3", "2025-Q4"]),
        ("month", ["2025-09", "2025-10", "2025-11"]),
        ("week", ["2025-09-29", "2025-10-27", "2025-11-03"]),
        ("day", ["2025-09-30", "2025-10-01", "2025-10-02", "2025-10-30", "2025-11-05"]),
        ("hour", ["2025-09-30T00:00Z", "2025-10-01T00:00Z", "2025-10-02T00:00Z", "2025-10-30T00:00Z",
                  "2025-11-05T14:00Z"]),
    ],
)
def test_by_time_from_the_first_to_the_last(run, store, letters, interval, names):
    found = groups(run, store, letters, f"received_at:{interval}")
    assert [value for value, _, _ in found] == [*names, None]
    if interval == "month":
        assert found == [("2025-09", 1, 1), ("2025-10", 1, 2), ("2025-11", 0, 1), (None, 1, 1)]


def test_by_as_a_table_of_bars(run, store, letters):
    shown = run("validate", "--by", "received_at:month", "--es-url", store.url, "--index", letters,
                env={"LC_ALL": "C.UTF-8"}).succeeded()
    assert shown.partition("\n\n")[2] == (
        "Missing dates[] by received_at (month)\n"
        "value    missing  of\n"
        "2025-09        1   1  ████████████████████\n"
        "2025-10        1   2  ██████████\n"
        "2025-11        0   1\n"
        "(none)         1   1  ████████████████████\n")
    plain = run("validate", "--by", "received_at:month", "--es-url", store.url, "--index", letters).succeeded()
    assert "2025-10        1   2  ##########\n" in plain


def test_more_than_a_page_of_groups_is_exact(run, store):
    documents = [{"category": "bills", "received_at": f"{1000 + day // 300}-{day % 300 // 25 + 1:02}-{day % 25 + 1:02}"}
                 for day in range(2500)]
    index = (store.engine.load(store.unused_name("many"), documents, LETTER_MAPPING) if hasattr(store, "engine")
             else store.load(documents, "many"))
    found = groups(run, store, index, "received_at:day")
    assert [value for value, _, _ in found] == [document["received_at"] for document in documents]
    assert {counts for _, *counts in map(tuple, found) for counts in [tuple(counts)]} == {(1, 1)}


def test_too_many_groups_are_no_overview(run, files):
    index = files.load([{"category": "bills", "id": number} for number in range(10001)])
    run("validate", "--by", "id", "--es-url", files.url, "--index", index).failed(2, "id has more than 10000 values", "--by FIELD:month")


def test_a_field_that_no_document_has_is_reported(run, store, letters):
    result = run("validate", "--by", "sendr", "--es-url", store.url, "--index", letters)
    assert result.code == 0 and "(none)        3   5  #" in result.stdout.decode()
    assert result.stderr == "backfill-health: no document in the population has the field sendr; check --by\n"


def test_a_value_that_is_no_time_is_told(run, files):
    index = files.load([{"category": "bills", "received_at": "yesterday"}, {"category": "bills", "received_at": "2025"}])
    result = run("validate", "--by", "received_at:year", "--es-url", files.url, "--index", index)
    assert "in 1 document received_at is not a date" in result.stderr and result.code == 0


@pytest.mark.parametrize(("by", "hint"), [("body", "body.keyword"), ("sender:month", "is sender a date field?")])
def test_a_field_that_cannot_be_grouped_by(run, indices, by, hint):
    mapping = {"properties": LETTER_MAPPING["properties"] | {"body": {"type": "text"}}}
    index = indices.engine.load(indices.unused_name("letters"), LETTERS, mapping)
    run("validate", "--by", by, "--es-url", indices.url, "--index", index).failed(3, index, hint)


@pytest.mark.parametrize("by", [":month", "received_at:", "received_at:fortnight"])
def test_by_nonsense(run, files, by):
    run("validate", "--by", by, "--es-url", files.url).failed(2, "--by")
