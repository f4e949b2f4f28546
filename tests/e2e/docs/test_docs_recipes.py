"""The recipes of docs/backfills.md, on either store: each file measures what the document shows below it."""

import json

import pytest

from support.output.documents import Command, blocks
from support.program import ROOT
from support.stores import FileStore

DOCUMENT = ROOT / "docs/backfills.md"
pytestmark = pytest.mark.timeout(1200)  # the first may have to wait for the engine

KEYWORD, DATE = {"type": "keyword"}, {"type": "date"}


def nested(**more: object) -> dict:
    return {"items": {"type": "nested", "properties": {"price": {"type": "float"}}} | more, "items_priced_at": DATE}


ORDERS = [{"items": [{"price": 1.5}, {"price": 2.5}], "items_priced_at": "2025-10-10"},
          {"items": [{"price": 1.5}, {}], "items_priced_at": "2025-10-10"}, {"items": [{}]}]

# heading: the fields' types, and the documents.
RECIPES = {
    "Rules": (
        {"kind": KEYWORD, "due_date": DATE, "state": KEYWORD},
        [{"kind": "invoice", "due_date": "2025-10-10", "state": "open"},
         {"kind": "invoice", "due_date": "2025-10-10", "state": "paid"},
         {"kind": "invoice", "due_date": 1760105, "state": "unknown"}, {"kind": "invoice", "due_date": "2025-10-10"},
         {"kind": "offer", "due_date": "1999-10-10", "state": "none"}]),
    "A new keyword on logs": (
        {"event": {"properties": {"dataset": KEYWORD}}, "service": {"properties": {"tier": KEYWORD}}, "@timestamp": DATE},
        [{"@timestamp": "2025-10-10", "event": {"dataset": "nginx.access"}, "service": {"tier": "web"}},
         {"@timestamp": "2025-10-10", "event.dataset": "nginx.access", "service.tier": "web"},
         {"@timestamp": "2025-10-10", "event": {"dataset": "nginx.access"}},
         {"@timestamp": "2025-10-10", "event": {"dataset": "nginx.error"}}]),
    "An embedding": (
        {"language": KEYWORD, "title_model": KEYWORD, "title_vector": {"type": "dense_vector", "dims": 3}},
        [{"language": "de", "title_vector": [0.1, 0.2, 0.3], "title_model": "e5"},
         {"language": "en", "title_vector": [1, 2, 3]}, {"language": "en"}, {"language": "fr"}]),
    "A geo point": (
        {"geocoded_at": DATE, "location": {"type": "geo_point"}},
        [{"geocoded_at": "2025-10-10", "location": {"lat": 52.5, "lon": 13.4}},
         {"geocoded_at": "2025-10-10", "location": [13.4, 52.5]}, {"geocoded_at": "2025-10-10"}]),
    "A copied date": (
        {"source": KEYWORD, "created_at": DATE, "meta": {"properties": {"created": DATE}}},
        [{"source": "import", "meta": {"created": "2025-10-10"}, "created_at": "2025-10-10"},
         {"source": "import", "created_at": 1760054400000}, {"source": "import"}, {"source": "shop"}]),
    "A field inside a nested list": (nested(include_in_root=True), ORDERS),
}


def recipe(heading: str, language: str) -> str:
    [block] = [block.text for block in blocks(DOCUMENT) if (block.heading, block.language) == (heading, language)]
    return block


def load(store, fields: dict, documents: list[dict], pattern: bool = False) -> str:
    """An index of these documents, or two for a pattern. Returns what their names begin with."""
    stem = store.unused_name("recipe")
    half = len(documents) // 2
    parts = {f"{stem}-a": documents[:half], f"{stem}-b": documents[half:]} if pattern else {stem: documents}
    for name, part in parts.items():
        if isinstance(store, FileStore):
            store.add(name, part)
        else:
            store.made.append(name)
            store.engine.load(name, part, {"properties": fields})
    return stem


@pytest.mark.parametrize("heading", RECIPES)
def test_recipe(heading, run, store):
    fields, documents = RECIPES[heading]
    shown = recipe(heading, "text")
    index = shown.splitlines()[0].removeprefix("Index: ")
    named = index.removesuffix("-*")
    stem = load(store, fields, documents, pattern=index.endswith("*"))
    file = run.home / "recipe.yaml"
    file.write_text(recipe(heading, "yaml").replace(f"index: {named}", f"index: {stem}")
                    .replace(f'index: "{named}', f'index: "{stem}'))
    assert stem in file.read_text()
    report = run("validate", "--config", file, "--es-url", store.url).succeeded()
    assert Command("", shown.replace(f"Index: {named}", f"Index: {stem}")).matches(report), report


@pytest.fixture
def hidden(run, indices) -> str:
    """The nested recipe's index without include_in_root; the file says what measures it."""
    index = load(indices, nested(), ORDERS)
    (run.home / "recipe.yaml").write_text(
        f"settings: {{es-url: '{indices.url}'}}\nbackfills: [{{name: orders, index: {index}, field: items.price}}]\n")
    return index


def test_a_nested_field_is_not_seen(run, hidden):
    line = json.loads(run("validate", "--json", "--config", "recipe.yaml").stdout)
    assert (line["missing"], line["present"]) == (3, 0)


def test_doctor_says_that_a_nested_field_is_not_seen(run, indices, hidden):
    result = run("doctor", "--config=", "--es-url", indices.url, "--index", hidden, "--field", "items.price",
                 "--population", "items_priced_at=2025-10-10", "--derived=")
    assert "nested" in result.stdout.decode(), result


def test_every_recipe_is_played():
    headings = {block.heading for block in blocks(DOCUMENT) if block.language == "text"}
    assert headings == set(RECIPES)
