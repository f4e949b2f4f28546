"""create-index with backfills of a file: one mapping for the documents of all."""

import pytest

from support.configuration import dump


def entry(name: str, derived: list[str]) -> dict:
    return {"name": name, "index": "x", "field": "f", "derived": derived}


@pytest.fixture
def create(run):
    def create(store, health: str, *entries: dict):
        file = dump(run.home / "f.yaml", {"settings": {"es-url": store.url, "health-index": health, "timeout": "25s"},
                                          "backfills": list(entries)})
        return run("create-index", "--config", file)
    return create


def test_created_and_then_matching(create, store):
    health = store.unused_name()
    entries = [entry("a", ["b", "c.d"]), entry("e", [])]
    assert create(store, health, *entries).succeeded() == f"Created index {health}\n"
    assert create(store, health, *entries).succeeded() == f"Index {health} already exists (mapping matches)\n"


def test_what_is_lacking_is_added_and_named(create, indices, run):
    health = indices.unused_name()
    run("create-index", "--es-url", indices.url, "--health-index", health).succeeded()
    file = dump(run.home / "f.yaml", {"backfills": [entry("a", ["b"])]})
    again = run("create-index", "--config", file, "--es-url", indices.url, "--health-index", health)
    assert again.succeeded() == (f"Index {health} already exists (mapping completed: backfill, present, derived.b, "
                                 "broken, rules)\n")


def test_fields_that_exclude_each_other_are_both_named(create, indices):
    health = indices.unused_name()
    create(indices, health, entry("one", ["a"]), entry("two", ["a.b"])).failed(3, "derived.a ", "derived.a.b")
    assert not indices.engine.exists(health)


def test_a_field_of_another_type_is_named(create, indices):
    health = indices.unused_name()
    indices.engine.create(health, {"properties": {"derived": {"properties": {"b": {"type": "text"}}}, "ts": {"type": "date"}}})
    create(indices, health, entry("a", ["b"])).failed(3, "derived.b", "text")


def test_more_fields_than_an_index_may_have(create, indices):
    health = indices.unused_name()
    many = entry("a", [f"field_{number:04}" for number in range(1200)])
    create(indices, health, many).failed(3, "derived.field_1199", "index.mapping.total_fields.limit")
    create(indices, health, entry("a", ["b"])).succeeded()
    create(indices, health, many).failed(3, "derived.field_1199", "index.mapping.total_fields.limit")
