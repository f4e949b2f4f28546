"""bootstrap: once is set-up, twice changes nothing."""

import contextlib
import json
import socket
from dataclasses import dataclass, field

import pytest

from support.configuration import dump
from support.emails import EMPTY_POPULATION, MIDWAY
from support.kibana.fake_kibana import FakeKibana, key_of
from support.ports import refusing_port
from support.program import ROOT, Program, Result
from support.stand_in import Reply, StandIn
from support.stores import TestStore

OBJECTS = len((ROOT / "kibana/backfill-health-missing.ndjson").read_text().splitlines())


@dataclass
class World:
    run: Program
    store: TestStore
    kibana: StandIn
    index: str
    health: str
    env: dict[str, str] = field(default_factory=dict)

    def bootstrap(self, *arguments: str, **env: str) -> Result:
        return self.run("bootstrap", *arguments, env=self.env | env)

    def steps(self, result: Result) -> list[str]:
        """What stands before the check-up."""
        return result.stdout.decode().partition("\n\n")[0].splitlines()

    def snapshots(self) -> list[dict]:
        self.store.visible(self.health)
        return self.store.documents(self.health)


@pytest.fixture
def world(run, files, stand_in, exporter) -> World:
    return made_world(run, files, stand_in, exporter)


@pytest.fixture
def either_world(run, store, stand_in, exporter) -> World:
    """On either store."""
    return made_world(run, store, stand_in, exporter)


def made_world(run, store, stand_in, exporter) -> World:
    kibana = stand_in(FakeKibana())
    index = store.load(MIDWAY)
    health = store.unused_name("health")
    serve = exporter("--es-url", store.url, "--index", index)
    assert serve.refresh().status == 200
    env = {"ES_URL": store.url, "ES_EMAIL_INDEX": index, "ES_HEALTH_INDEX": health, "KIBANA_URL": kibana.url,
           "BACKFILL_HEALTH_LISTEN": f"127.0.0.1:{serve.port}"}
    return World(run, store, kibana, index, health, env)


def test_once_and_again(either_world):
    first = either_world.bootstrap()
    assert (first.code, first.stderr) == (0, ""), first
    created, imported, emitted = either_world.steps(first)
    assert created == f"Created index {either_world.health}"
    assert imported.startswith(f'Imported {OBJECTS} saved objects (dashboard "') and "/app/dashboards#/view/" in imported
    assert emitted.startswith("Emitted backfill health: {'index': '" + either_world.index)
    assert first.stdout.decode().splitlines()[-1].endswith(" 0 problems")
    objects = dict(either_world.kibana.script.objects)
    (document,) = either_world.snapshots()
    assert document["missing"] == 2

    key, changed = next(item for item in objects.items() if item[0][0] == "lens")
    mine = changed | {"attributes": {"title": "as its user likes it"}}
    either_world.kibana.script.objects[key] = mine
    second = either_world.bootstrap()
    assert (second.code, second.stderr) == (0, ""), second
    created, imported, emitted = either_world.steps(second)
    assert created == f"Index {either_world.health} already exists (mapping matches)"
    assert imported.startswith(f"{OBJECTS} saved objects") and "already exist" in imported
    assert emitted == f"Snapshots of {either_world.index} already exist"
    assert either_world.snapshots() == [document]
    assert either_world.kibana.script.objects == objects | {key: mine}


class TestWhatIsInKibanaAlready:
    """What stays, stays; and the address that is printed can be opened."""

    @pytest.fixture
    def kibana(self, world) -> FakeKibana:
        world.kibana.script = FakeKibana(spaces=("team-a",))
        return world.kibana.script

    def imported(self, world: World, *arguments: str, space: str = "default", **env: str) -> str:
        """What it says of the dashboard, which is there and whole."""
        result = world.bootstrap(*arguments, **(env if space == "default" else {"KIBANA_SPACE": space} | env))
        assert (result.code, result.stderr) == (0, ""), result
        said, _, address = world.steps(result)[1].rpartition(": http")
        there = world.kibana.script.in_space(space)
        assert ("/s/team-a/" in address) == (space == "team-a")
        dashboard = there["dashboard", address.rpartition("#/view/")[2]]
        assert all(key_of(to) in there for each in there.values() for to in each["references"])
        assert len(dashboard["references"]) > 5
        return said.replace(f' (dashboard "{dashboard["attributes"]["title"]}")', "")

    def without(self, kibana: FakeKibana, kind: str, space: str = "default") -> None:
        del kibana.objects[next(key for key in kibana.in_space(space) if key[0] == kind)]

    @pytest.mark.parametrize("kind", ["dashboard", "lens"])
    def test_one_is_not(self, world, kibana, kind):
        """Somebody deleted the dashboard, whose panels stay; or the program has a panel more than the last time."""
        self.imported(world)
        self.without(kibana, kind)
        dry = world.bootstrap("--dry-run").succeeded().splitlines()[1]
        assert ("(dashboard " in dry) == (kind == "dashboard"), dry
        assert self.imported(world) == (f"Imported 1 saved object; {OBJECTS - 1} that already exist are kept "
                                        "(import-dashboard replaces them)")
        assert self.imported(world) == f"{OBJECTS} saved objects already exist"

    def test_a_dashboard_that_stays_is_not_imported(self, world, kibana):
        self.imported(world)
        self.without(kibana, "lens")
        said = world.steps(world.bootstrap())[1]
        assert said.startswith(f"Imported 1 saved object; {OBJECTS - 1} that already exist are kept ")

    def test_in_another_space(self, world, kibana):
        self.imported(world)
        assert self.imported(world, space="team-a") == f"Imported {OBJECTS} saved objects"
        assert self.imported(world, space="team-a") == f"{OBJECTS} saved objects already exist"
        self.without(kibana, "dashboard", "team-a")
        assert self.imported(world, space="team-a").startswith("Imported 1 saved object;")

    def test_a_space_that_does_not_exist(self, world, kibana):
        for arguments in ([], ["--dry-run"]):
            result = world.bootstrap("--space", "team-b", *arguments)
            assert result.code == 3 and not kibana.objects
            assert result.stderr.count("\n") == 1 and 'no space "team-b"' in result.stderr

    def test_a_dry_run_says_so(self, world, kibana):
        def preview(**env: str) -> str:
            return world.bootstrap("--dry-run", **env).succeeded().splitlines()[1]

        self.imported(world)
        assert preview().endswith("already exist")
        assert preview(KIBANA_SPACE="team-a").startswith(f"Would import {OBJECTS} saved objects ")
        self.without(kibana, "dashboard")
        assert preview().startswith("Would import 1 saved object ")
        assert preview().endswith(f"; {OBJECTS - 1} that already exist are kept (import-dashboard replaces them)")

    def test_one_that_reads_another_index(self, world, kibana):
        self.imported(world)
        view = next(each for (kind, _), each in kibana.objects.items() if kind == "index-pattern")
        for reads in ("another-*", world.health + "_staging"):
            view["attributes"]["title"] = reads
            for arguments in ([], ["--dry-run"]):
                result = world.bootstrap(*arguments)
                assert result.code == 3
                assert result.stderr.count("\n") == 1 and f"reads {reads} instead of {world.health}" in result.stderr
        for reads in ("*", f"another, {world.health}*"):
            view["attributes"]["title"] = reads
            assert self.imported(world).endswith("already exist")

    def test_another_health_index_has_another_dashboard(self, world, kibana):
        self.imported(world)
        assert self.imported(world, ES_HEALTH_INDEX=world.store.unused_name("health")) == (
            f"Imported {OBJECTS} saved objects")


def test_a_dry_run_looks_and_changes_nothing(either_world):
    output = either_world.bootstrap("--dry-run").succeeded()
    created, imported, emitted = output.splitlines()
    assert created == f"Would create index {either_world.health}"
    assert imported.startswith(f"Would import {OBJECTS} saved objects") and "Kibana 8.12.2" in imported
    assert emitted.startswith("Would emit backfill health: {'index': '" + either_world.index)
    assert not either_world.kibana.script.objects
    assert all(request.method == "GET" for request in either_world.kibana.requests)
    either_world.run("history", env=either_world.env).failed(3, "create-index")
    either_world.bootstrap()
    before = either_world.snapshots()
    created, _, emitted = either_world.bootstrap("--dry-run").succeeded().splitlines()
    assert "already exists" in created and "already exist" in emitted
    assert either_world.snapshots() == before


def test_a_dry_run_names_the_fields_that_it_would_add(either_world):
    either_world.run("create-index", env=either_world.env).succeeded()
    compared = either_world.bootstrap("--dry-run", "--rule", 'dates != "x"').succeeded().splitlines()[0]
    assert compared == (f"Index {either_world.health} already exists (mapping matches)" if either_world.store.url.startswith("file:")
                        else f"Would complete the mapping of index {either_world.health}: broken, rules")
    assert either_world.bootstrap("--dry-run").succeeded().splitlines()[0].endswith("(mapping matches)")


def test_several_backfills_are_told_apart(either_world):
    entry = {"index": either_world.index, "field": "dates", "population": {"category": "bills"}}
    dump(either_world.run.home / "f.yaml", {"backfills": [entry | {"name": "first"}, entry | {"name": "second"}]})
    env = {name: value for name, value in either_world.env.items() if name != "ES_EMAIL_INDEX"}

    def emitted(*names: str) -> list[str]:
        result = either_world.run("bootstrap", "--no-kibana", "--config", "f.yaml", *names, env=env)
        return either_world.steps(result)[1:]

    (first,) = emitted("first")
    assert first.startswith("Emitted backfill health: {'backfill': 'first', ")
    exists, second = emitted()
    assert exists == f"Snapshots of first in {either_world.index} already exist"
    assert second.startswith("Emitted backfill health: {'backfill': 'second', ")


def test_json(world):
    result = world.bootstrap("--json")
    report = json.loads(result.succeeded())
    assert [(step["step"], step["outcome"]) for step in report["steps"]] == [
        ("create-index", "done"), ("import-dashboard", "done"), ("emit", "done")]
    assert report["doctor"]["problems"] == 0
    report = json.loads(world.bootstrap("--json", "--dry-run").succeeded())
    assert [step["outcome"] for step in report["steps"]] == ["was there"] * 3
    assert "doctor" not in report


def test_quiet(world):
    assert b"index" not in world.bootstrap("--quiet").stdout


def test_kibana_is_down(world):
    with refusing_port() as port:
        result = world.bootstrap(KIBANA_URL=f"http://127.0.0.1:{port}", ES_RETRIES="0")
        assert result.code == 3
        assert result.stderr.count("\n") == 1 and "cannot import the dashboard" in result.stderr
        created, emitted = world.steps(result)
        assert created.startswith("Created") and emitted.startswith("Emitted")
        assert b"problem  kibana" in result.stdout
        result = world.bootstrap("--no-kibana", KIBANA_URL=f"http://127.0.0.1:{port}")
        assert (result.code, result.stderr) == (0, "") and b"  kibana  " not in result.stdout


class TestAKibanaThatNobodyNamed:
    @pytest.fixture
    def world(self, run, indices, stand_in, exporter) -> World:
        with contextlib.suppress(OSError), socket.create_connection(("localhost", 5601), timeout=1):
            pytest.skip("there is a server at Kibana's usual address")
        world = made_world(run, indices, stand_in, exporter)
        del world.env["KIBANA_URL"]
        return world

    @pytest.mark.parametrize("arguments", [[], ["--wait", "1s"]])
    def test_is_left_out(self, world, arguments):
        result = world.bootstrap(*arguments)
        assert (result.code, result.stderr) == (0, ""), result
        created, left_out, emitted = world.steps(result)
        assert created.startswith("Created") and emitted.startswith("Emitted")
        assert left_out == ("Dashboard skipped: there is no Kibana at http://localhost:5601. Start one there, or name it "
                            "with --kibana-url (KIBANA_URL), and run bootstrap again")
        report = result.stdout.decode()
        assert "warning  kibana" in report and report.splitlines()[-1].endswith(" 0 problems")

    def test_in_a_dry_run(self, world):
        assert world.bootstrap("--dry-run").succeeded().splitlines()[1].startswith("Dashboard skipped: there is no Kibana")

    def test_in_json(self, world):
        report = json.loads(world.bootstrap("--json").succeeded())
        assert [step["outcome"] for step in report["steps"]] == ["done", "left out", "done"]

    def test_a_named_one_is_an_error(self, world):
        result = world.bootstrap("--kibana-url", "http://localhost:5601", "--retries", "0")
        assert result.code == 3 and b"problem  kibana" in result.stdout


def test_it_waits_for_a_kibana_that_starts(world):
    ready = world.kibana.script
    world.kibana.script = [Reply(503, "Kibana server is not ready yet"), ready]
    assert world.steps(world.bootstrap("--wait", "20s"))[1].startswith("Imported")


def test_an_empty_population_is_no_first_snapshot(world):
    index = world.store.load(EMPTY_POPULATION)
    result = world.bootstrap("--no-kibana", ES_EMAIL_INDEX=index)
    assert (result.code, result.stderr) == (1, "")
    assert world.steps(result)[1] == f"Snapshot skipped: no document matches category: bills in {index}"
    assert world.snapshots() == []


def test_an_index_that_cannot_be_measured(either_world):
    result = either_world.bootstrap("--no-kibana", ES_EMAIL_INDEX="absent")
    assert result.code == 3
    assert result.stderr.count("\n") == 1 and "absent" in result.stderr
    assert either_world.steps(result) == [f"Created index {either_world.health}"]


def test_a_folder_needs_no_kibana(run, files):
    index = files.load(MIDWAY)
    with refusing_port() as port:
        result = run("bootstrap", "--es-url", files.url, "--index", index, "--listen", f":{port}")
        assert result.stderr == ""
        assert b"  kibana  " not in result.stdout and b"Imported" not in result.stdout
        assert b"\nDashboard skipped: Kibana cannot read folders\n" in result.stdout
        result = run("bootstrap", "--no-kibana", "--es-url", files.url, "--index", index, "--listen", f":{port}")
        assert b"dashboard" not in result.stdout


def test_a_small_key(run, secured_engine, stand_in):
    """It may do one thing less, and the rest is done."""
    engine = secured_engine
    index, health = engine.unique_name("emails"), engine.unique_name("health")
    try:
        engine.load(index, MIDWAY)
        key = engine.api_key("small", {"names": [index], "privileges": ["read"]})
        env = {"ES_URL": engine.url, "ES_CA_CERT": engine.ca_file, "ES_EMAIL_INDEX": index, "ES_HEALTH_INDEX": health,
               "ES_API_KEY": key, "KIBANA_URL": stand_in(FakeKibana()).url}
        result = run("bootstrap", env=env)
        assert result.code == 3
        assert result.stderr.count("\n") == 1 and "403" in result.stderr and "privilege" in result.stderr
        imported, emitted = result.stdout.decode().partition("\n\n")[0].splitlines()
        assert imported.startswith("Imported") and emitted == "Snapshot skipped: the health index is not ready"
        assert not engine.exists(health)
    finally:
        engine.delete(index)
        engine.delete(health)
