"""`--verify` on a real engine: a random sample of the documents as they are, or a reason why there is none."""

import collections
import json
import shlex
import sys

import pytest

from support.emails import bill

# How the commands for --expect begin: they may write to the engine.
PREAMBLE = """
import json, os, sys, urllib.request
def do(method, path, body=None):
    text = body if isinstance(body, str) else json.dumps(body or {})
    request = urllib.request.Request(os.environ["ENGINE"] + "/" + path, text.encode(),
                                     {"Content-Type": "application/x-ndjson" if body == text else "application/json"}, method=method)
    return urllib.request.urlopen(request, timeout=30).read()
def answer(document):
    print(json.dumps({"expires_at": "after " + document["_source"]["dates"][0]}), flush=True)
"""


DAY_AFTER = """sed 's/.*"dates": *\\["\\([^"]*\\)"\\].*/{"expires_at":"after \\1"}/'"""


def due(number: int, **more: object) -> dict:
    return bill([f"day {number}"], f"after day {number}") | {"number": number} | more


@pytest.fixture
def verify(run, engine, tmp_path):
    """Runs it with a command in Python, and returns the result."""

    def go(index: str, documents: int, *options: object, expect: str = "", form: str = "--json",
           **more: object):
        script = tmp_path / "expect.py"
        script.write_text(PREAMBLE + (expect or "for line in sys.stdin: answer(json.loads(line))"))
        return run("validate", form, "--es-url", engine.url, "--index", index, "--verify", documents,
                   "--expect", f"{shlex.quote(sys.executable)} {shlex.quote(str(script))}", *options,
                   env={"ENGINE": engine.url}, **more)

    return go


def load(engine, indices, documents: list[dict], mappings: dict | None = None, settings: dict | None = None,
         query: str = "") -> str:
    index = engine.create(indices.unused_name("truth"), mappings, settings)
    lines = "".join(f'{{"index":{{"_id":"n{number}"}}}}\n{json.dumps(document)}\n'
                    for number, document in enumerate(documents))
    answer = engine.do("POST", f"{index}/_bulk?refresh=true{query}", lines)
    assert not answer["errors"], answer
    return index


def verified(result) -> dict:
    return json.loads(result.succeeded())["verified"]


def test_more_documents_than_a_page(verify, engine, indices):
    index = load(engine, indices, [due(number, padding="x" * 2000) for number in range(3000)], settings={"number_of_shards": 3})
    found = verified(verify(index, 2500, "--seed", 1))
    assert (found["sampled"], found["as_expected"], found["all"], found["gone"]) == (2500, 2500, False, 0)
    assert found["at_most_wrong"] == 0.002 and found["seed"] == 1


def test_what_is_wrong_is_found(verify, engine, indices):
    index = load(engine, indices, [due(number) for number in range(60)] + [bill(["day 99"], "never")])
    result = verify(index, 100, "--seed", 5)
    report = json.loads(result.stdout)
    assert (result.code, report["verdict"]) == (0, "CHECK")
    assert report["verified"] == {
        "sampled": 61, "as_expected": 60, "all": True, "seed": 5, "at_most_wrong": None, "confidence": None,
        "not_judged": 0, "gone": 0, "examples": [{"index": index, "id": "n60", "field": "expires_at", "found": "never",
                                                  "expected": "after day 99"}]}
    assert result.stderr.splitlines()[1:] == ['backfill-health: n60: expires_at is "never", expected "after day 99"']


def test_every_document_is_drawn_as_often_as_any_other(run, engine, indices, tmp_path):
    """And only those of the population that have the field."""
    others = [bill(), bill(["day 1"], category="offers")] * 50
    index = load(engine, indices, [due(number) for number in range(100)] + others, settings={"number_of_shards": 2})
    given = tmp_path / "given"

    def drawn(seed: int) -> frozenset[str]:
        run("validate", "--es-url", engine.url, "--index", index, "--verify", 50, "--seed", seed, "--expect",
            f"""tee {given} | sed 's/.*/{{"dates":[]}}/'""")
        return frozenset(json.loads(line)["_id"] for line in given.read_text().splitlines())

    draws = [drawn(seed) for seed in range(20)]
    assert drawn(0) == draws[0] and len(set(draws)) == 20 and {len(draw) for draw in draws} == {50}
    times = collections.Counter(document for draw in draws for document in draw)
    assert set(times) == {f"n{number}" for number in range(100)}
    assert 2 <= min(times.values()) and max(times.values()) <= 18, times  # 10, and 3.6 standard deviations


def test_a_document_that_was_wrong_and_has_changed_is_judged_as_it_is_now(verify, engine, indices):
    index = load(engine, indices, [due(number) for number in range(10)] + [bill(["day 77"], "too early")])
    result = verify(index, 100, expect=f"""
for line in sys.stdin:
    document = json.loads(line)
    if document["_source"]["expires_at"] == "too early":
        do("POST", "{index}/_update/" + document["_id"] + "?refresh=true", {{"doc": {{"expires_at": "after day 77"}}}})
    answer(document)
""")
    found = json.loads(result.stdout)["verified"]
    assert (found["sampled"], found["as_expected"], found["examples"]) == (11, 11, [])
    assert result.stderr == "backfill-health: judged again, because they have changed in the meantime: 1 document\n"


def test_a_document_that_changes_whenever_it_is_read_is_wrong(verify, engine, indices):
    index = load(engine, indices, [bill(["day 77"], "wrong 0")])
    result = verify(index, 1, expect=f"""
for line in sys.stdin:
    document = json.loads(line)
    number = 1 + int(document["_source"]["expires_at"].split()[1])
    do("POST", "{index}/_update/" + document["_id"] + "?refresh=true", {{"doc": {{"expires_at": f"wrong {{number}}"}}}})
    answer(document)
""")
    found = json.loads(result.stdout)["verified"]
    assert (found["sampled"], found["as_expected"]) == (1, 0)
    assert found["examples"][0]["found"] == "wrong 2"
    assert "although they changed each time that they were read: 1 document\n" in result.stderr


def test_documents_that_are_deleted_while_they_are_sampled_are_left_out(verify, engine, indices):
    index = load(engine, indices, [due(number, padding="x" * 5000) for number in range(300)])
    result = verify(index, 200, expect=f"""
for number, line in enumerate(sys.stdin):
    if number == 0:
        do("POST", "{index}/_bulk?refresh=true",
           "".join(json.dumps({{"delete": {{"_id": f"n{{number}}"}}}}) + "\\n" for number in range(300)))
    answer(json.loads(line))
""")
    assert result.code == 0, result
    found = json.loads(result.stdout)["verified"]
    assert found["sampled"] + found["gone"] == 200 and found["gone"] > 0 and found["sampled"] == found["as_expected"] > 0
    assert f"in the meantime: {found['gone']} documents\n" in result.stderr


@pytest.mark.parametrize("documents", [1, 3])
def test_large_documents_are_read_in_smaller_pages(verify, engine, indices, documents):
    mapping = {"properties": {"category": {"type": "keyword"}, "dates": {"type": "keyword"},
                              "expires_at": {"type": "keyword"}, "padding": {"type": "text", "index": False}}}
    index = load(engine, indices, [due(number, padding="x" * 1_500_000) for number in range(3)], mapping)
    assert verified(verify(index, documents))["as_expected"] == documents


def test_a_document_that_is_too_large(verify, engine, indices):
    mapping = {"properties": {"category": {"type": "keyword"}, "dates": {"type": "keyword"},
                              "expires_at": {"type": "keyword"}, "padding": {"type": "text", "index": False}}}
    index = load(engine, indices, [due(1, padding="x" * 5_000_000)], mapping)
    verify(index, 1).failed(3, "n0 is too large")


@pytest.mark.parametrize("source", [{"enabled": False}, {"excludes": ["expires_at"]}, {"excludes": ["dates"]}])
def test_what_the_source_does_not_have(verify, engine, indices, source):
    mapping = {"_source": source, "properties": {"category": {"type": "keyword"}, "dates": {"type": "keyword"},
                                                 "expires_at": {"type": "keyword"}}}
    index = load(engine, indices, [due(1)], mapping)
    verify(index, 1).failed(3, "n0", "_source")


def test_a_source_is_given_as_it_was_stored(run, engine, indices, tmp_path):
    """Numbers that no parser keeps, on several lines."""
    number = "123456789012345678901234567890.10"
    mapping = {"properties": {"category": {"type": "keyword"}, "dates": {"type": "keyword"},
                              "big": {"type": "object", "enabled": False}}}
    index = engine.create(indices.unused_name("truth"), mapping)
    text = f'{{\n"category": "bills",\n "dates": ["a  b"], "big": {{"n": {number}, "huge": 1e999}}}}'
    engine.do("PUT", f"{index}/_doc/n%2F1?refresh=true", text)
    given = tmp_path / "given"
    run("validate", "--es-url", engine.url, "--index", index, "--derived=", "--verify", 1, "--expect",
        f"""tee {given} | sed 's/.*/{{"dates":"a  b"}}/'""").succeeded()
    source = f'{{"category":"bills","dates":["a  b"],"big":{{"n":{number},"huge":1e999}}}}'
    assert given.read_text() == f'{{"_index":"{index}","_id":"n/1","_source":{source}}}\n'


def test_documents_of_several_indices_with_the_same_ids_and_routings(verify, engine, indices):
    first = load(engine, indices, [due(number) for number in range(3)], settings={"number_of_shards": 3})
    second = load(engine, indices, [due(number) for number in range(10, 13)], settings={"number_of_shards": 3},
                  query="&routing=a")
    for routing in ("b", "c", "d"):
        engine.do("PUT", f"{second}/_doc/n0?refresh=true&routing={routing}", due(20))
    report = json.loads(verify(f"{first},{second}", 100).succeeded())
    assert report["verified"]["sampled"] == report["bills_with_dates"] > 6


def test_an_alias_and_nothing_to_verify(verify, engine, indices):
    index = load(engine, indices, [due(number) for number in range(3)] + [bill()] * 3)
    alias = indices.unused_name("alias")
    engine.do("POST", "_aliases", {"actions": [{"add": {"index": index, "alias": alias,
                                                        "filter": {"term": {"number": 1}}}}]})
    assert verified(verify(alias, 100))["sampled"] == 1
    empty = load(engine, indices, [bill()])
    result = verify(empty, 100, form="--color=never")
    assert result.stdout.decode().endswith("\nVerified: 0 of all 0 documents are as expected\n")
    assert result.stderr == "backfill-health: no document has dates[]: there is nothing to verify\n"


def test_another_variable_with_our_key_is_taken_away(run, engine, indices, tmp_path):
    index = load(engine, indices, [due(1)])
    (tmp_path / "key").write_text("c2VjcmV0OmtleQ==")
    run("validate", "--es-url", engine.url, "--index", index, "--verify", 1, "--expect",
        f"""env > environment; sed 's/.*/{{"dates":"day 1"}}/'""",
        env={"ES_API_KEY_FILE": tmp_path / "key", "COPY": "ApiKey c2VjcmV0OmtleQ==", "KEPT": "yes"}).succeeded()
    environment = (tmp_path / "environment").read_text()
    assert "KEPT=yes\n" in environment and "c2VjcmV0" not in environment and "ES_" not in environment


def test_a_command_that_answers_for_the_first_page_alone(run, engine, indices):
    """What it was never given must not be taken for judged."""
    index = load(engine, indices, [due(number, padding="x" * 500) for number in range(300)])
    for lines in (31, 32, 33):
        run("validate", "--es-url", engine.url, "--index", index, "--verify", 200, "--expect",
            f"yes '{{\"dates\":[]}}' | head -n {lines}").failed(3)


def test_a_command_that_is_silent(verify, engine, indices):
    index = load(engine, indices, [due(1)])
    verify(index, 1, "--timeout", "2s", expect="sys.stdin.read(); import time; time.sleep(60)").failed(
        3, "printed nothing", "2 s", "--timeout")


@pytest.mark.engines("es8")
def test_a_key_that_may_only_read_the_alias(run, secured_engine):
    engine = secured_engine
    index, alias = engine.unique_name("truth"), engine.unique_name("alias")
    engine.load(index, [due(number) for number in range(40)])
    engine.do("POST", "_aliases", {"actions": [{"add": {"index": index, "alias": alias}}]})
    key = engine.api_key("reader", {"names": [alias], "privileges": ["read"]})
    given = ("validate", "--es-url", engine.url, "--ca-cert", engine.ca_file, "--verify", 30, "--expect",
             f"env >&2; {DAY_AFTER}", "--index")
    try:
        result = run(*given, alias, env={"ES_API_KEY": key, "COPY": key})
        assert result.stdout.decode().splitlines()[-1].startswith("Verified: 30 of 30 "), result
        assert key not in result.stderr
        assert run(*given, index, env={"ES_API_KEY": key}).code == 3
    finally:
        engine.delete(index)


def test_its_memory_is_bounded(verify, engine, indices, own_memory):
    """The documents have 50 MB."""
    mapping = {"properties": {"category": {"type": "keyword"}, "dates": {"type": "keyword"},
                              "expires_at": {"type": "keyword"}, "padding": {"type": "text", "index": False}}}
    index = load(engine, indices, [due(number, padding="x" * 200_000) for number in range(50)], mapping)
    for first in range(1, 5):
        lines = "".join(f'{{"index":{{"_id":"m{first}-{number}"}}}}\n{json.dumps(due(number, padding="x" * 200_000))}\n'
                        for number in range(50))
        engine.bulk(index, lines)
    assert verified(verify(index, 249, under=("prlimit", f"--data={32 << 20}")))["as_expected"] == 249
