"""The ES|QL queries that are shipped run on a real Elasticsearch and give what they promise."""

import pytest

from support.program import ROOT
from support.snapshots import emitted

QUERIES = ROOT / "kibana/queries"
SNAPSHOTS = [
    # hour, missing, with_dates, with_expires_at
    ("2025-10-10T14:59:59Z", 100, 0, 0),
    ("2025-10-10T16:10:00Z", 30, 60, 30),
    ("2025-10-10T16:40:00Z", 10, 80, 40),
    ("2025-10-10T15:00:00Z", 80, 20, 10),
]
EXPECTED = {
    "missing": (["hour", "missing"], [[100.0], [80.0], [20.0]]),
    "with_dates": (["hour", "with_dates"], [[0.0], [20.0], [70.0]]),
    "coverage": (["hour", "coverage_pct"], [[None], [50.0], [50.0]]),
}


@pytest.fixture
def health(run, indices) -> str:
    emails = indices.unused_name("emails")
    return emitted(run, indices, [(ts, emails, *numbers) for ts, *numbers in SNAPSHOTS])


@pytest.mark.parametrize("name", EXPECTED)
def test_hourly_trend(engine, health, name):
    query = (QUERIES / f"{name}.esql").read_text()
    assert "FROM backfill_health_v1\n" in query
    answer = engine.do("POST", "_query", {"query": query.replace("backfill_health_v1", f'"{health}"')})
    columns, rows = EXPECTED[name]
    shown = [column["name"] for column in answer["columns"]]
    hours = [f"2025-10-10T{hour}:00:00.000Z" for hour in (14, 15, 16)]
    assert [[row[shown.index(column)] for column in columns] for row in answer["values"]] == [
        [hour, *row] for hour, row in zip(hours, rows)
    ]


def test_every_query_is_tested():
    assert {path.stem for path in QUERIES.glob("*.esql")} == set(EXPECTED)
