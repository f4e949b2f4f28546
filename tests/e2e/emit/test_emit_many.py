"""emit with backfills of a file: a line and a document each."""

import ast
import json

import pytest

from support.configuration import dump


def name_of(document: dict) -> str:
    return document["backfill"]


@pytest.fixture
def world(run, store):
    """emit("…") with two backfills, and create-index for them; `names` chooses the entries of the file."""
    class World:
        index = store.load([{"kind": "invoice", "due": 1, "paid": 1}, {"kind": "invoice"}, {"kind": "order", "place": "x"},
                            {"kind": "order"}])
        health = store.unused_name("health")
        entries = [{"name": "invoices", "index": index, "population": {"kind": "invoice"}, "field": "due", "derived": ["paid"]},
                   {"name": "orders", "index": index, "population": {"kind": "order"}, "field": "place"}]

        def __call__(self, command: str, *words: object, **more: object):
            file = dump(run.home / "f.yaml", {"settings": {"es-url": store.url, "health-index": self.health},
                                              "backfills": self.entries})
            return run(command, "--config", file, *words, **more)

    return World()


def test_a_line_and_a_document_each(world, store):
    world("create-index").succeeded()
    lines = world("emit").succeeded().splitlines()
    shown = [ast.literal_eval(line.removeprefix("Emitted backfill health: ")) for line in lines]
    assert sorted(store.documents(world.health), key=name_of) == shown
    for document in shown:
        document.pop("ts")
    assert shown == [
        {"backfill": "invoices", "index": world.index, "missing": 1, "present": 1, "derived": {"paid": 1}, "broken": 0,
         "rules": {}},
        {"backfill": "orders", "index": world.index, "missing": 1, "present": 1, "derived": {}, "broken": 0, "rules": {}}]


def test_json_is_what_was_stored(world, store):
    world("create-index").succeeded()
    lines = world("emit", "--json").succeeded().splitlines()
    stored = store.documents(world.health)  # an Elasticsearch has them in any order
    assert sorted(map(json.loads, lines), key=name_of) == sorted(stored, key=name_of)


def test_names_choose(world, store):
    world("create-index").succeeded()
    world("emit", "orders").succeeded()
    assert [document["backfill"] for document in store.documents(world.health)] == ["orders"]
    world("emit", "ordres").failed(2, "no backfill is named ordres")


def test_one_that_cannot_be_measured_keeps_no_other_from_being_stored(world, store):
    world.entries = [world.entries[0] | {"name": "lost", "index": store.unused_name("nowhere")}, *world.entries]
    world("create-index").succeeded()
    result = world("emit")
    assert result.code == 3 and result.stderr.count("\n") == 1 and "lost" in result.stderr
    assert sorted(map(name_of, store.documents(world.health))) == ["invoices", "orders"]


def test_without_a_health_index_one_line_says_what_to_do(world, store):
    if store.url.startswith("file:"):
        pytest.skip("a folder needs none")
    world("emit").failed(3, "create-index")


def test_a_mapping_that_lacks_a_field(world, store):
    if store.url.startswith("file:"):
        pytest.skip("a folder has no mapping")
    world("create-index").succeeded()
    before = store.engine.mapping(world.health)
    world.entries[1]["derived"] = ["billed"]
    result = world("emit")
    assert result.code == 3 and result.stdout.decode().count("\n") == 1
    assert result.stderr.count("\n") == 1 and "derived.billed" in result.stderr and "create-index" in result.stderr
    assert store.engine.mapping(world.health) == before, "the engine guessed nothing"
    assert world("create-index").succeeded() == f"Index {world.health} already exists (mapping completed: derived.billed)\n"
    assert world("emit").code == 0
