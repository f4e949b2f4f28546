"""The ES|QL queries that are shipped run on a real Elasticsearch and give what they promise."""

import pytest

from support.data.snapshots import emitted
from support.program import ROOT

QUERIES = ROOT / "kibana/queries"
# One index is finished at 16 h; of the other there is no snapshot at 15 h.
SNAPSHOTS = [
    # hour, index, missing, with_dates, with_expires_at
    ("2025-10-10T14:59:59Z", "orders", 100, 0, 0),
    ("2025-10-10T16:10:00Z", "orders", 0, 90, 45),
    ("2025-10-10T16:40:00Z", "orders", 0, 100, 50),
    ("2025-10-10T15:00:00Z", "orders", 80, 20, 10),
    ("2025-10-10T14:10:00Z", "payments", 12_600, 0, 0),
    ("2025-10-10T16:20:00Z", "payments", 10, 40, 40),
]
HOURS = [("orders", 14), ("orders", 15), ("orders", 16), ("payments", 14), ("payments", 16)]
EXPECTED = {
    "missing": [100.0, 80.0, 0.0, 12_600.0, 10.0],
    "with_dates": [0.0, 20.0, 95.0, 0.0, 40.0],
    "coverage_pct": [None, 50.0, 50.0, None, 100.0],
}
COLUMNS = {"missing": "missing", "with_dates": "with_dates", "coverage": "coverage_pct"}


@pytest.fixture
def names(indices) -> dict[str, str]:
    return {stem: indices.unused_name(stem) for stem in ("orders", "payments")}


@pytest.fixture
def health(run, indices, names) -> str:
    return emitted(run, indices, [(ts, names[stem], *numbers) for ts, stem, *numbers in SNAPSHOTS])


@pytest.mark.engines("es8")  # the only one here that has ES|QL
@pytest.mark.parametrize("name", COLUMNS)
def test_hourly_trend_of_each_index(engine, health, names, name):
    query = (QUERIES / f"{name}.esql").read_text()
    assert "FROM backfill_health_v1\n" in query
    answer = engine.do("POST", "_query", {"query": query.replace("backfill_health_v1", f'"{health}"')})
    shown = [column["name"] for column in answer["columns"]]
    rows = [[row[shown.index(column)] for column in ("index", "hour", COLUMNS[name])] for row in answer["values"]]
    assert rows == [[names[stem], f"2025-10-10T{hour}:00:00.000Z", value]
                    for (stem, hour), value in zip(HOURS, EXPECTED[COLUMNS[name]])]


def test_every_query_is_tested():
    assert {path.stem for path in QUERIES.glob("*.esql")} == set(COLUMNS)
