"""doctor on a real Elasticsearch that is healthy, or has one fault."""

from collections.abc import Iterator

import pytest

from support.elasticsearch import EMAIL_MAPPING, ENGINES
from support.emails import MIDWAY, bill, emails
from support.output.doctor import Checkup, doctor
from support.program import Program


@pytest.fixture(scope="module")
def health(engine, tmp_path_factory) -> Iterator[str]:
    """Of create-index. Each test has an index of its own, whose snapshots are not those of others."""
    name = engine.unique_name("health")
    run = Program(tmp_path_factory.mktemp("home"))
    run("create-index", "--es-url", engine.url, "--health-index", name).succeeded()
    engine.do("PUT", f"{name}/_settings", {"number_of_replicas": 0})
    yield name
    engine.delete(name)


@pytest.fixture
def look(run, indices, health, elsewhere):
    def go(index: str, *arguments: object, health_index: str = health) -> Checkup:
        return doctor(run, "--es-url", indices.url, "--index", index, "--health-index", health_index, *arguments,
                      env=elsewhere)

    return go


@pytest.fixture
def made(indices):
    """made(properties, documents, settings): an index whose mapping differs from a good one in these fields."""

    def go(properties: dict | None = None, documents: list[dict] = MIDWAY, settings: dict | None = None,
           **mapping: object) -> str:
        name = indices.unused_name("emails")
        properties = EMAIL_MAPPING["properties"] | (properties or {})
        kept = {field: how for field, how in properties.items() if how is not None}
        indices.engine.create(name, {"properties": kept} | mapping, settings)
        if documents:
            indices.engine.add(name, documents)
        indices.engine.do("GET", f"_cluster/health/{name}?wait_for_no_initializing_shards=true&timeout=20s")
        return name

    return go


def test_all_is_well(run, look, made, indices, health):
    index = made()
    run("emit", "--es-url", indices.url, "--index", index, "--health-index", health).succeeded()
    indices.visible(health)
    found = look(index)
    assert [one["check"] for one in found.checks if one["level"] == "ok"] == [
        "connection", "tls", "product", "credentials", "index", "refresh", "blocks", "population", "field", "derived", "pipeline",
        "measurement", "ignored", "health-index", "last-snapshot", "cluster", "clock", "disk"]
    assert found.bad() == {"serve", "kibana"}
    found.has("product", "ok", ENGINES[indices.engine.name] + ".")
    seen = "security is off" if indices.engine.name.startswith("es") else "requires none"
    found.has("credentials", "ok", seen)
    found.has("measurement", "ok", "22 bills: 2 without dates, 20 with, 18 of these with expires_at")


def test_a_missing_index_is_a_problem(look):
    found = look("absent")
    found.has("index", "problem", "nothing matches absent", "ES_EMAIL_INDEX", "_cat/indices")
    assert not found.of("measurement")
    look("absent-*").has("index", "problem", "nothing matches absent-*")


def test_a_closed_index(look, made, indices):
    closed, opened = made(), made()
    indices.engine.do("POST", f"{closed}/_close")
    found = look(closed)
    found.has("index", "problem", "closed: " + closed, f"curl -X POST '{indices.url}/{closed}/_open'")
    assert not found.of("measurement")
    look(f"{closed},{opened}").has("index", "problem", closed)
    indices.engine.do("POST", f"{closed},{opened}/_alias/both-{closed}")
    look(f"both-{closed}").has("index", "problem", closed)
    indices.engine.do("DELETE", f"{closed},{opened}/_alias/both-{closed}")
    prefix = closed.rpartition("-")[0]
    found = look(f"{prefix}-*")
    found.has("index", "warning", closed)
    found.has("measurement", "ok", "22 bills")


def test_an_alias(look, made, indices):
    first, second = made(), made()
    alias = indices.unused_name("alias")
    indices.engine.do("POST", f"{first}/_alias/{alias}")
    look(alias).has("index", "ok", alias, first)
    indices.engine.do("POST", f"{second}/_alias/{alias}")
    look(alias).has("index", "warning", "alias of 2 indices", first, second)
    indices.engine.do("POST", f"{second}/_alias/{alias}", {"filter": {"term": {"category": "bills"}}})
    look(alias).has("index", "warning", "has a filter")


WAYS_TO_MAP = {
    "text": {"type": "text"},
    "both": {"type": "text", "fields": {"exact": {"type": "keyword"}}},
    "unseen": {"type": "keyword", "index": False, "doc_values": False},
    "unindexed": {"type": "keyword", "index": False},
    "nested": {"type": "nested", "properties": {"on": {"type": "date"}}},
    "object": {"properties": {"on": {"type": "date"}}},
}


def test_fields(look, made):
    index = made(WAYS_TO_MAP, documents=[])
    for option, field, level, *words in [
        ("population", "text", "problem", "is text", "keyword field"),
        ("population", "both", "problem", "is text", "name both.exact with --population"),
        ("population", "unseen", "problem", "cannot be searched"),
        ("population", "nested.on", "problem", "in the nested object nested"),
        ("population", "absent", "problem", "not mapped", "--population"),
        ("field", "unseen", "problem", "neither index nor doc_values"),
        ("field", "unindexed", "ok", "keyword"),
        ("field", "text", "ok", "text"),
        ("field", "nested.on", "problem", "in the nested object nested"),
        ("derived", "nested", "problem", "nested object"),
        ("derived", "object", "ok", "object"),
        ("derived", "absent", "warning", "not mapped", "first run", "--derived (BACKFILL_DERIVED)"),
    ]:
        value = "=bills" if option == "population" else ""
        look(index, f"--{option}", field + value).has(option, level, *words)


def test_a_field_that_the_mapping_never_gets(look, made):
    index = made({"dates": None}, dynamic=False)
    found = look(index)
    found.has("field", "problem", f"{index} will not map dates (with dynamic: false): its documents count as missing it", "--field")
    found.has("derived", "ok")
    other = made()
    look(f"{index},{other}").has("field", "warning", f"{index} will not map dates (with dynamic: false)")


@pytest.mark.parametrize("field, mapping, why", [
    ("dates", {"type": "object", "enabled": False}, "will not map dates (with enabled: false)"),
    ("dates", {"type": "object", "dynamic": False}, "will not map dates (with dynamic: false)"),
    ("dates", {"type": "object", "dynamic": "strict"}, "(with dynamic: strict): documents with it are refused"),
    ("dates.due", {"type": "object", "enabled": False}, "will not map dates.due (with enabled: false)"),
    ("dates.due", {"dynamic": False, "properties": {"sent": {"type": "date"}}}, "will not map dates.due (with dynamic: false)"),
    ("dates.due.on", {"properties": {"due": {"type": "object", "enabled": False}}}, "will not map dates.due.on (with enabled: false)"),
    ("dates", {"type": "nested"}, "dates will be in a nested object in"),
    ("dates.due", {"type": "nested"}, "dates.due will be in a nested object in"),
    ("dates.due", {"type": "keyword"}, "will not map dates.due (without that subfield)"),
])
def test_no_document_will_ever_have_the_field(look, made, field, mapping, why):
    """It is known before the first run."""
    for documents in ([], [{"category": "bills"}]):
        look(made({"dates": mapping}, documents), "--field", field).has("field", "problem", why)


@pytest.mark.parametrize("how", ["include_in_root", "include_in_parent"])
def test_nested_objects_that_are_copied_out(look, made, how):
    nested = {"type": "nested", how: True, "properties": {"on": {"type": "date"}}}
    look(made({"added": nested}, documents=[]), "--field", "added.on").has("field", "ok", "added.on is date")
    found = look(made({"added": nested}, [{"category": "bills"}]), "--field", "added.on")
    found.has("field", "warning", "expected before the first run")


def test_fields_of_some_indices_only(look, made):
    first, second = made({"expires_at": None}, documents=[]), made({"category": None}, documents=[])
    found = look(f"{first},{second}")
    found.has("derived", "warning", f"not mapped in {first}")
    found.has("population", "warning", f"not mapped in {second}")


def test_fields_that_no_document_has(look, made):
    found = look(made(documents=emails(20, 0, 0)))
    found.has("field", "warning", "no bills have dates", "expected before the first run", "--field (BACKFILL_FIELD)")
    found.has("derived", "ok")
    for missing in (0, 2):
        found = look(made(documents=emails(missing, 20, 0)))
        assert [level for level, _ in found.of("derived")] == ["warning"]
        found.has("derived", "warning", "no bills with dates have expires_at", "--derived (BACKFILL_DERIVED)")
    found = look(made({"expires_at": None}, documents=emails(0, 20, 0)))
    found.has("derived", "warning", "no bills with dates have expires_at")
    look(made(documents=[])).has("field", "ok", "dates is")


def test_what_is_counted_can_be_counted(look, made):
    """Whatever the mapping suggests."""
    nested = {"type": "nested", "include_in_root": True, "properties": {"on": {"type": "date"}}}
    index = made({"added": nested}, documents=[bill() | {"added": [{"on": "2025-10-01"}]}])
    found = look(index, "--field", "added.on")
    found.has("field", "ok", "added.on is counted, in 1 document")
    found.has("measurement", "ok", "1 bills: 0 without added.on")
    other = made({"added": {"properties": {"on": {"type": "date"}}}}, documents=[])
    look(f"{index},{other}", "--field", "added.on").has(
        "field", "warning", "added.on is mapped differently in some of the indices", "--index")


@pytest.mark.engines("es7", "es8", "es9")  # flattened is of x-pack
def test_what_is_counted_in_a_flattened_field(look, made):
    flattened = {"type": "flattened"}
    documents = [{"kind": {"of": "bill"}, "dates": "2025-10-01", "flat": {"on": "2025-10-01"}}]
    found = look(made({"flat": flattened, "kind": flattened}, documents), "--population", "kind.of=bill", "--derived", "flat.on")
    found.has("population", "ok", "kind.of is")
    found.has("derived", "ok", "flat.on is")
    found.has("measurement", "ok", "1 bills: 0 without dates, 1 with, 1 of these with flat.on")


def test_values_that_were_dropped(look, made, indices):
    """Some engines record them, and for others there are the documents."""
    records = indices.engine.name in ("es7", "es8", "es9")
    offers = [bill(["2025-10-01"], "never", "offers")]  # are not counted
    index = made({"dates": {"type": "keyword", "ignore_above": 3}},
                 [bill(["2025"]), bill(["2025-10-01"]), bill(["1"], "2025-10-31"), bill(), *offers])
    found = look(index)
    found.has("measurement", "ok", "3 without dates")
    dropped = "2 documents have dates" if records else "2 of 3 sampled documents that count as missing dates have a value"
    found.has("ignored", "problem", dropped, "ignore_above")
    index = made({"expires_at": {"type": "date", "ignore_malformed": True}}, [bill(["1"], "soon"), bill(["1"]), *offers])
    look(index).has("ignored", "problem", "1 document has expires_at", "ignore_malformed")


def test_values_that_a_multi_field_dropped(look, made):
    """The documents have them under another name."""
    short = {"dates": {"type": "text", "fields": {"exact": {"type": "keyword", "ignore_above": 3}}}}
    index = made(short, [bill(["2025-10-01"]), bill(["1"]), bill()])
    found = look(index, "--field", "dates.exact")
    found.has("measurement", "ok", "2 without dates.exact")
    ((level, text),) = found.of("ignored")
    assert level == "problem" and ("1 document has dates.exact" in text or "1 of 2 sampled documents" in text), text


@pytest.mark.engines("es7", "es8", "es9")  # flattened is of x-pack
def test_a_flattened_field_needs_no_mapping_of_its_parts(look, made):
    found = look(made({"flat": {"type": "flattened"}}, [bill()]), "--field", "flat.on")
    found.has("field", "warning", "no bills have flat.on")
    found = look(made({"flat": {"type": "flattened", "ignore_above": 3}}, [bill() | {"flat": {"on": "2025-10-01"}}]), "--field", "flat.on")
    found.has("ignored", "problem", "1 of 1 sampled documents that count as missing flat.on")


def test_values_that_the_mapping_leaves_out(look, made):
    bills = [bill() | {"dates": "2025-10-01"}, bill() | {"dates": None}]
    for mapping in ({"dates": {"type": "object", "enabled": False}}, {"dates": {"type": "keyword", "index": False, "doc_values": False}}):
        look(made(mapping, bills)).has("ignored", "problem", "1 of 2 sampled documents that count as missing dates")


def test_an_empty_population(look, made):
    look(made(documents=[bill(category="offers")])).has("measurement", "problem", "no document matches category: bills",
                                                        "BACKFILL_POPULATION", "ES_EMAIL_INDEX")


def test_refresh_interval(run, look, made, indices):
    index = made(documents=[])
    for interval, level, words in [("30s", "ok", ""), ("500ms", "ok", ""),
                                   ("31s", "warning", "less often than every 30 s"),
                                   ("1m", "warning", "less often than"), ("-1", "warning", "never refreshed automatically")]:
        indices.engine.do("PUT", f"{index}/_settings", {"refresh_interval": interval})
        look(index).has("refresh", level, words)
    ((_, text),) = look(index).of("refresh")
    assert "validate --refresh" in text
    assert run.shell(text.partition("; or ")[2] + " -sSf").code == 0
    assert look(index).of("refresh")[0][0] == "ok"


def test_blocks(run, look, made, indices):
    index, health = made(documents=[]), indices.unused_name("health")
    run("create-index", "--es-url", indices.url, "--health-index", health).succeeded()
    for name, block in ((index, "write"), (health, "read_only_allow_delete")):
        indices.engine.do("PUT", f"{name}/_settings", {f"index.blocks.{block}": True})
    found = look(index, health_index=health)
    found.has("blocks", "warning", index, "write", "_settings")
    found.has("health-index", "problem", health, "a disk was full", "free disk space")
    for check in ("blocks", "health-index"):
        (command,) = [text[text.index("curl"):] for _, text in found.of(check) if "curl" in text]
        assert run.shell(command + " -sSf").code == 0
    assert look(index, health_index=health).of("blocks") == [("ok", f"{index} can be written to; ")]


def test_the_health_index(look, made, indices):
    index = made(documents=[])
    absent = indices.unused_name("health")
    look(index, health_index=absent).has("health-index", "problem", "does not exist", "backfill-health create-index")
    other = indices.engine.create(indices.unused_name("health"), {"properties": {"missing": {"type": "text"}}})
    look(index, health_index=other).has("health-index", "problem", "field missing is text, not integer")
    partly = indices.engine.create(indices.unused_name("health"), {"properties": {"ts": {"type": "date"}}})
    look(index, health_index=partly).has("health-index", "problem", "lacks the field", "backfill-health create-index")
    look(index, health_index=index).has("health-index", "problem", "holds other documents")


def test_the_last_snapshot(look, made, indices, health):
    index = made(documents=[])
    look(index).has("last-snapshot", "warning", "none yet", "backfill-health emit")
    old = {"index": index, "missing": 1, "with_dates": 2, "with_expires_at": 2, "ts": "2025-10-10T14:22:31Z"}
    indices.add(health, [old, old | {"index": "another", "ts": "2026-01-01T00:00:00Z"}])
    look(index).has("last-snapshot", "warning", "d", "ago", "cron")


def test_copies_that_are_not_assigned(look, made):
    look(made(settings={"number_of_replicas": 1})).has("cluster", "warning", "yellow", "1", "allocation/explain")
