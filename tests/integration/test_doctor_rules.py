"""doctor says of each rule whether a real engine can judge it, and of a misspelt field which one is meant."""

from collections.abc import Iterator

import pytest

from support.output.doctor import Checkup, doctor
from support.ports import refusing_port

MAPPING = {
    "properties": {
        "category": {"type": "keyword"}, "dates": {"type": "date"}, "expires_at": {"type": "date"},
        "created": {"type": "date"}, "note": {"type": "text"},
        "lines": {"type": "nested", "properties": {"on": {"type": "date"}}},
        "customer": {"properties": {"since": {"type": "date"}}},
    }
}
BILLS = [
    {"category": "bills", "dates": "2025-10-10", "created": "2025-10-01"},
    {"category": "bills", "dates": "2025-10-10", "created": "2025-10-11"},
    {"category": "bills"},
]
COUNTS = "3 bills: 1 without dates, 2 with, 0 of these with expires_at"
SCRIPT = "dates >= created"
HAVE_SCRIPTS = ("es710", "os2", "os3")  # the others of the tests have no Painless
SETTING = "search.allow_expensive_queries"


@pytest.fixture
def look(run, indices) -> Iterator:

    def go(index: str, *rules: str) -> Checkup:
        with refusing_port() as port:
            return doctor(run, "--es-url", indices.url, "--index", index, "--health-index", "backfill-health-absent",
                          *(word for rule in rules for word in ("--rule", rule)),
                          env={"BACKFILL_HEALTH_LISTEN": f"127.0.0.1:{port}", "KIBANA_URL": f"http://127.0.0.1:{port}"})

    return go


@pytest.fixture
def index(indices) -> str:
    return created(indices, MAPPING, BILLS)


def created(indices, mapping: dict, documents: list[dict]) -> str:
    name = indices.unused_name("emails")
    indices.engine.create(name, mapping)
    indices.engine.add(name, documents)
    return name


def test_rules_that_can_be_judged(look, index):
    found = look(index, "dates < now", "dates > 2025-01-01")
    assert found.of("rule") == [("ok", '"dates < now": can be judged; '), ("ok", '"dates > 2025-01-01": can be judged; ')]
    found.has("measurement", "ok", COUNTS)


def test_without_rules_there_is_nothing_to_say(look, index):
    assert look(index).of("rule") == []


@pytest.mark.parametrize(("rule", "words"), [
    ("dates >= creatd", ["creatd is not mapped in ", "did you mean created?"]),
    ("dates >= customer.sinse", ["customer.sinse is not mapped in ", "did you mean customer.since?"]),
    ("dates >= paid", ["paid is not mapped in ", "no field has a similar name"]),
    ("dates >= lines.on", ["lines.on is in lines, which is nested"]),
    ("dates == note", ["note is text"]),
    ('dates == "x"', ["dates is of type date, but is compared with text"]),
])
def test_a_rule_that_the_mapping_does_not_allow(look, index, rule, words):
    """What the measurement with it cannot count is counted without it."""
    found = look(index, "dates < now", rule)
    assert [level for level, _ in found.of("rule")] == ["ok", "problem"]
    found.has("rule", "problem", f'"{rule}": ', *words)
    found.has("field", "ok", "dates is date")
    found.has("derived", "warning", "no bills with dates have expires_at")
    found.has("measurement", "ok", COUNTS)


def test_before_the_first_run(look, indices):
    properties = {name: how for name, how in MAPPING["properties"].items() if name not in ("dates", "expires_at")}
    found = look(created(indices, {"properties": properties}, [{"category": "bills", "created": "2025-10-01"}]),
                 "dates < now", "expires_at > 2025-01-01")
    found.has("rule", "warning", '"dates < now": dates is not mapped in', "yet", "first run", "--field")
    found.has("rule", "warning", "expires_at is not mapped in", "--derived")
    found.has("measurement", "ok", "1 bills: 1 without dates, 0 with")


@pytest.mark.engines("es7", "es8", "es9")
def test_an_engine_without_painless(look, index):
    found = look(index, "dates < now", SCRIPT)
    assert [level for level, _ in found.of("rule")] == ["ok", "problem"]
    found.has("rule", "problem", f"\"{SCRIPT}\": cannot run the rule's query at", "it needs a script, and scripts are switched off",
              "script.allowed_types")
    found.has("measurement", "ok", COUNTS)


@pytest.mark.engines(*HAVE_SCRIPTS)
def test_scripts_that_are_switched_off(look, index, cluster_setting):
    assert look(index, SCRIPT).of("rule") == [("ok", f'"{SCRIPT}": can be judged; ')]
    with cluster_setting(SETTING, False):
        found = look(index, "dates < now", SCRIPT)
    assert [level for level, _ in found.of("rule")] == ["ok", "problem"]
    found.has("rule", "problem", f"\"{SCRIPT}\": cannot run the rule's query at", "it needs a script, and scripts are switched off",
              SETTING)
    found.has("measurement", "ok", COUNTS)
