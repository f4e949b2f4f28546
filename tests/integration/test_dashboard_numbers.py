"""What the panels of the Kibana dashboard show, asked of a real Elasticsearch, on snapshots of two indices.

One index is finished, the other has a gap, and neither says anything false of the other.
"""

import collections
from collections.abc import Iterator

import pytest

from support.data.snapshots import emitted
from support.kibana import lens
from support.kibana.dashboard import attributes, control_fields, find, layers_of, objects, stem, visualization_of
from support.program import Program
from support.stores import ElasticsearchStore

NUMBERS = {"integer", "long"}
ACCEPTS = {"average": NUMBERS, "last_value": NUMBERS, "max": {"date"}, "date_histogram": {"date"}, "terms": {"keyword"}}
A_WEEK = ("2025-10-03T17:30:00Z", "2025-10-10T17:30:00Z")
HOURS = [f"2025-10-10T{hour}:00:00.000Z" for hour in (14, 15, 16, 17)]
CHARTS = [stem(each) for each in objects() if each["type"] == "lens"]
TILES = {stem(each) for each in objects() if each["attributes"].get("visualizationType") == "lnsMetric"}


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
    """Nothing has dates at 14 h. The first index is finished at 17 h; the second has no snapshot at 15 and 16 h."""
    a, b = names
    return emitted(Program(tmp_path_factory.mktemp("emitting")), kept, [
        ("2025-10-10T14:59:59Z", a, 100, 0, 0),
        ("2025-10-10T17:10:00Z", a, 0, 100, 90),
        ("2025-10-10T15:40:00Z", a, 60, 40, 20),
        ("2025-10-10T15:00:00Z", a, 80, 20, 10),
        ("2025-10-10T16:10:00Z", a, 40, 60, 57),
        ("2025-10-10T14:20:00Z", b, 50, 0, 0),
        ("2025-10-10T17:20:00Z", b, 10, 40, 40),
        ("2025-09-01T17:20:00Z", b, 999, 1, 1),
    ])


@pytest.fixture
def drawn(engine, health):
    """drawn("backfill-health-…") is what Kibana has for that chart's data: its rows, by column."""

    def ask(identifier: str, only: str | None = None, until: str = A_WEEK[1]) -> list[lens.Row]:
        layer = layers_of(find("lens", identifier))["l1"]
        given = (layer["columns"], layer["columnOrder"])
        return lens.rows(*given, engine.do("POST", f"{health}/_search", lens.search(*given, A_WEEK[0], until, only)))

    return ask


@pytest.fixture
def tile(drawn):
    def ask(name: str, **limits: str) -> object:
        identifier = f"backfill-health-{name}"
        return lens.shown_by_tile(visualization_of(find("lens", identifier)), drawn(identifier, **limits))

    return ask


def by_index(rows: list[lens.Row], column: str) -> dict[str, dict[str, float]]:
    """The lines of a chart: each index, with the value of each hour."""
    shown = collections.defaultdict(dict)
    for row in rows:
        shown[row["index"]][row["hour"]] = row[column]
    return dict(shown)


def test_missing_is_a_line_for_each_index(drawn, names):
    lines = by_index(drawn("backfill-health-missing-by-index"), "missing")
    assert lines == {names[0]: dict(zip(HOURS, [100, 70, 40, 0])),
                     names[1]: dict(zip(HOURS, [50, None, None, 10]))}


def test_done_is_a_line_for_each_index(drawn, names):
    lines = by_index(drawn("backfill-health-done-by-index"), "done")
    assert lines == {names[0]: dict(zip(HOURS, [0, 0.3, 0.6, 1])),
                     names[1]: dict(zip(HOURS, [0, None, None, 0.8]))}


def test_coverage_is_a_line_for_each_index_with_gaps_where_there_is_none(drawn, names):
    """Without any dates (14 h), as without a snapshot."""
    lines = by_index(drawn("backfill-health-coverage-by-index"), "coverage")
    assert lines == {names[0]: dict(zip(HOURS, [None, 0.5, 0.95, 0.9])),
                     names[1]: dict(zip(HOURS, [None, None, None, 1]))}


def test_a_line_across_is_where_the_alert_begins(drawn):
    (line,) = layers_of(find("lens", "backfill-health-coverage-by-index"))["ref"]["columns"].values()
    assert (line["operationType"], float(line["params"]["value"]), line["label"]) == ("static_value", 0.95, "95 %")


def test_the_control_leaves_one_index(drawn, names):
    for chart in ("missing", "done", "coverage"):
        assert {row["index"] for row in drawn(f"backfill-health-{chart}-by-index", only=names[1])} == {names[1]}


@pytest.mark.parametrize(
    ("name", "both", "first", "second"),
    [
        ("missing-now", 10, 0, 10),
        ("done-now", 0.933, 1, 0.8),  # 140 of 150
        ("coverage-now", 0.928, 0.9, 1),  # 130 of 140
    ],
)
def test_a_tile_is_of_the_newest_snapshot_of_each_index(tile, names, name, both, first, second):
    assert tile(name) == both
    assert [tile(name, only=index) for index in names] == [first, second]


def test_the_newest_snapshot(tile, names):
    assert tile("newest") == "2025-10-10T17:20:00.000Z"
    assert tile("newest", only=names[0]) == "2025-10-10T17:10:00.000Z"


def test_without_any_dates_there_is_no_coverage(tile):
    until = "2025-10-10T14:59:59Z"
    assert (tile("missing-now", until=until), tile("done-now", until=until)) == (150, 0)
    assert tile("coverage-now", until=until) is None


def test_the_newest_numbers_by_index(drawn, names):
    rows = drawn("backfill-health-latest-by-index")
    table = visualization_of(find("lens", "backfill-health-latest-by-index"))
    columns = [column["columnId"] for column in table["columns"]]
    assert columns == ["index", "missing", "with_dates", "with_expires_at", "done", "coverage", "newest"]
    assert [[row[column] for column in columns] for row in rows] == [
        [names[0], 0, 100, 90, 1, 0.9, "2025-10-10T17:10:00.000Z"],
        [names[1], 10, 40, 40, 0.8, 1, "2025-10-10T17:20:00.000Z"]]


@pytest.mark.parametrize(
    ("missing", "with_dates", "with_expires_at", "done", "coverage"),
    [
        (1, 9_999, 9_999, 0.999, 1),
        (0, 10_000, 9_499, 1, 0.949),
        (0, 1_000, 950, 1, 0.95),
        (1_000, 29, 29, 0.028, 1),
    ],
)
def test_a_percentage_is_never_rounded_up(missing, with_dates, with_expires_at, done, coverage):
    """100.0 % would be said of what is not done, and 95.0 % in red of what is not covered."""
    numbers = {"missing": missing, "with_dates": with_dates, "with_expires_at": with_expires_at}
    for chart in ("done-now", "coverage-now", "latest-by-index"):
        layer = layers_of(find("lens", f"backfill-health-{chart}"))["l1"]
        hits = {field: {"hits": {"hits": [{"_source": {field: number}}]}} for field, number in numbers.items()}
        answer = {name: {"value": hits.get(column["sourceField"], {"value": 0})}
                  for name, column in layer["columns"].items() if "sourceField" in column}
        buckets = {"aggregations": {"index": {"buckets": [{"key": "orders"} | answer]}}}
        (row,) = lens.rows(layer["columns"], layer["columnOrder"], buckets)
        assert {name: row[name] for name in ("done", "coverage") if name in row}.items() <= {
            "done": done, "coverage": coverage}.items()


def test_the_latest_snapshots(engine, health):
    table = attributes("search", "backfill-health-snapshots")
    newest = engine.do("POST", f"{health}/_search", {
        "sort": [{field: direction} for field, direction in table["sort"]],
        "_source": table["columns"], "size": table["rowsPerPage"],
        "query": {"range": {"ts": {"gte": A_WEEK[0], "lte": A_WEEK[1]}}}})["hits"]["hits"]
    shown = [[hit["_source"][column] for column in table["columns"]][1:] for hit in newest]
    assert shown == [[10, 40, 40], [0, 100, 90], [40, 60, 57], [60, 40, 20], [80, 20, 10], [100, 0, 0], [50, 0, 0]]


@pytest.mark.parametrize("identifier", CHARTS)
def test_without_snapshots_a_chart_is_empty(drawn, identifier):
    rows = drawn(identifier, until="2025-10-03T17:31:00Z")
    if identifier in TILES:
        assert all(value is None for row in rows for value in row.values())
    else:
        assert not rows


def test_every_field_is_one_of_the_index_with_a_type_for_its_operation(run, engine, indices):
    health = indices.unused_name("health")
    run("create-index", "--es-url", engine.url, "--health-index", health).succeeded()
    fields = engine.mapping(health)["properties"]
    asked = [column for each in CHARTS for layer in layers_of(find("lens", each)).values()
             for column in layer["columns"].values() if "sourceField" in column]
    for column in asked:
        assert fields[column["sourceField"]]["type"] in ACCEPTS[column["operationType"]], column
        assert fields[column["params"].get("sortField", "ts")]["type"] == "date"
    assert {column["sourceField"] for column in asked} == set(fields), "every field is shown"
    table = attributes("search", "backfill-health-snapshots")
    assert {*table["columns"], *(field for field, _ in table["sort"])} == set(fields)
    (view,) = [each for each in objects() if each["type"] == "index-pattern"]
    assert fields[view["attributes"]["timeFieldName"]]["type"] == "date"
    assert [fields[field]["type"] for field in control_fields()] == ["keyword"]
