"""What the panels of the Kibana dashboard stand for, asked of a real Elasticsearch, on snapshots of two indices."""

import collections
from collections.abc import Iterator

import pytest

from support import lens
from support.dashboard import attributes, columns_of, control_fields, find, layer_of, objects
from support.program import Program
from support.snapshots import emitted
from support.stores import ElasticsearchStore

NUMBERS = {"integer", "long"}
ACCEPTS = {"average": NUMBERS, "last_value": NUMBERS, "date_histogram": {"date"}, "terms": {"keyword"}}
A_WEEK = ("2025-10-03T17:30:00Z", "2025-10-10T17:30:00Z")
HOURS = [f"2025-10-10T{hour}:00:00.000Z" for hour in (14, 15, 16, 17)]
CHARTS = [each["id"] for each in objects() if each["type"] == "lens"]


@pytest.fixture(scope="module")
def kept(engine) -> Iterator[ElasticsearchStore]:
    """Indices that are gone after all tests."""
    store = ElasticsearchStore(engine)
    yield store
    store.clean()


@pytest.fixture(scope="module")
def names(kept) -> list[str]:
    return [kept.unused_name("orders"), kept.unused_name("payments")]


@pytest.fixture(scope="module")
def health(binary, kept, names, tmp_path_factory) -> str:
    """Nothing has dates at 14 h; nobody took a snapshot at 16 h."""
    a, b = names
    return emitted(Program(tmp_path_factory.mktemp("emitting")), kept, [
        ("2025-10-10T14:59:59Z", a, 100, 0, 0),
        ("2025-10-10T17:10:00Z", a, 0, 100, 90),
        ("2025-10-10T15:40:00Z", a, 60, 40, 20),
        ("2025-10-10T15:00:00Z", a, 80, 20, 10),
        ("2025-10-10T14:20:00Z", b, 50, 0, 0),
        ("2025-10-10T17:20:00Z", b, 10, 40, 40),
        ("2025-09-01T17:20:00Z", b, 999, 1, 1),
    ])


@pytest.fixture
def drawn(engine, health):
    """drawn("backfill-health-…") is what Kibana has for that chart: its rows, by column."""

    def ask(identifier: str, only: str | None = None, until: str = A_WEEK[1]) -> list[lens.Row]:
        layer = layer_of(find("lens", identifier))
        given = (layer["columns"], layer["columnOrder"])
        return lens.rows(*given, engine.do("POST", f"{health}/_search", lens.search(*given, A_WEEK[0], until, only)))

    return ask


def total(rows: list[lens.Row], column: str) -> int:
    return sum(row[column] for row in rows)


def test_the_seed_s_line(drawn):
    rows = drawn("backfill-health-missing-line")
    assert [(row["hour"], row["missing"]) for row in rows] == list(zip(HOURS, [75, 70, None, 5]))


def test_the_control_leaves_one_index(drawn, names):
    rows = drawn("backfill-health-missing-line", only=names[0])
    assert [(row["hour"], row["missing"]) for row in rows] == list(zip(HOURS, [100, 70, None, 0]))


def test_with_dates_and_with_expires_at(drawn):
    rows = drawn("backfill-health-dates-line")
    assert [row["hour"] for row in rows] == HOURS
    assert [(row["with_dates"], row["with_expires_at"]) for row in rows] == [(0, 0), (30, 15), (None, None), (70, 65)]


def test_coverage_has_gaps_where_there_is_none(drawn):
    """Without any dates (14 h), as without a snapshot (16 h)."""
    rows = drawn("backfill-health-coverage-line")
    assert [(row["hour"], row["coverage"]) for row in rows] == list(zip(HOURS, [None, 0.5, None, 65 / 70]))


def test_missing_by_index(drawn, names):
    a, b = names
    rows = drawn("backfill-health-missing-by-index")
    shown = collections.defaultdict(dict)
    for row in rows:
        shown[row["index"]][row["hour"]] = row["missing"]
    assert shown[a] == dict(zip(HOURS, [100, 70, None, 0]))
    assert shown[b] == dict(zip(HOURS, [50, None, None, 10]))
    assert list(shown) == names


@pytest.mark.parametrize(
    ("identifier", "column", "both", "one"),
    [
        ("backfill-health-missing-now", "missing", 10, 0),
        ("backfill-health-dates-now", "with_dates", 140, 100),
        ("backfill-health-expires-now", "with_expires_at", 130, 90),
    ],
)
def test_the_latest_numbers_are_the_sum_of_the_indices(drawn, names, identifier, column, both, one):
    visualization = attributes("lens", identifier)["state"]["visualization"]
    assert (visualization["metricAccessor"], visualization["collapseFn"]) == (column, "sum")
    assert total(drawn(identifier), column) == both
    assert total(drawn(identifier, only=names[0]), column) == one


def test_the_latest_coverage_is_of_the_last_hour(drawn):
    identifier = "backfill-health-coverage-now"
    assert attributes("lens", identifier)["state"]["visualization"]["metricAccessor"] == "coverage"
    assert [row["coverage"] for row in drawn(identifier)] == [65 / 70]
    assert [row["coverage"] for row in drawn(identifier, until="2025-10-10T15:30:00Z")] == [0.5]
    assert [row["coverage"] for row in drawn(identifier, until="2025-10-10T14:59:59Z")] == [None]


def test_the_latest_numbers_by_index(drawn, names):
    rows = drawn("backfill-health-latest-by-index")
    fields = ["index", "missing", "with_dates", "with_expires_at"]
    assert [[row[field] for field in fields] for row in rows] == [[names[0], 0, 100, 90], [names[1], 10, 40, 40]]


def test_the_latest_snapshots(engine, health):
    table = attributes("search", "backfill-health-snapshots")
    newest = engine.do("POST", f"{health}/_search", {
        "sort": [{field: direction} for field, direction in table["sort"]],
        "_source": table["columns"], "size": table["rowsPerPage"],
        "query": {"range": {"ts": {"gte": A_WEEK[0], "lte": A_WEEK[1]}}}})["hits"]["hits"]
    shown = [[hit["_source"][column] for column in table["columns"]][1:] for hit in newest]
    assert shown == [[10, 40, 40], [0, 100, 90], [60, 40, 20], [80, 20, 10], [100, 0, 0], [50, 0, 0]]


@pytest.mark.parametrize("identifier", CHARTS)
def test_without_snapshots_a_chart_is_empty(drawn, identifier):
    rows = drawn(identifier, until="2025-10-03T17:31:00Z")
    assert all(value is None for row in rows for value in row.values())


def test_every_field_is_one_of_the_index_with_a_type_for_its_operation(run, engine, indices):
    health = indices.unused_name("health")
    run("create-index", "--es-url", engine.url, "--health-index", health).succeeded()
    fields = engine.mapping(health)["properties"]
    asked = [column for each in CHARTS for column in columns_of(find("lens", each)).values() if "sourceField" in column]
    for column in asked:
        assert fields[column["sourceField"]]["type"] in ACCEPTS[column["operationType"]], column
        assert fields[column["params"].get("sortField", "ts")]["type"] == "date"
    assert {column["sourceField"] for column in asked} == set(fields), "every field is shown"
    table = attributes("search", "backfill-health-snapshots")
    assert {*table["columns"], *(field for field, _ in table["sort"])} == set(fields)
    (view,) = [each for each in objects() if each["type"] == "index-pattern"]
    assert fields[view["attributes"]["timeFieldName"]]["type"] == "date"
    assert [fields[field]["type"] for field in control_fields()] == ["keyword"]
