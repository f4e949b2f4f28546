"""A snapshot that was taken reaches its health index once, whatever happens on the way."""

import concurrent.futures
import itertools
import json
import os
import re
from dataclasses import replace

import pytest

from support.emails import DONE, MIDWAY, emails
from support.fake_elasticsearch import bulk, ok, pairs, refusal
from support.spool import READ_ONLY, SHORT, Cluster, delivered, is_write, written_ids
from support.stand_in import Close, Delay, Reply, Request, Reset, Script, Silence, Truncate

DISK_FULL = refusal(429, "cluster_block_exception",
                    "index [backfill_health_v1] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage "
                    "watermark, index has read-only-allow-delete block];")


def only_writes_fail(script: Script) -> Script:
    cluster = Cluster()
    cluster.trouble = script
    return cluster


def each_fails(reply: Reply) -> Script:
    """The request is answered, and its answer says this of each document."""
    return only_writes_fail(lambda request: bulk(replace(reply, json=reply.json | {"_id": id})
                                                 for id in written_ids(request)))


def the_rest_fails(script: Script) -> Script:
    cluster = Cluster()
    return lambda request: cluster(request) if request.path.endswith("/_search") else script


TROUBLES = {
    "429": only_writes_fail(refusal(429, "es_rejected_execution_exception", "rejected execution of a primary write")),
    "403": only_writes_fail(refusal(403, "security_exception", "action [indices:data/write/index] is unauthorized")),
    "401": only_writes_fail(refusal(401, "security_exception", "the key has been invalidated")),
    "400": only_writes_fail(refusal(400, "document_parsing_exception", "failed to parse field [missing]")),
    "read only": only_writes_fail(READ_ONLY),
    "disk full": only_writes_fail(DISK_FULL),
    "503": only_writes_fail(Reply(503, "starting")),
    "500": only_writes_fail(Reply(500)),
    "another 409": only_writes_fail(Reply(409, "<html>Conflict</html>")),
    "cut after the request": only_writes_fail(Close()),
    "reset after the request": only_writes_fail(Reset()),
    "cut within the answer": only_writes_fail(Truncate(bulk([ok({"result": "created"}, 201)]))),
    "silent": only_writes_fail(Silence()),
    "200 that says nothing": only_writes_fail(Reply(json={})),
    "200 that is no JSON": only_writes_fail(Reply(body="<html>")),
    "429 of the document": each_fails(refusal(429, "es_rejected_execution_exception", "rejected execution of a write")),
    "403 of the document": each_fails(READ_ONLY),
    "400 of the document": each_fails(refusal(400, "document_parsing_exception", "failed to parse field [missing]")),
    "503 of the document": each_fails(refusal(503, "unavailable_shards_exception", "primary shard is not active")),
    "another 409 of the document": each_fails(refusal(409, "illegal_state_exception", "no")),
    "updated": each_fails(ok({"result": "updated"})),
    "another document": only_writes_fail(bulk([ok({"_id": "x", "result": "created"}, 201)])),
    "no documents": only_writes_fail(bulk([])),
    "201 without a word": each_fails(ok({}, 201)),
    "dead since the count": the_rest_fails(Close()),
    "silent since the count": the_rest_fails(Silence()),
    "starting since the count": the_rest_fails(Reply(503)),
}


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("retries", [0, 100])
def test_what_cannot_be_stored_is_kept(emit, spool, server, trouble, retries):
    server.script = TROUBLES[trouble]
    result = emit(retries=retries, timeout=SHORT)
    result.failed(3, server.url, f"kept in {spool.folder}", "the next emit will store it")
    assert result.own_seconds < 3
    (kept,) = spool.waiting()
    assert list(kept) == ["url", "index", "id", "document"]
    assert (kept["url"], kept["index"]) == (server.url, "backfill_health_v1")
    document = kept["document"]
    assert document == {"index": "gmail_emails_v2", "missing": 2, "with_dates": 20, "with_expires_at": 18,
                        "ts": document["ts"]}
    assert all(written_ids(request) == [kept["id"]] for request in server.requests if is_write(request))


def test_kept_in_a_file_that_only_its_owner_may_read(spool, keep):
    keep(spool)
    assert [path.stat().st_mode & 0o777 for path in spool.files] == [0o600]


def test_the_next_emit_delivers_it_first_and_then_its_own(emit, spool, cluster, server, keep):
    kept = keep(spool, days_ago=1)
    cluster.fake.indices["gmail_emails_v2"] = list(DONE)
    own = json.loads(delivered(emit()))
    assert own["with_dates"] == 1243
    assert list(cluster.stored.items())[0] == (("backfill_health_v1", kept["id"]), kept["document"])
    assert cluster.documents() == [kept["document"], own]
    assert spool.files == []
    emit().succeeded()
    assert len(cluster.stored) == 3


def test_quiet_delivers_it_silently(emit, spool, cluster, keep):
    keep(spool)
    emit("--quiet").succeeded()
    assert len(cluster.stored) == 2


def test_the_line_tells_of_the_own_snapshot_alone(run, emit, spool, keep, server):
    keep(spool)
    line = delivered(run("emit", "--es-url", server.url, "--spool", spool.folder))
    assert re.fullmatch(r"Emitted backfill health: \{.*\}\n", line)


def test_several_wait_and_arrive_in_the_order_of_their_time(emit, spool, cluster, keep):
    kept = []
    for count in range(5):
        cluster.fake.indices["gmail_emails_v2"] = emails(missing=count)
        kept.append(keep(spool)["document"])
    cluster.fake.indices["gmail_emails_v2"] = list(DONE)
    own = json.loads(delivered(emit(), 5))
    assert cluster.documents() == [*kept, own]
    assert spool.files == []


def test_what_was_stored_of_a_request_does_not_wait_any_more(emit, spool, cluster, keep):
    first, second = keep(spool, days_ago=2), keep(spool, days_ago=1)
    busy = refusal(429, "es_rejected_execution_exception", "rejected execution of a write")
    cluster.trouble = lambda request: bulk(
        cluster.create("backfill_health_v1", head["create"]["_id"], document) if number == 0
        else replace(busy, json=busy.json | {"_id": head["create"]["_id"]})
        for number, (head, document) in enumerate(pairs(request)))
    emit().failed(3, str(spool.folder))
    assert cluster.documents() == [first["document"]]
    waiting = spool.waiting()
    assert waiting[0] == second and len(waiting) == 2

    cluster.trouble = None
    own = json.loads(delivered(emit(), 2))
    assert cluster.documents() == [first["document"], second["document"], waiting[1]["document"], own]


@pytest.mark.parametrize(
    ("spelling", "same"),
    [("http://{address}/", True), ("http://me:canary@{address}", True), ("HTTP://{address}", True),
     ("http://localhost:{port}", False), ("http://{address}/prefix", False)],
)
def test_one_cluster_however_its_url_is_spelled(emit, spool, server, cluster, keep, spelling, same):
    kept = keep(spool, days_ago=1)
    cluster_at = server.script
    server.script = lambda request: cluster_at(replace(request, target=request.target.removeprefix("/prefix")))
    result = emit(url=spelling.format(address=server.address, port=server.port))
    delivered(result) if same else result.succeeded()
    assert (kept["document"] in cluster.documents()) is same and len(cluster.stored) == (2 if same else 1)
    assert spool.waiting() == ([] if same else [kept])


def test_one_that_is_refused_for_ever_does_not_stop_the_others(emit, spool, cluster, keep):
    refused, accepted = keep(spool, days_ago=2), keep(spool, days_ago=1)
    cluster.refused[refused["id"]] = refusal(400, "document_parsing_exception", "failed to parse field [missing]")
    result = emit()
    assert result.code == 0 and json.loads(result.stdout) in cluster.documents()
    assert refused["id"] in result.stderr and "failed to parse field" in result.stderr and "count=1" in result.stderr
    assert spool.waiting() == [refused] and accepted["document"] in cluster.documents()
    cluster.refused.clear()
    delivered(emit())
    assert refused["document"] in cluster.documents() and spool.files == []


def test_a_document_that_meets_a_busy_engine_is_tried_again(emit, spool, cluster, server):
    """Retries go by the documents' own statuses, too; what was stored meanwhile is not doubled."""
    attempts = itertools.count()
    busy = refusal(429, "es_rejected_execution_exception", "rejected execution of a write")

    def script(request: Request) -> Reply:
        if next(attempts) > 1:
            return cluster.store(request)
        return bulk(replace(busy, json=busy.json | {"_id": id}) for id in written_ids(request))

    cluster.trouble = script
    own = json.loads(emit(retries=3).succeeded())
    assert cluster.documents() == [own] and next(attempts) == 3
    assert spool.files == []


def test_a_long_queue_takes_few_requests(emit, spool, cluster, server, keep):
    kept = keep(spool, days_ago=1)
    for number in range(1200):
        id = f"{kept['id'][:-6]}{number:06}"
        (spool.folder / f"{id}.ndjson").write_text(json.dumps({**kept, "id": id}) + "\n")
    server.requests.clear()
    delivered(emit(timeout="20s"), 1201)
    assert len(cluster.stored) == 1202 and spool.files == []
    assert len([request for request in server.requests if is_write(request)]) == 3


def test_the_order_of_the_nodes_does_not_matter(stand_in, emit, spool, cluster, keep):
    one, other = stand_in(cluster), stand_in(cluster)
    keep(spool, url=f"{one.url},{other.url}")
    delivered(emit(url=f"{other.url},{one.url}"))
    assert (len(cluster.stored), spool.files) == (2, [])


def test_another_cluster_never_gets_it(stand_in, emit, spool, cluster, keep):
    kept = keep(spool)
    staging = Cluster()
    own = json.loads(emit(url=stand_in(staging).url).succeeded())
    assert staging.documents() == [own] and cluster.stored == {}
    assert spool.waiting() == [kept]


def test_another_health_index_never_gets_it(emit, spool, cluster, keep):
    kept = keep(spool)
    own = json.loads(emit("--health-index", "other_v1").succeeded())
    assert cluster.documents("other_v1") == [own] and cluster.documents() == []
    assert spool.waiting() == [kept]


def test_another_backfill_to_the_same_index_delivers_it(emit, spool, cluster, keep):
    kept = keep(spool)
    delivered(emit("--name", "bills", "--population", "category=offers"))
    assert cluster.documents()[0] == kept["document"] and spool.files == []


def lost_answer(cluster: Cluster, times: int) -> Script:
    """Stores, and cuts the connection where its answer should be."""
    lost = itertools.count()

    def script(request: Request) -> Script:
        reply = cluster.store(request)
        return Close() if next(lost) < times else reply

    return script


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_retry_after_a_lost_answer_stores_once(emit, spool, cluster, server, times):
    cluster.trouble = lost_answer(cluster, times)
    own = json.loads(emit(retries=3).succeeded())
    writes = [tuple(written_ids(request)) for request in server.requests if is_write(request)]
    assert len(writes) == times + 1 and len(set(writes)) == 1
    assert cluster.documents() == [own]
    assert spool.files == []


def test_a_conflict_of_what_has_waited_means_that_it_is_stored(emit, spool, cluster):
    cluster.trouble = lost_answer(cluster, times=100)
    emit().failed(3, str(spool.folder))
    assert len(cluster.stored) == 1
    (kept,) = spool.waiting()
    cluster.trouble = None
    own = json.loads(delivered(emit()))
    assert cluster.documents() == [kept["document"], own]
    assert spool.files == []


def test_each_snapshot_has_an_id_of_its_own(emit, cluster, server):
    for _ in range(20):
        emit().succeeded()
    assert len(cluster.stored) == len([request for request in server.requests if is_write(request)]) == 20


class TestMissingHealthIndex:
    """It is created first, and nobody waits for that."""

    def test_nothing_is_kept(self, emit, spool, cluster):
        del cluster.fake.indices["backfill_health_v1"]
        emit().failed(3, "create-index")
        assert spool.files == []

    def test_nothing_is_kept_where_only_the_write_tells(self, emit, spool, cluster, server):
        del cluster.fake.indices["backfill_health_v1"]
        server.script = lambda request: Reply(403) if request.method == "HEAD" else cluster(request)
        emit().failed(3)
        assert spool.files == []

    def test_what_was_kept_before_goes_on_waiting(self, emit, spool, cluster, keep):
        kept = keep(spool)
        index = cluster.fake.indices.pop("backfill_health_v1")
        emit().failed(3, "create-index")
        assert spool.waiting() == [kept]
        cluster.fake.indices["backfill_health_v1"] = index
        delivered(emit())
        assert cluster.documents()[0] == kept["document"]


def test_what_cannot_be_measured_is_not_kept_and_delivers_nothing(emit, spool, cluster, keep):
    kept = keep(spool)
    emit("--index", "absent").failed(3)
    assert spool.waiting() == [kept] and cluster.stored == {}


@pytest.mark.parametrize("flag", ["--index", "--health-index", "--name", "--field", "--derived", "--population"])
@pytest.mark.parametrize("where", ["cluster", "files"])
def test_a_name_that_is_no_utf_8_would_be_no_json(run, server, files, spool, flag, where):
    files.path("gmail_emails_v2").touch()
    (files.folder / os.fsdecode(b"\xff=.ndjson")).touch()
    url = server.url if where == "cluster" else files.url
    run.shell(f"$PROGRAM emit --es-url {url} --spool {spool.folder} {flag} \"$(printf '\\377=')\"").failed(2)
    assert server.requests == [] and spool.files == [] and not files.path("backfill_health_v1").exists()


def test_two_emits_at_once_deliver_it_once(emit, spool, cluster, keep):
    kept = [keep(spool)["document"] for _ in range(3)]
    cluster.trouble = lambda request: Delay(0.02, cluster.store(request))
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        own = [json.loads(result.stdout) for result in pool.map(lambda _: emit(), range(4))]
    assert sorted(map(json.dumps, cluster.documents())) == sorted(map(json.dumps, kept + own))
    assert spool.files == []


def test_the_embedded_store_needs_no_spool(run, files, spool):
    index = files.load(MIDWAY)
    run("emit", "--es-url", files.url, "--index", index, "--spool", spool.folder).succeeded()
    files.path("backfill_health_v1").unlink()
    files.path("backfill_health_v1").mkdir()
    line = run("emit", "--es-url", files.url, "--index", index, "--spool", spool.folder).failed(3)
    assert "is kept" not in line and spool.files == []


def test_the_real_engine_s_read_only_index(run, engine, indices, spool):
    index, health = indices.load(MIDWAY), indices.unused_name("health")
    run("create-index", "--es-url", engine.url, "--health-index", health).succeeded()

    def emit():
        return run("emit", "--json", "--es-url", engine.url, "--index", index, "--health-index", health, "--spool",
                   spool.folder, "--retries", "0")

    def block(name: str, value: bool | None) -> None:
        engine.do("PUT", f"{health}/_settings", {f"index.blocks.{name}": value})

    kept = []
    for name in ("read_only", "write", "read_only_allow_delete"):
        block(name, True)
        emit().failed(3, "cluster_block_exception", str(spool.folder))
        block(name, None)
        kept = [line["document"] for line in spool.waiting()]
    assert len(kept) == 3
    own = json.loads(delivered(emit(), 3))
    assert engine.documents(health) == [*kept, own]
    assert spool.files == []
