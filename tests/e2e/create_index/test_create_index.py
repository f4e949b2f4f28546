"""The health index's mapping: installed once, compared after that."""

import pytest

from support.output.help import flags

MAPPING = {
    "properties": {
        "index": {"type": "keyword"},
        "missing": {"type": "integer"},
        "with_dates": {"type": "integer"},
        "with_expires_at": {"type": "integer"},
        "ts": {"type": "date"},
    }
}


def changed(**fields: str) -> dict:
    return {"properties": MAPPING["properties"] | {name: {"type": type} for name, type in fields.items()}}


def without(field: str) -> dict:
    return {"properties": {name: type for name, type in MAPPING["properties"].items() if name != field}}


@pytest.fixture
def create(run, store):
    return lambda name, *more: run("create-index", "--es-url", store.url, "--health-index", name, *more)


def test_created_and_then_existing(create, store):
    name = store.unused_name()
    assert create(name).succeeded() == f"Created index {name}\n"
    assert create(name).succeeded() == f"Index {name} already exists (mapping matches)\n"
    assert store.documents(name) == []


def test_what_it_does_not_use_it_does_not_read(create, run, store):
    name = store.unused_name()
    help = run("create-index", "--help").succeeded()
    assert {"--name", "--field", "--derived"} <= flags(help) and not {"--index", "--population"} & flags(help)
    run("create-index", "--es-url", store.url, "--health-index", name, env={"BACKFILL_POPULATION": "nonsense"}).succeeded()
    create(name, "--index", "emails", "--population", "category=bills").succeeded()


def test_an_existing_one_keeps_its_documents(create, run, store):
    name, index = store.unused_name(), store.load([{"category": "bills"}])
    create(name).succeeded()
    run("emit", "--es-url", store.url, "--index", index, "--health-index", name).succeeded()
    create(name).succeeded()
    assert len(store.documents(name)) == 1


def test_the_mapping_is_exactly_this(run, engine, indices):
    name = indices.unused_name()
    run("create-index", env={"ES_URL": engine.url, "ES_HEALTH_INDEX": name}).succeeded()
    assert engine.mapping(name) == MAPPING


def test_the_mapping_for_a_backfill_of_a_file_has_what_its_documents_need(run, engine, indices):
    name, index = indices.unused_name(), indices.load([{"category": "invoices", "dates": "x", "expires_at": "y"}])
    given = ("--es-url", engine.url, "--health-index", name, "--name", "invoices", "--population", "category=invoices")
    run("create-index", *given).succeeded()
    installed = engine.mapping(name)
    run("emit", *given, "--index", index).succeeded()
    assert engine.mapping(name) == installed, "a document added fields that the mapping lacks"
    assert installed["properties"]["backfill"] == {"type": "keyword"}
    assert installed["properties"]["ts"] == {"type": "date"}


@pytest.mark.parametrize(
    "mappings",
    [MAPPING, changed(missing="long", with_dates="long"), changed(extra="text"), {"dynamic": "strict", **MAPPING}],
    ids=["same", "wider", "with more fields", "strict"],
)
def test_compatible_mappings_are_success(run, engine, indices, mappings):
    name = indices.unused_name()
    engine.create(name, mappings)
    line = run("create-index", "--es-url", engine.url, "--health-index", name).succeeded()
    assert line == f"Index {name} already exists (mapping matches)\n"


@pytest.mark.parametrize("field", MAPPING["properties"])
def test_missing_fields_are_added(run, engine, indices, field):
    name = indices.unused_name()
    engine.create(name, without(field))
    run("create-index", "--es-url", engine.url, "--health-index", name).succeeded()
    assert engine.mapping(name) == MAPPING


@pytest.mark.parametrize(
    ("field", "type"),
    [("index", "text"), ("missing", "text"), ("with_dates", "keyword"), ("with_expires_at", "boolean"), ("ts", "long")],
)
def test_a_conflict_names_the_field(run, engine, indices, field, type):
    name = indices.unused_name()
    engine.create(name, changed(**{field: type}))
    run("create-index", "--es-url", engine.url, "--health-index", name).failed(3, field, type, name)


def test_a_closed_index_is_an_error(run, engine, indices):
    name = indices.unused_name()
    engine.create(name, MAPPING)
    engine.do("POST", f"{name}/_close")
    run("create-index", "--es-url", engine.url, "--health-index", name).failed(3, name, "is closed", "open it")


def test_an_alias_is_its_index(run, engine, indices):
    name = indices.unused_name()
    engine.create(name, MAPPING)
    alias = engine.unique_name("alias")
    engine.do("PUT", f"{name}/_alias/{alias}")
    line = run("create-index", "--es-url", engine.url, "--health-index", alias).succeeded()
    assert line == f"Index {alias} already exists (mapping matches)\n"


@pytest.mark.parametrize("name", ["UpperCase", "_hidden", "a b", "a*", "a,b"])
def test_a_name_that_the_engine_refuses(run, engine, name):
    run("create-index", "--es-url", engine.url, "--health-index", name).failed(3, name)
