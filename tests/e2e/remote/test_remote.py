"""A service that is not where it should be, on several nodes, or busy: which attempts are made, and when they end."""

import contextlib
import json
from collections.abc import Iterator

import pytest

from support.certificates import self_signed
from support.fake_elasticsearch import healthy
from support.ports import refusing_port
from support.program import NETWORK_COMMANDS
from support.stand_in import Reply, StandIn

GOOD = healthy()


@contextlib.contextmanager
def tls_by_mistake(tmp_path) -> Iterator[str]:
    with StandIn(GOOD, tls=self_signed(tmp_path).server_context()) as server:
        yield f"http://{server.address}"


@contextlib.contextmanager
def plain_by_mistake(tmp_path) -> Iterator[str]:
    with StandIn(GOOD) as server:
        yield f"https://{server.address}"


@contextlib.contextmanager
def nobody(tmp_path) -> Iterator[str]:
    with refusing_port() as port:
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def no_such_host(tmp_path) -> Iterator[str]:
    yield "http://no-such-host.invalid:9200"


@pytest.mark.parametrize("where", [nobody, no_such_host, tls_by_mistake, plain_by_mistake],
                         ids=lambda where: where.__name__)
@pytest.mark.parametrize("command", NETWORK_COMMANDS)
def test_a_wrong_address(run, tmp_path, command, where):
    with where(tmp_path) as url:
        result = run(command, "--es-url", url, "--timeout", "2s")
        result.failed(3, url)
        assert result.own_seconds < 4


def test_several_nodes_the_next_is_tried(run, stand_in):
    server = stand_in(healthy())
    with refusing_port() as port:
        report = run("validate", "--json", "--es-url", f"http://127.0.0.1:{port},{server.url}").succeeded()
    assert json.loads(report)["bills_with_dates"] == 20


def test_several_nodes_all_down(run):
    with refusing_port() as one, refusing_port() as other:
        urls = f"http://127.0.0.1:{one},http://127.0.0.1:{other}"
        run("validate", "--es-url", urls, "--retries", "1", "--timeout", "5s").failed(3, "127.0.0.1")


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_retries_are_silent(run, stand_in, status):
    server = stand_in([Reply(status), Reply(status), healthy()])
    report = run("validate", "--json", "--es-url", server.url).succeeded()
    assert json.loads(report)["bills_with_dates"] == 20
    assert len(server.requests) == 3


@pytest.mark.parametrize("retries", [0, 1, 2])
def test_as_many_retries_as_are_allowed(run, stand_in, retries):
    server = stand_in(Reply(503))
    run("validate", "--es-url", server.url, "--retries", retries, "--timeout", "20s").failed(3, "503")
    assert len(server.requests) == retries + 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 500])
def test_no_retry_where_it_cannot_help(run, stand_in, status):
    server = stand_in(Reply(status, json={}))
    run("validate", "--es-url", server.url).failed(3)
    assert len(server.requests) == 1


def test_the_deadline_covers_all_attempts(run, stand_in):
    server = stand_in(Reply(503))
    result = run("validate", "--es-url", server.url, "--retries", "100", "--timeout", "1s")
    result.failed(3, server.url)
    assert result.own_seconds < 2.5
