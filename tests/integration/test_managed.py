"""Clusters that somebody else runs: serverless, a proxy that lets only searches through, a gateway below a path."""

import json
import re

import pytest

from support.configuration import dump
from support.emails import MIDWAY
from support.forward import Forward
from support.output.doctor import doctor
from support.program import ROOT
from support.stand_in import Reply

# Elastic's serverless refuses what concerns nodes and the cluster: 410, the type and the words are its own.
OF_THE_CLUSTER = ("/_cluster", "/_nodes", "/_cat")
COMMANDS = ("create-index", "validate", "emit", "history")


def not_in_serverless(request) -> Reply:
    reason = (f"Request for uri [{request.path}] with method [{request.method}] exists but is not available when running in "
              "serverless mode")
    error = {"type": "api_not_available_exception", "reason": reason}
    return Reply(410, json.dumps({"error": error | {"root_cause": [error]}, "status": 410}))


@pytest.fixture
def serverless(stand_in, engine):
    def play(request):
        return not_in_serverless(request) if request.path.startswith(OF_THE_CLUSTER) else Forward(engine.url)(request)

    return stand_in(play)


@pytest.fixture
def names(indices) -> dict[str, str]:
    return {"ES_EMAIL_INDEX": indices.load(MIDWAY), "ES_HEALTH_INDEX": indices.unused_name("health")}


def test_every_command_works_in_serverless(run, serverless, names, indices):
    for command in COMMANDS:
        run(command, env=names | {"ES_URL": serverless.url}).succeeded()
        if command == "emit":
            indices.visible(names["ES_HEALTH_INDEX"])
    assert not [request.path for request in serverless.requests if request.path.startswith(OF_THE_CLUSTER)]


def test_what_serverless_lacks_is_not_a_failure_of_doctor(run, serverless, names):
    run("create-index", env=names | {"ES_URL": serverless.url}).succeeded()
    found = doctor(run, env=names | {"ES_URL": serverless.url})
    assert not found.bad() - {"serve", "kibana"}
    for check in ("cluster", "clock", "disk"):
        ((level, text),) = found.of(check)
        assert level == "warning" and "not available" in text and "serverless mode" in text, text
    found.has("measurement", "ok", "22 bills: 2 without dates")


@pytest.mark.parametrize("command", COMMANDS)
def test_below_a_path_of_a_gateway(run, stand_in, engine, names, indices, command):
    """As a proxy has it that serves several clusters."""
    direct = names | {"ES_URL": engine.url}
    if command != "create-index":
        run("create-index", env=direct).succeeded()
    if command == "history":
        run("emit", env=direct).succeeded()
        indices.visible(names["ES_HEALTH_INDEX"])

    def gateway(request):
        path = request.target.removeprefix("/clusters/mail")
        if path == request.target:
            return Reply(404, "no such page")
        return Forward(engine.url)(type(request)(**{**vars(request), "target": path}))

    server = stand_in(gateway)
    run(command, env=names | {"ES_URL": f"{server.url}/clusters/mail"}).succeeded()
    assert server.requests


def test_a_proxy_that_refuses_is_quoted(run, stand_in, names):
    server = stand_in(Reply(403, '{"message":"User: anonymous is not authorized to perform: es:ESHttpPost"}'))
    run("validate", env=names | {"ES_URL": server.url}).failed(3, server.url, "403", "anonymous is not authorized to perform")


def test_a_page_instead_of_an_answer_gives_no_number(run, stand_in, names):
    """Of a login, say."""
    server = stand_in(Reply(200, "<!doctype html><title>Sign in</title>"))
    run("validate", env=names | {"ES_URL": server.url}).failed(3, server.url)


def documented() -> dict[str, set[str]]:
    """What docs/compatibility.md says that each command asks for."""
    rows = re.findall(r"^\| `([a-z-]+(?: --(?:refresh|profile))?)` \| (.*) \|$", (ROOT / "docs/compatibility.md").read_text(), re.M)
    return {command: set(re.findall(r"`([A-Z]+ /\S*)`", asked)) for command, asked in rows}


def test_a_proxy_needs_to_let_through_what_the_documents_say(run, stand_in, engine, indices):
    server = stand_in(Forward(engine.url))
    index, other = indices.load(MIDWAY), indices.load(MIDWAY)
    health, old = indices.unused_name("health"), indices.unused_name("health")
    engine.create(old, {"properties": {"ts": {"type": "date"}}})
    config = dump(run.home / "config.yaml", {"backfills": [
        {"name": name, "index": each, "field": "dates"} for name, each in (("one", index), ("other", other))]})
    found: dict[str, set[str]] = {}
    for command, *more in [("create-index",), ("create-index", "--health-index", old), ("emit",), ("validate",),
                           ("validate", "--refresh"), ("validate", "--profile"), ("history",), ("doctor",)]:
        both = ["--config", config] if command == "create-index" else ["one", "other", "--config", config]
        for backfills in ([], both) if command != "doctor" else ([],):
            if not backfills and command != "create-index":
                backfills = ["--index", index]
            server.requests.clear()
            result = run(command, *more, *backfills, env={"ES_HEALTH_INDEX": health, "ES_URL": server.url})
            assert result.code == 0 or command == "doctor", result
            asked = found.setdefault(" ".join([command, *more]) if {"--refresh", "--profile"} & set(more) else command, set())
            for request in server.requests:
                parts = ["INDEX" if set(part.split(",")) <= {index, other, health, old} else part
                         for part in request.path.split("/")]
                asked.add(f"{request.method} {'/'.join(parts)}")
    assert found == documented()
