"""A snapshot becomes one document of the health index."""

import ast
import json
import re

import pytest

from support.emails import DONE, MIDWAY
from support.program import TIMESTAMP

LINE = (
    r"Emitted backfill health: \{'index': '%s', 'missing': 0, 'with_dates': 1243, 'with_expires_at': 1243, "
    rf"'ts': '{TIMESTAMP}'\}}\n"
)


@pytest.fixture
def health(run, store) -> str:
    """An installed health index."""
    name = store.unused_name("health")
    run("create-index", "--es-url", store.url, "--health-index", name).succeeded()
    return name


@pytest.fixture
def emit(run, store, health):
    def go(*options, **more):
        return run("emit", "--es-url", store.url, "--health-index", health, *options, **more)

    return go


def test_line_and_stored_document(emit, store, health):
    index = store.load(DONE)
    line = emit("--index", index).succeeded()
    assert re.fullmatch(LINE % index, line), line
    shown = ast.literal_eval(line.partition(": ")[2])
    assert list(shown) == ["index", "missing", "with_dates", "with_expires_at", "ts"]
    assert store.documents(health) == [shown]


def test_json_is_the_stored_document(emit, store, health):
    index = store.load(MIDWAY)
    line = emit("--json", "--index", index).succeeded()
    document = json.loads(line)
    assert line == (
        f'{{"index":"{index}","missing":2,"with_dates":20,"with_expires_at":18,"ts":"{document["ts"]}"}}\n'
    )
    assert store.documents(health) == [document]


def test_each_emit_adds_one_document(emit, store, health):
    index = store.load(MIDWAY)
    emitted = [json.loads(emit("--json", "--index", index).succeeded()) for _ in range(3)]
    assert store.documents(health) == emitted


@pytest.fixture
def health_of_invoices(run, store, health) -> str:
    run("create-index", "--es-url", store.url, "--health-index", health, "--name", "invoices").succeeded()
    return health


def test_the_document_of_a_backfill_of_a_file_is_nested(emit, store, health_of_invoices):
    documents = [{"category": "invoices"}] * 3 + [{"category": "invoices", "dates": "x", "expires_at": "y"}]
    index = store.load(documents)
    line = emit("--json", "--index", index, "--name", "invoices", "--population", "category=invoices").succeeded()
    document = json.loads(line)
    assert re.fullmatch(TIMESTAMP, document.pop("ts"))
    assert document == {"backfill": "invoices", "index": index, "missing": 3, "present": 1, "derived": {"expires_at": 1},
                        "broken": 0, "rules": {}}
    assert store.documents(health_of_invoices) == [json.loads(line)]


@pytest.mark.usefixtures("health_of_invoices")
def test_the_line_of_a_backfill_of_a_file_is_a_python_dict_too(emit, store):
    index = store.load([{"category": "invoices", "dates": "x"}, {"category": "invoices"}])
    line = emit("--index", index, "--name", "invoices", "--population", "category=invoices").succeeded()
    shown = ast.literal_eval(line.partition(": ")[2])
    assert shown["derived"] == {"expires_at": 0}
    assert line == f"Emitted backfill health: {shown!r}\n"


def test_an_empty_population_is_emitted_with_a_warning(emit, store, health):
    index = store.load([])
    result = emit("--index", index)
    assert result.code == 0 and b"'missing': 0, 'with_dates': 0" in result.stdout
    assert result.stderr.count("\n") == 1 and "category: bills" in result.stderr
    assert len(store.documents(health)) == 1


def test_a_field_that_the_health_index_lacks_is_not_guessed(run, engine, indices):
    index, health = indices.load(MIDWAY), indices.unused_name("health")
    run("create-index", "--es-url", engine.url, "--health-index", health).succeeded()
    before = engine.do("GET", f"{health}/_mapping")
    run("emit", "--es-url", engine.url, "--index", index, "--health-index", health, "--name", "invoices").failed(
        3, health, "lacks the field backfill", "run create-index first")
    assert engine.do("GET", f"{health}/_mapping") == before and engine.documents(health) == []


def test_refresh_counts_what_was_written_a_moment_ago(run, engine, indices):
    index, health = indices.unused_name(), indices.unused_name("health")
    run("create-index", "--es-url", engine.url, "--health-index", health).succeeded()
    engine.create(index, settings={"refresh_interval": "-1"})
    engine.do("POST", f"{index}/_doc", {"category": "bills"})
    line = run("emit", "--json", "--refresh", "--es-url", engine.url, "--index", index, "--health-index", health)
    assert json.loads(line.succeeded())["missing"] == 1


def test_what_cannot_be_measured_is_not_emitted(emit, store, health):
    emit("--index", store.unused_name("absent")).failed(3, "absent")
    assert store.documents(health) == []


def test_a_health_index_that_is_missing_is_not_guessed(run, engine, indices):
    index, health = indices.load(MIDWAY), indices.unused_name("health")
    run("emit", "--es-url", engine.url, "--index", index, "--health-index", health).failed(3, health, "create-index")
    assert not engine.exists(health)


def test_a_missing_health_file_is_created(run, files):
    index = files.load(MIDWAY)
    run("emit", "--es-url", files.url, "--index", index, "--health-index", "health").succeeded()
    assert len(files.documents("health")) == 1


@pytest.mark.parametrize("name", ["it's", 'a"b', "back\\slash", "ünï", "tab\tin it"])
def test_odd_names_are_quoted_as_python_quotes_them(run, files, name):
    files.path(name).write_text("")
    line = run("emit", "--es-url", files.url, "--index", name, "--health-index", "h").stdout.decode()
    shown = ast.literal_eval(line.partition(": ")[2])
    assert shown["index"] == name
    assert line == f"Emitted backfill health: {shown!r}\n"
    assert files.documents("h") == [shown]
