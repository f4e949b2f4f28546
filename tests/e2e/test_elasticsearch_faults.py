"""Each fault of the server × each command that talks to it: one line, the right exit code, no number, in bounded time."""

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from support.certificates import self_signed
from support.emails import MIDWAY
from support.fake_elasticsearch import FakeElasticsearch, missing, refusal
from support.ports import refusing_port
from support.stand_in import (Close, Drip, Endless, Raw, Reply, Request, Reset, Script, Silence, StandIn, Truncate)

WEB_PAGE = "<!DOCTYPE html><html><head><title>Welcome</title></head><body>It works!</body></html>"
SHARDS_FAILED = {"total": 2, "successful": 1, "skipped": 0, "failed": 1,
                 "failures": [{"shard": 0, "reason": {"type": "x", "reason": "y"}}]}


@dataclass(frozen=True)
class Fault:
    """How the server behaves, and the reason under which `serve` counts it."""

    name: str
    script: Script
    reason: str
    words: tuple[str, ...] = ()


def healthy() -> FakeElasticsearch:
    return FakeElasticsearch(gmail_emails_v2=list(MIDWAY), backfill_health_v1=[])


def search_answer(change: Callable[[dict], object]) -> Script:
    """Healthy but for the answer to a search."""
    fake = healthy()

    def script(request: Request) -> Reply:
        reply = fake(request)
        if "_search" in request.path:
            value = json.loads(json.dumps(reply.json))
            changed = change(value)
            return replace(reply, json=value if changed is None else changed)
        return reply

    return script


def html(status: int) -> Reply:
    return Reply(status, WEB_PAGE, {"Content-Type": "text/html"})


def changed_counts(number: object) -> Callable[[dict], None]:
    def change(value: object) -> None:
        for inner in value.values() if isinstance(value, dict) else ():
            if isinstance(inner, dict) and "doc_count" in inner:
                inner["doc_count"] = number
            change(inner)

    return lambda answer: change(answer["aggregations"])


GOOD = healthy()

TRANSPORT_FAULTS = [
    Fault("resets", Reset(), "unreachable"),
    Fault("closes", Close(), "unreachable"),
    Fault("is silent", Silence(), "timeout"),
    Fault("drips", Drip(Reply(json={}), every=0.1), "timeout"),
    Fault("garbage", Raw(b"\x00\xff\x13 garbage \x07\r\n\r\n"), "bad_response"),
    Fault("another protocol", Raw(b"SSH-2.0-OpenSSH_9.2p1\r\n"), "bad_response"),
    Fault("endless", Endless(), "bad_response"),
    Fault("truncated", Truncate(Reply(json={"a": "b" * 1000})), "bad_response"),
    Fault("bad gzip", Reply(body=b"\x1f\x8b\x08garbage", headers={"Content-Encoding": "gzip"}), "bad_response"),
    Fault("web page", html(200), "bad_response"),
    Fault("web page 404", html(404), "rejected"),
    Fault("proxy's 502", html(502), "rejected", ("502",)),
    Fault("redirect", Reply(302, headers={"Location": "https://login.example/"}), "rejected", ("302",)),
    Fault("empty object", Reply(json={}), "bad_response"),
    Fault("array", Reply(json=[]), "bad_response"),
    Fault("401", refusal(401, "security_exception", "missing authentication credentials"), "unauthorized", ("401",)),
    Fault("403", refusal(403, "security_exception", "action [x] is unauthorized"), "unauthorized", ("403",)),
    Fault("429", refusal(429, "circuit_breaking_exception", "data too large"), "rejected", ("429",)),
    Fault("500", refusal(500, "illegal_state_exception", "broken"), "rejected", ("500",)),
    Fault("503", Reply(503, "starting"), "rejected", ("503",)),
    Fault("index missing", missing("gmail_emails_v2"), "index_missing", ()),
]

ANSWER_FAULTS = [
    Fault("timed out", search_answer(lambda a: a.update(timed_out=True)), "partial"),
    Fault("a shard failed", search_answer(lambda a: a.update(_shards=SHARDS_FAILED)), "partial"),
    Fault("a shard is missing",
          search_answer(lambda a: a.update(_shards={"total": 2, "successful": 1, "skipped": 0, "failed": 0})), "partial"),
    Fault("a cluster was skipped",
          search_answer(lambda a: a.update(_clusters={"total": 2, "successful": 1, "skipped": 1})), "partial"),
    Fault("a lower bound", search_answer(lambda a: a["hits"]["total"].update(relation="gte")), "partial"),
    Fault("no shard available", refusal(503, "search_phase_execution_exception", "all shards failed",
                                        phase="query", grouped=True, failed_shards=[]), "partial"),
    Fault("no aggregations", search_answer(lambda a: a.pop("aggregations") and None), "bad_response"),
    Fault("empty aggregations", search_answer(lambda a: a.update(aggregations={})), "bad_response"),
    Fault("no shards", search_answer(lambda a: a.pop("_shards") and None), "bad_response"),
    *(
        Fault(f"counts are {number!r}", search_answer(changed_counts(number)), "bad_response")
        for number in ("12", 1.5, -5, 2**63, 1e300, None, True, [])
    ),
    Fault("counts that do not fit", search_answer(changed_counts(10**6)), "bad_response"),
]

NETWORK_COMMANDS = ["validate", "emit", "create-index", "history"]
MEASURING_COMMANDS = ["validate", "emit"]
# Enough for a healthy answer on a busy machine, and short enough to wait for.
TIMEOUT = "1s"


def by_name(fault: Fault) -> str:
    return fault.name


@pytest.mark.parametrize("fault", TRANSPORT_FAULTS, ids=by_name)
@pytest.mark.parametrize("command", NETWORK_COMMANDS)
def test_a_server_that_fails(run, stand_in, command, fault):
    server = stand_in(fault.script)
    result = run(command, "--es-url", server.url, "--timeout", TIMEOUT, "--retries", "0")
    result.failed(3, server.url, *fault.words)
    assert result.seconds < 3
    assert server.requests or fault.reason == "unreachable"


@pytest.mark.parametrize("fault", ANSWER_FAULTS, ids=by_name)
@pytest.mark.parametrize("command", MEASURING_COMMANDS)
def test_an_answer_that_is_not_whole(run, stand_in, command, fault):
    server = stand_in(fault.script)
    run(command, "--es-url", server.url, "--timeout", TIMEOUT, "--retries", "0").failed(3, server.url)
    assert not [request for request in server.requests if "backfill_health" in request.path and
                request.method in ("PUT", "POST") and "_search" not in request.path], "emit stored a guess"


OF_A_MEASUREMENT = {"a lower bound", "counts that do not fit"}


@pytest.mark.parametrize("fault", [fault for fault in ANSWER_FAULTS if fault.name not in OF_A_MEASUREMENT], ids=by_name)
def test_a_history_that_is_not_whole(run, stand_in, fault):
    server = stand_in(fault.script)
    run("history", "--es-url", server.url, "--timeout", TIMEOUT, "--retries", "0").failed(3, server.url)


@pytest.mark.parametrize("fault", TRANSPORT_FAULTS + ANSWER_FAULTS, ids=by_name)
def test_serve_keeps_the_last_good_numbers(exporter, stand_in, fault):
    server = stand_in(healthy())
    serving = exporter("--es-url", server.url, "--refresh-interval", "1h", "--timeout", TIMEOUT, "--retries", "0")
    assert serving.refresh().status == 200
    good = serving.metrics()
    assert good["backfill_health_up"] == 1

    server.script = fault.script
    answer = serving.refresh()
    assert answer.status == 503
    assert json.loads(answer.text)["ok"] is False and json.loads(answer.text)["error"]
    failing = serving.metrics()
    kept = [name for name in good if name.startswith("bills_")] + ["backfill_health_last_run_timestamp"]
    assert len(kept) == 4
    assert {name: failing[name] for name in kept} == {name: good[name] for name in kept}
    assert failing["backfill_health_up"] == 0
    reasons = {name for name, value in failing.items() if "refresh_errors_total" in name and value > 0}
    assert reasons == {f'backfill_health_refresh_errors_total{{reason="{fault.reason}"}}'}
    assert serving.get("/readyz").status == 503
    assert serving.get("/healthz").status == 200

    server.script = healthy()
    assert serving.refresh().status == 200
    assert serving.metrics()["backfill_health_up"] == 1
    assert serving.get("/readyz").status == 200


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
        assert result.seconds < 4


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
    assert result.seconds < 2.5


def test_gzip_is_understood(run, stand_in):
    fake = healthy()
    server = stand_in(lambda request: replace(fake(request), gzip=True))
    report = run("validate", "--json", "--es-url", server.url).succeeded()
    assert json.loads(report)["bills_with_dates"] == 20
    assert "gzip" in server.requests[0].headers["accept-encoding"]


def test_one_request_is_one_snapshot(run, stand_in):
    server = stand_in(healthy())
    run("validate", "--es-url", server.url).succeeded()
    (request,) = server.requests
    assert request.path == "/gmail_emails_v2/_search"
    assert request.json["size"] == 0 and request.json["track_total_hits"] is True
    assert request.query["allow_partial_search_results"] == "false"


@pytest.mark.parametrize("prefix", ["/es", "/a/b/"])
def test_a_path_in_the_url_is_kept_as_a_prefix(run, stand_in, prefix):
    server = stand_in(healthy())
    fake = server.script
    server.script = lambda request: fake(replace(request, target=request.target.removeprefix(prefix.rstrip("/"))))
    run("validate", "--es-url", server.url + prefix).succeeded()
    assert {request.path for request in server.requests} == {f"{prefix.rstrip('/')}/gmail_emails_v2/_search"}


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_proxies_of_the_environment_are_not_used(run, stand_in, variable):
    server, proxy = stand_in(healthy()), stand_in(Reply(500))
    run("validate", "--es-url", server.url, env={variable: proxy.url}).succeeded()
    assert proxy.connections == 0


@pytest.mark.parametrize(
    ("index", "path"),
    [
        ("with space", "/with%20space/_search"),
        ("a/b", "/a%2Fb/_search"),
        ("a?b#c", "/a%3Fb%23c/_search"),
        ("a%2Fb", "/a%252Fb/_search"),
        ("ünï", "/%C3%BCn%C3%AF/_search"),
    ],
)
def test_index_names_are_encoded(run, stand_in, index, path):
    server = stand_in(missing(index))
    run("validate", "--es-url", server.url, "--index", index).failed(3)
    assert [request.path for request in server.requests] == [path]


@pytest.mark.parametrize("index", ["..", "."])
@pytest.mark.parametrize("flag", ["--index", "--health-index"])
def test_a_name_that_would_leave_the_path_is_wrong_usage(run, stand_in, index, flag):
    server = stand_in(healthy())
    run("emit", "--es-url", server.url, flag, index).failed(2)
    assert server.connections == 0
