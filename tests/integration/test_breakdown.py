"""`--by` on a real engine: it counts documents, or says why not."""

import json

import pytest

from support.emails import bill


@pytest.fixture
def groups(run, engine):
    def go(index: str, by: str) -> list[tuple[str | None, int, int]]:
        report = json.loads(run("validate", "--json", "--by", by, "--es-url", engine.url, "--index", index).succeeded())
        return [(group["value"], group["missing"], group["documents"]) for group in report["by"]["groups"]]

    return go


def mapped(**types: str) -> dict:
    return {"properties": {"category": {"type": "keyword"}, "dates": {"type": "keyword"}, "expires_at": {"type": "keyword"}}
            | {field: {"type": kind} for field, kind in types.items()}}


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [("long", 1, "1"), ("keyword", "a", "a"), ("boolean", True, "true"), ("double", 1.5, "1.5"), ("ip", "10.0.0.1", "10.0.0.1")],
)
def test_a_document_with_a_value_twice_counts_once(groups, engine, indices, kind, value, shown):
    index = engine.load(indices.unused_name("letters"), [
        bill() | {"by": [value, value]}, bill(["2025"]) | {"by": value}, bill(), bill(["2025"]) | {"by": []}],
        mapped(by=kind))
    (first, rest) = groups(index, "by")
    assert (first[1:], rest) == ((1, 2), (None, 1, 2))
    assert first[0] == shown


def test_a_document_with_two_times_in_a_month_counts_once(groups, engine, indices):
    index = engine.load(indices.unused_name("letters"), [
        bill() | {"at": ["2025-10-01", "2025-10-02", "2025-11-01"]}, bill(["2025"]) | {"at": "2025-10-31T23:59:59Z"}, bill()],
        mapped(at="date"))
    assert groups(index, "at:month") == [("2025-10", 1, 2), ("2025-11", 1, 1), (None, 1, 1)]


@pytest.mark.parametrize("by", ["number", "number:minute"])
def test_too_many_values_are_an_error(run, engine, indices, by):
    documents = [{"category": "bills", "number": number * 60_000} for number in range(10_001)]
    index = engine.load(indices.unused_name("letters"), documents, mapped(number="date"))
    run("validate", "--by", by, "--es-url", engine.url, "--index", index).failed(2, "number has more than 10000 values")


def test_a_limit_of_the_engine(run, engine, indices, cluster_setting):
    """The numbers that it would leave out are not given without them, nor is it asked again."""
    documents = [{"category": "bills", "number": number} for number in range(20)]
    index = engine.load(indices.unused_name("letters"), documents, mapped(number="long"))
    setting = "search.max_buckets"
    with cluster_setting(setting, 10):
        result = run("validate", "--by", "number", "--es-url", engine.url, "--index", index)
    result.failed(2, "number has more values than", setting)
