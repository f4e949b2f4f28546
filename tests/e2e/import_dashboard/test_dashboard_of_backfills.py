"""The dashboard of the configured backfills: import-dashboard puts them into the one that is shipped."""

import json

import pytest

from support.configuration import dump
from support.kibana.dashboard import FOLDER, dashboard_of, layers_of, panels_of, parse, stem, visualization_of
from support.kibana.fake_kibana import FakeKibana
from support.kibana.saved_objects import RULES

BILLS = {"name": "bills", "index": "emails", "field": "dates", "derived": ["expires_at"], "population": {"category": "bills"}}
INVOICES = {"name": "in|voices", "index": "invoices-*", "field": "due_date", "derived": ["paid_at", 'an "odd" name'],
            "max-missing": 3, "min-coverage": 0.955}
PLACES = {"name": "places", "index": "places", "field": "location"}
ORDERS = {"name": "orders", "index": "orders", "field": "paid", "derived": ["paid_at", "paid_by"]}

BY_BACKFILL = "backfill-health-backfills"


@pytest.fixture
def shipped(run, tmp_path):
    """shipped(backfills): the saved objects of each dashboard, by its stem."""

    def get(*backfills: dict) -> dict[str, list[dict]]:
        config = dump(tmp_path / "config.yaml", {"backfills": backfills})
        file = parse(run("import-dashboard", "--print", "--config", config).succeeded())
        assert len({each["id"] for each in file}) == len(file), "an object is there twice"
        dashboards = [each for each in file if each["type"] == "dashboard"]
        needed = {each["id"]: {reference["id"] for reference in each["references"]} for each in dashboards}
        return {stem(each): [one for one in file if one is each or one["id"] in needed[each["id"]]] for each in dashboards}

    return get


def markdown(file: list[dict]) -> str:
    (text,) = [panel["embeddableConfig"]["savedVis"]["params"]["markdown"] for panel in panels_of(dashboard_of(file))
               if "savedVis" in panel["embeddableConfig"]]
    return text


def columns(file: list[dict], of: str) -> dict[str, dict]:
    (lens,) = [each for each in file if stem(each) == of]
    return layers_of(lens)["l1"]["columns"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("backfills", [(BILLS, INVOICES, PLACES, ORDERS), (PLACES,)], ids=["with derived fields", "without"])
def test_kibana_can_draw_it(shipped, backfills, rule):
    for file in shipped(*backfills).values():
        rule(file)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_file_as_it_is_follows_the_rules(rule):
    rule(parse((FOLDER / "backfill-health-backfills.ndjson").read_text()))


def test_which_dashboards_there_are(shipped):
    assert list(shipped(BILLS)) == ["backfill-health-missing"]
    assert list(shipped(PLACES, INVOICES)) == [BY_BACKFILL]
    assert list(shipped(PLACES, BILLS)) == ["backfill-health-missing", BY_BACKFILL]


def test_every_derived_field_is_shown_once(shipped):
    file = shipped(BILLS, INVOICES, ORDERS)[BY_BACKFILL]
    names = ["paid_at", 'an "odd" name', "paid_by"]
    for of in ("derived", "coverage"):
        shown = columns(file, f"{BY_BACKFILL}-{of}")
        fields = [column["sourceField"] for column in shown.values() if column.get("sourceField", "").startswith("derived.")]
        assert fields == [f"derived.{name}" for name in names]
    (lines,) = [each for each in file if stem(each) == f"{BY_BACKFILL}-coverage"]
    assert visualization_of(lines)["layers"][0]["accessors"] == names
    assert "DERIVED_FIELD" not in json.dumps(file)


def test_thresholds_are_shown(shipped):
    text = markdown(shipped(BILLS, INVOICES, PLACES)[BY_BACKFILL])
    assert "|---|---|---|\n| in\\|voices | 3 | 95.5 % |\n| places | not set | not set |\n\n" in text


def test_it_can_be_filtered_by_backfill(shipped):
    group = dashboard_of(shipped(PLACES)[BY_BACKFILL])["attributes"]["controlGroupInput"]
    fields = [control["explicitInput"]["fieldName"] for control in json.loads(group["panelsJSON"]).values()]
    assert fields == ["backfill", "index"]


def test_what_it_shows_is_in_the_health_index(shipped, run, engine, indices, tmp_path):
    file = shipped(PLACES, ORDERS)[BY_BACKFILL]
    health = indices.unused_name("health")
    run("create-index", "--config", tmp_path / "config.yaml", "--es-url", engine.url, "--health-index", health).succeeded()
    mapping = engine.mapping(health)["properties"]
    types = {name: field["type"] for name, field in mapping.items() if "type" in field}
    types |= {f"derived.{name}": field["type"] for name, field in mapping["derived"]["properties"].items()}
    used = {column["sourceField"] for each in file if each["type"] == "lens" for layer in layers_of(each).values()
            for column in layer["columns"].values() if "sourceField" in column}
    assert used == {"backfill", "missing", "present", "broken", "ts", "derived.paid_at", "derived.paid_by"}
    assert {types[name] for name in used} == {"keyword", "integer", "date"}


def test_both_are_imported_and_named(run, stand_in, tmp_path):
    kibana = stand_in(FakeKibana())
    config = dump(tmp_path / "config.yaml", {"backfills": [BILLS, ORDERS]})
    count, first, second = run("import-dashboard", "--config", config, "--kibana-url", kibana.url).stdout.decode().splitlines()
    assert count.startswith("Imported 21 saved objects (dashboards ") and '" and "' in count
    assert "backfill-health-missing" in first and BY_BACKFILL in second
