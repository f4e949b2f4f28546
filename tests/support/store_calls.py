"""A store is asked about many backfills at once, by the library alone: see tests/integration/store_calls.cpp."""

import json
import subprocess

from support.program import binary


def backfill(name: str, index: str, field: str = "dates", derived: tuple[str, ...] = ("expires_at",),
             population: dict[str, list[str]] | None = None, query: dict | None = None) -> dict:
    raw = {} if query is None else {"query": query}
    return {"name": name, "index": index, "field": field, "derived": list(derived),
            "population": {"category": ["bills"]} if population is None else population, **raw}


def call(url: str, backfills: list[dict], *calls: str, health_index: str = "backfill_health_v1", retries: int = 0,
         timeout: int = 20) -> list[list]:
    """For each call a list with a result for each backfill."""
    asked = {"url": url, "backfills": backfills, "calls": calls, "health_index": health_index, "retries": retries,
             "timeout": timeout}
    path = binary().parent / "store-calls"
    done = subprocess.run([str(path)], input=json.dumps(asked), capture_output=True, text=True, timeout=timeout + 60)
    assert (done.returncode, done.stderr) == (0, ""), done
    return json.loads(done.stdout)


def measure(url: str, backfills: list[dict], **more: object) -> list[dict]:
    return call(url, backfills, "measure", **more)[0]
