"""doctor on several backfills: what is of the cluster once, what is of a backfill under its name, and few requests."""

from collections import Counter

import pytest

from support.configuration import dump
from support.elasticsearch import EMAIL_MAPPING
from support.emails import MIDWAY, emails
from support.forward import Forward
from support.output.doctor import Checkup, doctor
from support.ports import refusing_port

ONCE = {"connection", "tls", "product", "credentials", "health-index", "clock", "disk", "serve", "kibana"}


@pytest.fixture
def examine(run, indices):
    """examine(server, backfills): without serve and Kibana, whatever runs on this machine."""

    def go(url: str, backfills: list[dict], health_index: str) -> Checkup:
        config = dump(run.home / "config.yaml", {"backfills": backfills})
        with refusing_port() as port:
            return doctor(run, "--config", config, "--es-url", url, "--health-index", health_index, env={
                "BACKFILL_HEALTH_LISTEN": f"127.0.0.1:{port}", "KIBANA_URL": f"http://127.0.0.1:{port}"})

    return go


def backfill(name: str, index: str, **more: object) -> dict:
    return {"name": name, "index": index, "population": {"category": "bills"}, "field": "dates"} | more


def test_each_under_its_name(examine, engine, indices):
    done, midway = (engine.load(indices.unused_name("emails"), documents, EMAIL_MAPPING) for documents in (emails(0), MIDWAY))
    found = examine(engine.url, [backfill("done", done), backfill("lost", "absent"), backfill("midway", midway)],
                    indices.unused_name("health"))
    owners = [check.get("backfill", "") for check in found.checks]
    assert owners == sorted(owners, key=["", "done", "lost", "midway"].index)
    assert {check["check"] for check in found.checks if "backfill" not in check} == ONCE
    of_each = {name: {check["check"]: check for check in found.checks if check.get("backfill") == name}
               for name in ("done", "lost", "midway")}
    assert set(of_each["lost"]) == {"index"}
    assert of_each["lost"]["index"]["level"] == "problem"
    assert "2 without dates, 20 with" in of_each["midway"]["measurement"]["message"]
    assert " 0 without dates" in of_each["done"]["measurement"]["message"]


def test_what_is_of_the_cluster_is_asked_once(examine, engine, indices, stand_in):
    index = engine.load(indices.unused_name("emails"), MIDWAY, EMAIL_MAPPING)
    server = stand_in(Forward(engine.url))
    examine(server.url, [backfill(f"b{i}", index) for i in range(10)], indices.unused_name("health"))
    asked = Counter(request.path.partition("?")[0] for request in server.requests)
    for path in ("/_cluster/settings", "/_nodes/stats/fs", f"/{index}", "/_cluster/health/" + index):
        assert asked[path] == 1, asked
    # The numbers of all ten, and then for each of them what became of the values that are missing.
    assert asked[f"/{index}/_search"] == 1 + 10, asked
    assert len(server.requests) < 40, asked


def test_a_rule_that_is_refused_spoils_no_other(examine, engine, indices):
    index = engine.load(indices.unused_name("emails"), MIDWAY, EMAIL_MAPPING)
    found = examine(engine.url, [backfill("good", index, rules=['dates != "never"']),
                                 backfill("bad", index, rules=["dates < nothing_like_it"])], indices.unused_name("health"))
    rules = {check["backfill"]: check["level"] for check in found.checks if check["check"] == "rule"}
    assert rules == {"good": "ok", "bad": "problem"}
    measured = {check["backfill"] for check in found.checks if check["check"] == "measurement" and check["level"] == "ok"}
    assert measured == {"good", "bad"}
