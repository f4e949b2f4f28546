"""docs/config.schema.json says of a file what the program says of it."""

import json

import jsonschema
import pytest

from support.configuration import SCHEMA, as_json, checker
from support.output.documents import blocks
from support.program import ROOT

ENTRY = "{name: a, index: b, field: c"

VALID = [
    "",
    "# nothing\n",
    "settings:\n",
    "settings: {}\n",
    *(f"settings: {{{setting}}}" for setting in (
        "timeout: 10s", "timeout: 1h30m", "timeout: 1500ms", 'timeout: "1d2h3m4s5ms"', "refresh-interval: 0",
        'refresh-interval: "0"', "max-stale: 15m", "retries: 0", "retries: 100", 'retries: "3"', "log-level: warn",
        "log-format: json", "es-url: 'https://a:9200, https://b:9200/es'", "es-url: 'file:/var/lib/dump'",
        "kibana-url: 'https://kibana/base'", "space: team", "space: ''", "space: 7", "health-index: h",
        "listen: ':8003'", "spool: /tmp/spool", "ca-fingerprint: aabb", "ca-cert: /etc/ca.pem",
    )),
    f"backfills: [{ENTRY}}}]",
    "settings: {timeout: 3s}\nbackfills:\n- name: a\n  index: b\n  field: c\n- name: d\n  index: b\n  field: c\n",
    *(f"backfills: [{ENTRY}, {more}}}]" for more in (
        "population: {}", "population: {x: y}", "population: {x: [1, true, NO, on, 2025-10-10, 1.5]}",
        "population: {x: ''}", "population: {x.y: z, u: v}", "query: {}",
        "query: {range: {created: {gte: now-30d, boost: 1.5}}}", "derived: []", "derived: [d, e.f]", "arrival: created",
        "max-missing: 0", "max-missing: 18446744073709551615", "min-coverage: 0", "min-coverage: 1",
        "min-coverage: 0.95", "min-coverage: +0.5", "rules: []", "rules: ['c > 1', 'c < now+2y']",
    )),
    "backfills: [{name: NO, index: 'a,b-*', field: on}]",
    "backfills: [{name: 'déjà vu', index: b, field: 'a field'}]",
]

INVALID = [
    "- a",
    "text",
    "7",
    "setings: {}",
    "settings: []",
    "settings: text",
    *(f"settings: {{{setting}}}" for setting in (
        "timeout: 0", "timeout: 5", "timeout: 1.5s", "timeout: soon", "timeout: true", "timeout: ''", "timeout: 1s1h",
        "timeout: [1s]", "timeout: {}", "timeout:", "max-stale: 3", "refresh-interval: -1s", "retries: -1",
        "retries: 101", "retries: many", "retries: 1.5", "log-level: loud", "log-level: 3", "log-format: xml",
        "es-url: ''", "es-url: localhost", "es-url: 'ftp://a'", "es-url: 'https://joe:secret@a'",
        "es-url: 'https://a,https://joe:secret@b'", "kibana-url: 'https://joe:secret@k'", "kibana-url: 'file:x'",
        "health-index: ''", "spool: [a]", "spool:", "listen: {}", "api-key: secret", "password: secret",
        "index: a", "name: a", "field: a", "derived: a", "population: a", "config: f", "quiet: true", "insecure: true",
        "nonsense: 1", "7: 8",
    )),
    "backfills:",
    "backfills: []",
    "backfills: {}",
    "backfills: text",
    "backfills: [a]",
    "backfills: [[]]",
    "backfills: [{}]",
    "backfills: [{index: b, field: c}]",
    "backfills: [{name: a, field: c}]",
    "backfills: [{name: a, index: b}]",
    *(f"backfills: [{{name: {name}, index: {index}, field: {field}}}]" for name, index, field in (
        ("''", "b", "c"), ("a", "''", "c"), ("a", "b", "''"), ("1", "b", "c"), ("a", "true", "c"), ("a", "b", "2.5"),
        ("[a]", "b", "c"), ("a", "[b]", "c"), ("a", "b", "[c]"), ("", "b", "c"), ('"a\\tb"', "b", "c"),
        ('"a\\nb"', "b", "c"), ("a", "','", "c"), ("a", "'../b'", "c"), ("a", "'b,../c'", "c"),
    )),
    *(f"backfills: [{ENTRY}, {more}}}]" for more in (
        "nonsense: 1", "max_missing: 0", "population: [x]", "population: x", "population:", "population: {x: {y: z}}",
        "population: {x: []}", "population: {x: [[1]]}", "population: {x: }", "population: {x: [1, null]}",
        "population: {'': x}", "query: []", "query: text", "query:", "derived: d", "derived: [d, d]", "derived: [1]",
        "derived: ['']", "derived: {d: e}", "derived:", "arrival: 3", "arrival: ''", "arrival: [a]", "max-missing: -1",
        "max-missing: 1.5", "max-missing: few", "max-missing: '3'", "max-missing: 18446744073709551616",
        "min-coverage: -0.1", "min-coverage: 1.01", "min-coverage: 95", "min-coverage: '0.5'", "min-coverage: true",
        "rules: c > 1", "rules: [1]", "rules: ['']", "rules: [a, a]", "rules:",
    )),
]

# What a schema cannot say.
INVALID_TOGETHER = [
    f"backfills: [{ENTRY}}}, {ENTRY}}}]",
    f"backfills: [{ENTRY}, derived: [c]}}]",
    "settings: {username: joe}",
    "settings: {es-url: 'file:x', health-index: 'a/../../b'}",
]


@pytest.fixture(scope="module")
def schema() -> dict:
    return json.loads(SCHEMA.read_text())


@pytest.fixture
def check(run):
    return checker(run)


@pytest.fixture
def allows(schema):
    validator = jsonschema.Draft202012Validator(schema)
    return lambda text: validator.is_valid(as_json(text))


def test_the_schema_is_one(schema):
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("text", VALID)
def test_valid(text, allows, check):
    check(text).succeeded()
    assert allows(text)


@pytest.mark.parametrize("text", INVALID)
def test_invalid(text, allows, check):
    assert check(text).failed(2).startswith("backfill-health: f.yaml:1: ")
    assert not allows(text)


@pytest.mark.parametrize("text", INVALID_TOGETHER)
def test_what_only_the_program_sees(text, check):
    check(text).failed(2)


def test_its_settings_are_those_that_the_program_has(schema, run):
    shown = json.loads(run("config", "--json").succeeded())
    assert sorted(schema["properties"]["settings"]["properties"]) == sorted(shown["settings"])


def test_its_keys_of_a_backfill_are_those_that_the_program_has(schema, check):
    keys = list(schema["$defs"]["backfill"]["properties"])
    line = check(f"backfills: [{ENTRY}, zzzzzzzzzz: 1}}]").failed(2)
    assert line.split("use one of ")[1].strip().split(", ") == keys
    entry = {"name": "a", "index": "b", "population": {"x": "y"}, "query": {"match_all": {}}, "field": "c",
             "derived": ["d"], "arrival": "e", "max-missing": 1, "min-coverage": 0.5, "rules": ["c > 1"]}
    assert list(entry) == keys
    shown = json.loads(check(json.dumps({"backfills": [entry]}), "--json").succeeded())
    assert shown["backfills"] == [entry]


def test_the_examples_in_the_document(allows, check, run):
    examples = [block.text for block in blocks(ROOT / "docs/backfills.md") if block.language == "yaml"]
    assert examples
    (run.home / "key").write_text("key\n")
    for text in examples:
        assert allows(text)
        check(text.replace("/run/secrets/es", "key")).succeeded()
