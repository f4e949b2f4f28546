"""import-dashboard where some of it exists already, and into spaces: what is said is what can be opened afterwards."""

import json
import pathlib
import re

import pytest

from support.kibana.fake_kibana import FakeKibana, key_of
from support.program import Result
from support.stand_in import Reply, Request, StandIn

VIEW, LINE, TABLE, DASHBOARD = OBJECTS = [
    {"type": "index-pattern", "id": "view-1", "attributes": {"title": "health*"}, "references": []},
    {"type": "lens", "id": "line-1", "attributes": {"title": "Missing"},
     "references": [{"type": "index-pattern", "id": "view-1", "name": "layer"}]},
    {"type": "lens", "id": "table-1", "attributes": {"title": "By index"},
     "references": [{"type": "index-pattern", "id": "view-1", "name": "layer"}]},
    {"type": "dashboard", "id": "dash-1", "attributes": {"title": "At a glance"},
     "references": [{"type": "lens", "id": "line-1", "name": "p0"}, {"type": "lens", "id": "table-1", "name": "p1"}]},
]


@pytest.fixture
def kibana() -> FakeKibana:
    return FakeKibana(spaces=("team-a",))


@pytest.fixture
def server(stand_in, kibana) -> StandIn:
    return stand_in(kibana)


@pytest.fixture
def file(tmp_path) -> pathlib.Path:
    path = tmp_path / "objects.ndjson"
    path.write_text("".join(json.dumps(each) + "\n" for each in OBJECTS))
    return path


@pytest.fixture
def send(run, server, file):
    def go(*arguments: object, **more: object) -> Result:
        return run("import-dashboard", file, *arguments, "--kibana-url", server.url, **more)

    return go


def change(kibana: FakeKibana, *objects: dict) -> None:
    """As a user likes them."""
    for each in objects:
        kibana.objects[key_of(each)]["attributes"] = {"title": "mine"}


def titles(kibana: FakeKibana, space: str = "default") -> set[str]:
    return {each["attributes"]["title"] for each in kibana.in_space(space).values()}


def shown_dashboard(kibana: FakeKibana, output: str, space: str = "default") -> dict:
    """The one at the address that was printed."""
    address = output.splitlines()[-1]
    assert ("/s/team-a/" in address) == (space == "team-a")
    return kibana.in_space(space)["dashboard", re.fullmatch(r".*/app/dashboards#/view/(\S+)", address)[1]]


def is_whole(kibana: FakeKibana, dashboard: dict, space: str) -> bool:
    """What it shows is in its space, and so is what that reads."""
    there = kibana.in_space(space)
    panels = [there.get(key_of(to)) for to in dashboard["references"]]
    return all(panel and all(key_of(to) in there for to in panel["references"]) for panel in panels)


class TestReplacing:
    def test_all_of_it(self, send, kibana):
        send().succeeded()
        change(kibana, LINE, DASHBOARD)
        output = send().succeeded()
        assert output.startswith("Imported 4 saved objects ") and shown_dashboard(kibana, output)
        assert "mine" not in titles(kibana)

    def test_a_part_of_it(self, send, kibana):
        send().succeeded()
        change(kibana, LINE)
        del kibana.objects[key_of(DASHBOARD)], kibana.objects[key_of(TABLE)]
        assert shown_dashboard(kibana, send().succeeded())["attributes"]["title"] == "At a glance"
        assert titles(kibana) == {each["attributes"]["title"] for each in OBJECTS}

    def test_a_kibana_that_calls_it_a_conflict_nevertheless(self, send, server, kibana):
        """It is asked again, and told to overwrite."""
        send().succeeded()
        change(kibana, LINE)
        del kibana.objects[key_of(DASHBOARD)]

        def forgetful(request: Request) -> Reply:
            return kibana(Request(**vars(request) | {"target": request.target.replace("overwrite=true", "")}))

        server.script = forgetful
        output = send().succeeded()
        assert output.startswith("Imported 4 saved objects ") and shown_dashboard(kibana, output)
        assert "mine" not in titles(kibana)


class TestKeeping:
    def test_nothing_is_there(self, send, kibana):
        output = send("--no-overwrite").succeeded()
        assert output.startswith("Imported 4 saved objects ") and shown_dashboard(kibana, output)

    def test_all_is_there(self, send, kibana):
        send().succeeded()
        change(kibana, *OBJECTS)
        result = send("--no-overwrite")
        assert (result.code, result.stdout) == (3, b""), result
        assert [line.split(" already exists and was kept")[0] for line in result.stderr.splitlines()] == [
            'backfill-health: index-pattern "health*" (view-1)', 'backfill-health: lens "Missing" (line-1)',
            'backfill-health: lens "By index" (table-1)', 'backfill-health: dashboard "At a glance" (dash-1)']
        assert "--no-overwrite" in result.stderr
        assert titles(kibana) == {"mine"}

    def test_a_part_is_there(self, send, kibana):
        send().succeeded()
        change(kibana, LINE)
        del kibana.objects[key_of(DASHBOARD)], kibana.objects[key_of(TABLE)]
        result = send("--no-overwrite")
        assert result.code == 3 and len(result.stderr.splitlines()) == 2, result
        output = result.stdout.decode()
        assert output.startswith("Imported 2 saved objects ")
        dashboard = shown_dashboard(kibana, output)
        assert is_whole(kibana, dashboard, "default")
        assert titles(kibana) == {"health*", "mine", "By index", "At a glance"}


def test_new_copies_have_a_new_address(send, kibana):
    send().succeeded()
    before = dict(kibana.objects)
    output = send("--new-copies").succeeded()
    assert output.startswith("Imported 4 saved objects ")
    dashboard = shown_dashboard(kibana, output)
    assert key_of(dashboard) not in before and is_whole(kibana, dashboard, "default")
    assert len(kibana.objects) == 8


class TestWhatIsNotThereAfterwards:
    """Kibana's word is not enough."""

    @pytest.fixture
    def imports_nothing(self, server, kibana):
        def script(request: Request) -> Reply:
            answer = kibana(request)
            if request.method == "POST":
                kibana.objects.clear()
            return answer

        server.script = script

    def test_the_dashboard(self, send, imports_nothing):
        send().failed(3, "dashboard dash-1 is missing")

    def test_a_kibana_that_may_not_be_asked(self, send, server, kibana):
        forbidden = Reply(403, json={"statusCode": 403, "error": "Forbidden", "message": "Unable to get dashboard"})
        server.script = lambda request: forbidden if request.method == "GET" else kibana(request)
        send().failed(3, "403", "Unable to get dashboard")

    @pytest.mark.parametrize("answer", [Reply(200, "<html>"), Reply(json={"type": "dashboard", "id": "another"}),
                                        Reply(404)])
    def test_nonsense(self, send, server, kibana, answer):
        server.script = lambda request: answer if request.method == "GET" else kibana(request)
        send("--retries", "0").failed(3, server.url)

    def test_a_file_without_a_dashboard(self, send, file):
        file.write_text(json.dumps(VIEW) + "\n")
        assert send().succeeded() == "Imported 1 saved object\n"


class TestSpaces:
    @pytest.mark.parametrize("by", ["flag", "environment"])
    def test_one_that_exists(self, send, server, kibana, by):
        arguments, env = (["--space", "team-a"], {}) if by == "flag" else ([], {"KIBANA_SPACE": "team-a"})
        output = send(*arguments, env=env).succeeded()
        assert shown_dashboard(kibana, output, "team-a")["id"] == "dash-1"
        assert [request.path for request in server.requests] == [
            "/api/spaces/space/team-a", "/s/team-a/api/saved_objects/_import",
            "/s/team-a/api/saved_objects/dashboard/dash-1"]

    @pytest.mark.parametrize("arguments", [[], ["--dry-run"], ["--no-overwrite"], ["--new-copies"]])
    def test_one_that_does_not(self, send, kibana, arguments):
        send("--space", "team-b", *arguments).failed(3, 'no space "team-b"', "--space (KIBANA_SPACE)")
        assert not kibana.objects

    def test_one_that_the_user_may_not_see(self, send, server, kibana):
        forbidden = Reply(403, json={"statusCode": 403, "error": "Forbidden", "message": "Unauthorized to get team-a"})
        server.script = lambda request: forbidden if "/spaces/" in request.path else kibana(request)
        send("--space", "team-a").failed(3, "403", "Unauthorized to get team-a")
        assert not kibana.objects

    def test_copies_have_an_address_of_their_own(self, send, kibana):
        send().succeeded()
        first = shown_dashboard(kibana, send("--space", "team-a").succeeded(), "team-a")
        assert first["id"] != "dash-1" and is_whole(kibana, first, "team-a")
        assert shown_dashboard(kibana, send("--space", "team-a").succeeded(), "team-a") == first

    def test_copies_that_stay(self, send, kibana):
        send().succeeded()
        first = shown_dashboard(kibana, send("--space", "team-a").succeeded(), "team-a")
        del kibana.objects[key_of(first)]
        result = send("--space", "team-a", "--no-overwrite")
        assert result.code == 3 and len(result.stderr.splitlines()) == 3, result
        output = result.stdout.decode()
        assert output.startswith("Imported 1 saved object ")
        assert is_whole(kibana, shown_dashboard(kibana, output, "team-a"), "team-a")

    def test_several_copies_in_one(self, send, kibana):
        send().succeeded()
        send("--space", "team-a").succeeded()
        ((_, one),) = [key for key in kibana.in_space("team-a") if key[0] == "dashboard"]
        kibana.objects["dashboard", "another"] = kibana.objects["dashboard", one] | {"id": "another"}
        send("--space", "team-a").failed(3, "dash-1", "ambiguous_conflict", "another", one)


class TestDryRun:
    @pytest.fixture
    def summary(self, send, server, kibana):
        def go(*arguments: str) -> str:
            before, asked = str(kibana.objects), len(server.requests)
            (line,) = send("--dry-run", *arguments).succeeded().splitlines()
            assert str(kibana.objects) == before
            assert {request.method for request in server.requests[asked:]} == {"GET"}
            what, rest = line.split(f" into Kibana 8.12.2 at {server.url}")
            return what.replace(' (dashboard "At a glance")', "") + rest

        return go

    def test_nothing_is_there(self, summary):
        for mode in ([], ["--no-overwrite"], ["--new-copies"]):
            assert summary(*mode) == "Would import 4 saved objects"

    def test_all_is_there(self, send, summary):
        send().succeeded()
        assert summary() == "Would import 4 saved objects, replacing 4 that already exist"
        assert summary("--no-overwrite") == "Would import 0 saved objects; 4 already exist and would be refused"
        assert summary("--new-copies") == "Would import 4 saved objects"

    def test_a_part_is_there(self, send, kibana, summary):
        send().succeeded()
        del kibana.objects[key_of(DASHBOARD)]
        assert summary() == "Would import 4 saved objects, replacing 3 that already exist"
        assert summary("--no-overwrite") == "Would import 1 saved object; 3 already exist and would be refused"

    def test_in_a_space(self, send, summary):
        send().succeeded()
        space = ("--space", "team-a")
        assert summary(*space) == "Would import 4 saved objects"
        send(*space).succeeded()
        assert summary(*space) == "Would import 4 saved objects, replacing 4 that already exist"

    def test_among_many_others(self, send, kibana, summary):
        send().succeeded()
        ours = kibana.objects
        kibana.objects = {("lens", f"x{i}"): ours[key_of(LINE)] | {"id": f"x{i}"} for i in range(1200)} | ours
        assert summary() == "Would import 4 saved objects, replacing 4 that already exist"

    def test_checks_the_file(self, send, file, server):
        file.write_text("{}\n")
        send("--dry-run").failed(2, "objects.ndjson:1")
        assert server.connections == 0

    @pytest.mark.parametrize("script", [Reply(json={}), Reply(body="<html>"), Reply(404), Reply(503)])
    def test_checks_the_server(self, send, server, script):
        server.script = script
        send("--dry-run", "--retries", "0").failed(3, server.url)

    @pytest.mark.parametrize("answer", [Reply(json={}), Reply(json={"total": -1, "saved_objects": []}), Reply(403)])
    def test_a_list_that_is_none(self, send, server, kibana, answer):
        server.script = lambda request: answer if "_find" in request.path else kibana(request)
        send("--dry-run", "--retries", "0").failed(3, server.url)

    def test_a_list_that_never_ends(self, send, server, kibana):
        page = Reply(json={"total": 10**9, "saved_objects": [{"type": "lens", "id": "x", "attributes": {}}]})
        server.script = lambda request: page if "_find" in request.path else kibana(request)
        result = send("--dry-run", "--timeout", "1s")
        result.failed(3, server.url)
        assert result.own_seconds < 5
