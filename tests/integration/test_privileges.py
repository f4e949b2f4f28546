"""The privileges of docs/reliability.md are enough, and each of them is needed."""

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from support.elasticsearch import Elasticsearch
from support.emails import MIDWAY
from support.program import ROOT, Exporter, Result

DOCUMENT = ROOT / "docs/reliability.md"
NOTHING = {"names": ["nothing"], "privileges": ["read"]}  # a key without privileges would have its owner's


@dataclass(frozen=True)
class Row:
    """What a command needs on the emails and on the health index."""

    command: str
    emails: tuple[str, ...]
    health: tuple[str, ...]

    def one_less(self) -> Iterator["Row"]:
        for index, privileges in (("emails", self.emails), ("health", self.health)):
            for left in itertools.combinations(privileges, len(privileges) - 1):
                yield Row(self.command, **({"emails": self.emails, "health": self.health} | {index: left}))


def documented() -> list[Row]:
    rows = re.findall(r"^\| `(.+)` \| (.*?) \| (.*?) \|$", DOCUMENT.read_text(), re.M)
    return [Row(command, *(tuple(re.findall(r"`(\w+)`", cell)) for cell in cells)) for command, *cells in rows
            if command.split()[0] in ("validate", "emit", "create-index", "serve")]


ROWS = documented()
DONE = [row for row in ROWS if not row.command.startswith("serve")]


@pytest.fixture
def names(secured_engine) -> Iterator[tuple[str, str]]:
    """Emails, and a health index as `create-index` makes it."""
    index, health = secured_engine.unique_name("emails"), secured_engine.unique_name("health")
    secured_engine.load(index, MIDWAY)
    yield index, health
    for name in (index, health):
        secured_engine.delete(name)


@pytest.fixture
def env(secured_engine, names) -> Callable[[Row], dict[str, str]]:
    """For a key with the privileges of the row and no others."""

    def of(row: Row) -> dict[str, str]:
        index, health = names
        wanted = [{"names": [name], "privileges": list(privileges)}
                  for name, privileges in ((index, row.emails), (health, row.health)) if privileges]
        return {"ES_URL": secured_engine.url, "ES_CA_CERT": secured_engine.ca_file, "ES_EMAIL_INDEX": index,
                "ES_HEALTH_INDEX": health, "ES_API_KEY": secured_engine.api_key("row", NOTHING, *wanted)}

    return of


@pytest.fixture
def call(run, env, secured_engine, names) -> Callable[[Row], Result]:
    def go(row: Row) -> Result:
        index, health = names
        secured_engine.delete(health)
        if row.command.startswith("emit") or "existing" in row.command:
            administrator = env(row) | {"ES_API_KEY": "", "ES_USERNAME": "elastic", "ES_PASSWORD": secured_engine.password}
            run("create-index", env=administrator).succeeded()
        if "incomplete" in row.command:
            secured_engine.create(health, {"properties": {"index": {"type": "keyword"}}})
        command = row.command.split(",")[0].split()
        return run(*command, "--retries", "0", env=env(row))

    return go


def by_command(row: Row) -> str:
    return f"{row.command}: {'+'.join(row.emails)}, {'+'.join(row.health)}"


def test_every_command_is_documented():
    assert {row.command.split(",")[0] for row in ROWS} == {
        "validate", "validate --refresh", "serve", "emit", "emit --refresh", "create-index"}


@pytest.mark.parametrize("row", DONE, ids=by_command)
def test_enough(call, row):
    call(row).succeeded()


@pytest.mark.parametrize("row", [less for row in DONE for less in row.one_less()], ids=by_command)
def test_one_less_is_not(call, row):
    line = call(row).failed(3, "403")
    assert "privilege" in line or "kept in" in line


def test_more_does_not_hinder(call):
    """`emit` asks whether the health index exists, and takes no for an answer."""
    call(Row("emit", ("read",), ("create_doc", "view_index_metadata"))).succeeded()


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


def test_a_snapshot_is_kept_until_the_key_may_write(run, env, call, names, secured_engine, tmp_path):
    index, health = names
    full = next(row for row in ROWS if row.command == "emit")
    call(Row("emit", full.emails, ())).failed(3, "403", "kept in")
    run("emit", env=env(full)).succeeded()
    assert len(secured_engine.documents(health)) == 2
