"""import-dashboard against a stand-in that answers as Kibana 8.12 does."""

import json

import pytest

from support.kibana.fake_kibana import FakeKibana
from support.kibana.kibana_import import DASHBOARD_FILE, NOT_READY, OBJECTS, failure, ndjson, refusing, the_file
from support.ports import refusing_port
from support.stand_in import Close, Reply, Request


def built_in() -> str:
    """What the program carries: the committed file, but its data view has the monthly indices and nothing else."""
    return DASHBOARD_FILE.read_text().replace('"backfill_health_v1*"', '"backfill_health_v1,backfill_health_v1-*"')


def test_success(send, stand_in, file):
    server = stand_in(FakeKibana())
    first, second = send(server, file).succeeded().splitlines()
    assert first == 'Imported 3 saved objects (dashboard "Backfill at a glance")'
    assert second.startswith(server.url + "/") and second.endswith("dash-1")
    request, look = server.requests
    assert (request.method, request.target) == ("POST", "/api/saved_objects/_import?overwrite=true")
    assert request.headers["kbn-xsrf"]
    assert b'; filename="dashboard.ndjson"' in request.body
    assert the_file(request) == file.read_bytes()
    assert (look.method, look.target) == ("GET", "/api/saved_objects/dashboard/dash-1")


def test_without_a_file_the_program_s_own_dashboard_is_imported(send, stand_in):
    server = stand_in(FakeKibana())
    first, second = send(server).succeeded().splitlines()
    objects = [json.loads(line) for line in built_in().splitlines()]
    (dashboard,) = [each for each in objects if each["type"] == "dashboard"]
    assert first == f'Imported {len(objects)} saved objects (dashboard "{dashboard["attributes"]["title"]}")'
    assert second.endswith(dashboard["id"])
    assert the_file(server.requests[0]).decode() == built_in()


def test_the_url_may_have_a_base_path(run, stand_in, file):
    server = stand_in(FakeKibana())
    output = run("import-dashboard", file, env={"KIBANA_URL": f"{server.url}/kibana/"}).succeeded()
    assert server.requests[0].path == "/kibana/api/saved_objects/_import"
    assert output.splitlines()[1].startswith(f"{server.url}/kibana/")


def test_the_summary_line_of_an_export_is_no_object(send, stand_in, file):
    summary = {"excludedObjects": [], "excludedObjectsCount": 0, "exportedCount": 3, "missingRefCount": 0,
               "missingReferences": []}
    file.write_text(ndjson([*OBJECTS, summary]))
    assert send(stand_in(FakeKibana()), file).succeeded().startswith("Imported 3 saved objects ")


@pytest.mark.parametrize(
    ("errors", "words"),
    [
        (
            [failure(1, type="missing_references", references=[{"type": "index-pattern", "id": "view-9"}])],
            [["line-1", "Missing over time", "missing_references"]],
        ),
        ([failure(0, type="unsupported_type")], [["view-1", "unsupported_type"]]),
        (
            [failure(1, type="unknown", message="strict_dynamic_mapping_exception: [lens] x", statusCode=400),
             failure(2, type="conflict")],
            [["line-1", "strict_dynamic_mapping_exception"], ["dash-1", "Backfill at a glance", "conflict"]],
        ),
    ],
    ids=["missing reference", "unsupported type", "two objects"],
)
def test_each_object_that_failed_has_its_line(send, stand_in, file, errors, words):
    result = send(stand_in(refusing(*errors)), file)
    assert (result.code, result.stdout) == (3, b""), result
    lines = result.stderr.splitlines()
    assert len(lines) == len(words), result
    for line, expected in zip(lines, words):
        assert len(line) < 300
        for word in expected:
            assert word in line, result


class TestModes:
    @pytest.mark.parametrize(("mode", "tries"), [((), 3), (("--no-overwrite",), 1), (("--new-copies",), 1)])
    def test_what_may_have_been_done_is_not_done_again(self, send, stand_in, file, mode, tries):
        server = stand_in(Close())
        send(server, file, *mode, "--retries", "2", "--timeout", "5s").failed(3, server.url)
        assert len(server.requests) == tries

    def test_one_at_a_time(self, send, stand_in, file):
        send(stand_in(FakeKibana()), file, "--no-overwrite", "--new-copies").failed(2, "--no-overwrite", "--new-copies")


class TestWait:
    def test_for_a_kibana_that_starts(self, send, stand_in, file):
        answers = iter([NOT_READY, NOT_READY])
        kibana = FakeKibana()
        server = stand_in(lambda request: next(answers, None) or kibana(request))
        assert send(server, file, "--wait", "1m").succeeded().startswith("Imported 3 ")
        assert [request.path for request in server.requests][:4] == ["/api/status"] * 3 + ["/api/saved_objects/_import"]

    def test_for_one_that_is_not_there(self, run, file):
        with refusing_port() as port:
            url = f"http://127.0.0.1:{port}"
            result = run("import-dashboard", file, "--kibana-url", url, "--wait", "1200ms", "--retries", "0")
            result.failed(3, url, "Connection refused")
            assert result.seconds > 0.5 and result.own_seconds < 5

    def test_not_for_ever(self, send, stand_in, file):
        result = send(stand_in(NOT_READY), file, "--wait", "1s")
        result.failed(3, "503", "starting")
        assert result.own_seconds < 5

    def test_what_waiting_does_not_help_is_told_at_once(self, send, stand_in, file):
        server = stand_in(Reply(401, json={"statusCode": 401, "error": "Unauthorized", "message": "no"}))
        result = send(server, file, "--wait", "1m")
        result.failed(3, "401", "KIBANA_API_KEY")
        assert result.own_seconds < 5


class TestPrint:
    def test_the_committed_file(self, run):
        assert run("import-dashboard", "--print").succeeded() == built_in()

    @pytest.mark.parametrize("by", ["flag", "environment"])
    def test_another_health_index(self, run, by):
        name = 'health_"x"_v2'
        options, env = (("--health-index", name), {}) if by == "flag" else ((), {"ES_HEALTH_INDEX": name})
        printed = run("import-dashboard", "--print", *options, env=env).succeeded()
        objects, usual = ([json.loads(line) for line in text.splitlines()] for text in (printed, built_in()))
        (view,) = [each for each in objects if each["type"] == "index-pattern"]
        assert view["attributes"]["title"] == f"{name},{name}-*"
        assert [each["attributes"]["title"] for each in objects if each["type"] == "dashboard"] == [
            f"Backfill health: {name}"]
        assert "backfill_health_v1" not in json.dumps(objects)
        # Beside the usual one it replaces nothing, and is whole.
        assert not {each["id"] for each in objects} & {each["id"] for each in usual}
        ids = {(each["type"], each["id"]) for each in objects}
        assert all((to["type"], to["id"]) in ids for each in objects for to in each["references"])

    @pytest.mark.parametrize(("name", "pattern"), [
        ("health-*", "health-*"),
        ("a,b", "a,a-*,b,b-*"),
        ("backfill_health_v1_staging", "backfill_health_v1_staging,backfill_health_v1_staging-*"),
    ])
    def test_the_pattern_of_the_data_view(self, run, name, pattern):
        printed = run("import-dashboard", "--print", "--health-index", name).succeeded()
        (view,) = [each for each in map(json.loads, printed.splitlines()) if each["type"] == "index-pattern"]
        assert view["attributes"]["title"] == pattern

    def test_is_what_would_be_imported(self, send, stand_in):
        server = stand_in(FakeKibana())
        env = {"ES_HEALTH_INDEX": "health_v2"}
        send(server, env=env).succeeded()
        assert the_file(server.requests[0]).decode() == send(server, "--print", env=env).succeeded()

    def test_takes_no_file(self, run, file):
        run("import-dashboard", file, "--print").failed(2, "--print")


@pytest.mark.parametrize(
    ("env", "sent"),
    [
        ({}, None),
        ({"ES_API_KEY": "es"}, "ApiKey es"),
        ({"KIBANA_API_KEY": "kibana"}, "ApiKey kibana"),
        ({"KIBANA_API_KEY": "kibana", "ES_API_KEY": "es"}, "ApiKey kibana"),
        ({"KIBANA_API_KEY": "kibana", "ES_USERNAME": "me", "ES_PASSWORD": "x"}, "ApiKey kibana"),
        ({"KIBANA_USERNAME": "me", "KIBANA_PASSWORD": "x", "ES_API_KEY": "es"}, "Basic bWU6eA=="),
        ({"ES_USERNAME": "me", "ES_PASSWORD": "x"}, "Basic bWU6eA=="),
    ],
)
def test_credentials(send, stand_in, file, env, sent):
    server = stand_in(FakeKibana())
    send(server, file, env=env).succeeded()
    assert server.requests[0].headers.get("authorization") == sent


def test_credentials_of_both_kinds(send, stand_in, file):
    env = {"KIBANA_API_KEY": "canary", "KIBANA_USERNAME": "me", "KIBANA_PASSWORD": "canary"}
    assert "canary" not in send(stand_in(FakeKibana()), file, env=env).failed(2)
