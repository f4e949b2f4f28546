"""The privileges of docs/reliability.md are enough, and each of them is needed."""

import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from support.emails import MIDWAY
from support.program import ROOT, Exporter, Result
from support.spool import delivered

DOCUMENT = ROOT / "docs/reliability.md"
NOTHING = {"names": ["nothing"], "privileges": ["read"]}  # a key without privileges would have its owner's


@dataclass(frozen=True)
class Row:
    """What a command needs on the emails and on the health index."""

    command: str
    health_index: str  # in what state it is
    emails: tuple[str, ...]
    health: tuple[str, ...]

    def one_less(self) -> Iterator["Row"]:
        for index in ("emails", "health"):
            privileges = getattr(self, index)
            for taken in privileges:
                yield replace(self, **{index: tuple(each for each in privileges if each != taken)})


def documented() -> list[Row]:
    table = re.findall(r"^\| `([a-z -]+)`(.*?) \| (.*?) \| (.*?) \|$", DOCUMENT.read_text(), re.M)
    return [Row(command, state.strip(", "), *(tuple(re.findall(r"`(\w+)`", cell)) for cell in cells))
            for command, state, *cells in table]


ROWS = documented()
RUNS = [row for row in ROWS if row.command != "serve"]


@pytest.fixture(scope="module")
def names(secured_engine) -> Iterator[tuple[str, str]]:
    index, health = secured_engine.unique_name("emails"), secured_engine.unique_name("health")
    secured_engine.load(index, MIDWAY)
    yield index, health
    for each in (index, health):
        secured_engine.delete(each)


@pytest.fixture(scope="module")
def key(secured_engine, names) -> Callable[[Row], str]:
    """With the privileges of the row and no others. The engine takes a second to make one."""

    @functools.cache
    def made(*privileges: tuple[str, ...]) -> str:
        wanted = [{"names": [index], "privileges": list(some)} for index, some in zip(names, privileges) if some]
        return secured_engine.api_key("row", NOTHING, *wanted)

    return lambda row: made(row.emails, row.health)


@pytest.fixture
def env(secured_engine, names, key) -> Callable[[Row], dict[str, str]]:
    index, health = names
    return lambda row: {"ES_URL": secured_engine.url, "ES_CA_CERT": secured_engine.ca_file, "ES_EMAIL_INDEX": index,
                        "ES_HEALTH_INDEX": health, "ES_API_KEY": key(row)}


@pytest.fixture
def call(run, env, secured_engine, names) -> Callable[[Row], Result]:
    def go(row: Row) -> Result:
        index, health = names
        secured_engine.delete(health)
        if row.command.startswith(("emit", "history")) or row.health_index == "on an existing index":
            administrator = {"ES_API_KEY": "", "ES_USERNAME": "elastic", "ES_PASSWORD": secured_engine.password}
            run("create-index", env=env(row) | administrator).succeeded()
        if row.health_index == "on an index that lacks a field":
            secured_engine.create(health, {"properties": {"index": {"type": "keyword"}}})
        return run(*row.command.split(), "--retries", "0", env=env(row))

    return go


def name(row: Row) -> str:
    return ",".join([f"{row.command} {row.health_index}".strip(), "+".join(row.emails), "+".join(row.health)])


def test_every_command_is_documented():
    assert [row.command for row in ROWS] == ["validate", "validate --refresh", "validate --profile", "serve", "emit",
                                             "emit --refresh", "history", "create-index", "create-index", "create-index"]


@pytest.mark.parametrize("row", RUNS, ids=name)
def test_enough(call, row):
    call(row).succeeded()


@pytest.mark.parametrize("row", [less for row in RUNS for less in row.one_less()], ids=name)
def test_one_less_is_not(call, row):
    line = call(row).failed(3, "403")
    assert "privilege" in line or "kept in" in line


def test_more_does_not_hinder(call):
    """`emit` asks whether the health index exists, and takes no for an answer."""
    call(Row("emit", "", ("read",), ("create_doc", "view_index_metadata"))).succeeded()


class TestServe:
    @pytest.fixture
    def serving(self, exporter, env) -> Callable[[Row], Exporter]:
        return lambda row: exporter("--refresh-interval", "1h", "--retries", "0", env=env(row))

    @pytest.fixture
    def row(self) -> Row:
        (row,) = [row for row in ROWS if row.command == "serve"]
        return row

    def test_enough(self, serving, row):
        exporter = serving(row)
        assert exporter.refresh().status == 200
        assert exporter.metrics()["bills_missing_dates"] == 2

    def test_one_less_is_not(self, serving, row):
        for less in row.one_less():
            exporter = serving(less)
            assert exporter.refresh().status == 503
            assert "privilege" in exporter.get("/readyz").text
            samples = exporter.metrics()
            assert samples['backfill_health_refresh_errors_total{reason="unauthorized"}'] >= 1
            assert not [name for name in samples if name.startswith("bills_")]


def test_a_snapshot_is_kept_until_the_key_may_write(run, env, call, names, secured_engine):
    _, health = names
    full = next(row for row in ROWS if row.command == "emit")
    call(replace(full, health=())).failed(3, "403", "kept in")
    delivered(run("emit", env=env(full)))
    assert len(secured_engine.documents(health)) == 2
