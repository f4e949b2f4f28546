"""Each fault of the server × each command that talks to it: one line, the right exit code, no number, in bounded time."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from support.fake_elasticsearch import healthy, missing, refusal
from support.program import NETWORK_COMMANDS
from support.stand_in import Close, Drip, Endless, Raw, Reply, Request, Reset, Script, Silence, Truncate

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
    Fault("redirect", Reply(302, headers={"Location": "https://login.example/"}), "rejected", ("302", "https://login.example/")),
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

MEASURING_COMMANDS = ["validate", "emit"]


def timeout_for(fault: Fault) -> str:
    """Short only where a test waits for its end."""
    return "1s" if fault.reason == "timeout" else "20s"


def by_name(fault: Fault) -> str:
    return fault.name


@pytest.mark.parametrize("fault", TRANSPORT_FAULTS, ids=by_name)
@pytest.mark.parametrize("command", NETWORK_COMMANDS)
def test_a_server_that_fails(run, stand_in, command, fault):
    server = stand_in(fault.script)
    result = run(command, "--es-url", server.url, "--timeout", timeout_for(fault), "--retries", "0")
    result.failed(3, server.url, *fault.words)
    assert result.own_seconds < 3
    assert server.requests or fault.reason == "unreachable"


@pytest.mark.parametrize("fault", ANSWER_FAULTS, ids=by_name)
@pytest.mark.parametrize("command", MEASURING_COMMANDS)
def test_an_answer_that_is_not_whole(run, stand_in, command, fault):
    server = stand_in(fault.script)
    run(command, "--es-url", server.url, "--timeout", timeout_for(fault), "--retries", "0").failed(3, server.url)
    assert not [request for request in server.requests if "backfill_health" in request.path and
                request.method in ("PUT", "POST") and "_search" not in request.path], "emit stored a guess"


OF_A_MEASUREMENT = {"a lower bound", "counts that do not fit"}


@pytest.mark.parametrize("fault", [fault for fault in ANSWER_FAULTS if fault.name not in OF_A_MEASUREMENT], ids=by_name)
def test_a_history_that_is_not_whole(run, stand_in, fault):
    server = stand_in(fault.script)
    run("history", "--es-url", server.url, "--timeout", timeout_for(fault), "--retries", "0").failed(3, server.url)


@pytest.mark.parametrize("fault", TRANSPORT_FAULTS + ANSWER_FAULTS, ids=by_name)
def test_serve_keeps_the_last_good_numbers(exporter, stand_in, fault):
    server = stand_in(healthy())
    serving = exporter("--es-url", server.url, "--refresh-interval", "1h", "--timeout", timeout_for(fault), "--retries", "0")
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
