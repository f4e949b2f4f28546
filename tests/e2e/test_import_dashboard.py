"""import-dashboard against a stand-in that answers as Kibana 8.12 does."""

import json
import pathlib
import re

import pytest

from support.fake_kibana import FakeKibana, parts_of
from support.ports import refusing_port
from support.program import ROOT
from support.stand_in import Close, Raw, Reply, Request, Reset, Silence

DASHBOARD_FILE = ROOT / "kibana/backfill-health-missing.ndjson"

OBJECTS = [
    {"type": "index-pattern", "id": "view-1", "attributes": {"title": "health*", "timeFieldName": "ts"}, "references": []},
    {"type": "lens", "id": "line-1", "attributes": {"title": "Missing over time"}, "references": []},
    {"type": "dashboard", "id": "dash-1", "attributes": {"title": "Backfill at a glance"}, "references": []},
]


def ndjson(objects: list[dict]) -> str:
    return "".join(json.dumps(each) + "\n" for each in objects)


def the_file(request: Request) -> bytes:
    return parts_of(request)["file"]


def built_in() -> str:
    """What the program carries: the committed file, but its data view has the monthly indices and nothing else."""
    return DASHBOARD_FILE.read_text().replace('"backfill_health_v1*"', '"backfill_health_v1,backfill_health_v1-*"')


NOT_READY = Reply(503, "Kibana server is not ready yet", {"Content-Type": "text/plain"})


def refusing(*errors: dict) -> Reply:
    return Reply(json={"successCount": len(OBJECTS) - len(errors), "success": False, "warnings": [],
                       "errors": list(errors)})


def failure(number: int, **error: object) -> dict:
    failed = OBJECTS[number]
    title = failed["attributes"]["title"]
    return {"id": failed["id"], "type": failed["type"], "title": title, "meta": {"title": title, "icon": ""},
            "managed": False, "error": error}


@pytest.fixture
def file(tmp_path) -> pathlib.Path:
    path = tmp_path / "objects.ndjson"
    path.write_text(ndjson(OBJECTS))
    return path


@pytest.fixture
def send(run):
    def go(server, *arguments, **more):
        return run("import-dashboard", *arguments, "--kibana-url", server.url, **more)

    return go


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
            assert 0.5 < result.seconds < 5

    def test_not_for_ever(self, send, stand_in, file):
        result = send(stand_in(NOT_READY), file, "--wait", "1s")
        result.failed(3, "503", "starting")
        assert result.seconds < 5

    def test_what_waiting_does_not_help_is_told_at_once(self, send, stand_in, file):
        server = stand_in(Reply(401, json={"statusCode": 401, "error": "Unauthorized", "message": "no"}))
        result = send(server, file, "--wait", "1m")
        result.failed(3, "401", "KIBANA_API_KEY")
        assert result.seconds < 5


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


def test_an_elasticsearch_by_mistake(send, stand_in, file):
    no_handler = {"error": "no handler found for uri [/api/saved_objects/_import] and method [POST]"}
    server = stand_in(Reply(400, json=no_handler, headers={"X-elastic-product": "Elasticsearch"}))
    send(server, file).failed(3, server.url, "Elasticsearch", "5601")


def test_a_real_elasticsearch_by_mistake(run, engine, file):
    for options in ((), ("--dry-run",), ("--wait", "5s")):
        run("import-dashboard", file, "--kibana-url", engine.url, *options).failed(3, "Elasticsearch", "5601")


@pytest.mark.parametrize("command", ["validate", "emit"])
def test_a_kibana_by_mistake(run, stand_in, command):
    not_found = Reply(404, json={"statusCode": 404, "error": "Not Found", "message": "Not Found"},
                      headers={"kbn-name": "kibana", "kbn-license-sig": "x"})
    server = stand_in(not_found)
    run(command, "--es-url", server.url).failed(3, server.url, "Kibana", "9200")


def test_too_large_a_file(send, stand_in, file):
    server = stand_in(FakeKibana())
    with file.open("a") as more:
        more.write("\n" * (30 << 20))
    send(server, file).failed(2, "objects.ndjson", "26214400")
    assert server.connections == 0


KIBANA_ERROR = {"statusCode": 422, "error": "Unprocessable Entity",
                "message": "Document \"line-1\" belongs to a more recent version of Kibana [8.99.0] when the last known "
                           "version is [8.9.0]."}


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (Reply(422, json=KIBANA_ERROR), ["422", "more recent version"]),
        (Reply(500, json={"statusCode": 500, "error": "Internal Server Error", "message": "An internal error"}), ["500"]),
        (Reply(503, "Kibana server is not ready yet"), ["503"]),
        (Reply(401, json={"statusCode": 401, "error": "Unauthorized", "message": "x"}), ["401"]),
        (Reply(403, json={"statusCode": 403, "error": "Forbidden", "message": "x"}), ["403"]),
        (Reply(404, json={"statusCode": 404, "error": "Not Found", "message": "Not Found"}), ["404"]),
        (Reply(302, headers={"Location": "/login"}), ["302"]),
        (Reply(body="<html>Kibana</html>", headers={"Content-Type": "text/html"}), []),
        (Reply(json={}), []),
        (Reply(json={"success": True}), []),
        (Reply(json=[True]), []),
        (Reply(body='{"success":tr'), []),
        (refusing(), []),
        (Silence(), []),
        (Close(), []),
        (Reset(), []),
        (Raw(b"garbage\r\n\r\n"), []),
    ],
    ids=["422", "500", "503", "401", "403", "404", "login page", "html", "{}", "no count", "array", "cut json",
         "failed without errors", "silent", "closes", "resets", "garbage"],
)
def test_what_is_no_success_is_a_failure(send, stand_in, file, script, words):
    server = stand_in(script)
    result = send(server, file, "--timeout", "1s", "--retries", "0")
    result.failed(3, server.url, *words)
    assert result.seconds < 3


def test_nobody_there(run, file):
    with refusing_port() as port:
        url = f"http://127.0.0.1:{port}"
        run("import-dashboard", file, "--kibana-url", url, "--timeout", "1s").failed(3, url)


@pytest.mark.parametrize(
    "content",
    [
        None,
        "",
        "not json\n",
        "[]\n",
        ndjson([{"type": "lens", "id": "x"}]),
        ndjson([{"type": "lens", "attributes": {}}]),
        ndjson([{"id": "x", "attributes": {}}]),
        ndjson(OBJECTS) + '{"type":"lens","id":"x","attributes":',
        ndjson([OBJECTS[1] | {"references": [{"name": "x", "type": "index-pattern", "id": "view-9"}]}]),
        ndjson([OBJECTS[1] | {"references": [{"type": "lens", "id": "line-1"}]}]),
        ndjson([OBJECTS[1] | {"references": {}}]),
    ],
    ids=["absent", "empty", "text", "array", "no attributes", "no id", "no type", "cut off", "refers to what is not there",
         "no reference", "no list of references"],
)
def test_a_bad_file_is_not_sent(send, stand_in, tmp_path, content):
    server = stand_in(FakeKibana())
    path = tmp_path / "bad.ndjson"
    if content is not None:
        path.write_text(content)
    send(server, path).failed(2, "bad.ndjson")
    assert server.connections == 0


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


def test_control_characters_of_an_answer_do_not_reach_the_terminal(send, stand_in, file):
    error = failure(1, type="unknown", message="\x1b[31mred\nsecond line\r")
    result = send(stand_in(refusing(error)), file)
    assert result.code == 3 and re.fullmatch(r"[^\x00-\x1f]{1,299}\n", result.stderr), result
