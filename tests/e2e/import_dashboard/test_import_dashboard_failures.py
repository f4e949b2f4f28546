"""import-dashboard where the server is none, the file is bad, or Kibana says no."""

import re

import pytest

from support.kibana.fake_kibana import FakeKibana
from support.kibana.kibana_import import OBJECTS, failure, ndjson, refusing
from support.ports import refusing_port
from support.stand_in import Close, Raw, Reply, Reset, Silence


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
        (Reply(302, headers={"Location": "/login"}), ["302", "to /login"]),
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
    timeout = "1s" if isinstance(script, Silence) else "20s"
    result = send(server, file, "--timeout", timeout, "--retries", "0")
    result.failed(3, server.url, *words)
    assert result.own_seconds < 3


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


def test_control_characters_of_an_answer_do_not_reach_the_terminal(send, stand_in, file):
    error = failure(1, type="unknown", message="\x1b[31mred\nsecond line\r")
    result = send(stand_in(refusing(error)), file)
    assert result.code == 3 and re.fullmatch(r"[^\x00-\x1f]{1,299}\n", result.stderr), result
