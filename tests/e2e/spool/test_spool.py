"""A snapshot that was taken reaches its health index once, whatever happens on the way.

NOTHING_LOST_KILLS is how many times `emit` is killed in each of the tests that do it.
"""

import concurrent.futures
import itertools
import json
import os
import pathlib
import random
import re
import statistics
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from support.emails import DONE, MIDWAY, emails
from support.fake_elasticsearch import FakeElasticsearch, missing, ok, refusal
from support.program import Program
from support.requirements import tool
from support.stand_in import Close, Delay, Reply, Request, Reset, Script, Silence, StandIn, Truncate

KILLS = int(os.environ.get("NOTHING_LOST_KILLS", "150"))
TIMEOUT = "500ms"

READ_ONLY = refusal(403, "cluster_block_exception",
                    "index [backfill_health_v1] blocked by: [FORBIDDEN/5/index read-only (api)];")
DISK_FULL = refusal(429, "cluster_block_exception",
                    "index [backfill_health_v1] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage "
                    "watermark, index has read-only-allow-delete block];")


class Cluster:
    """Stores by id, as Elasticsearch does. `trouble` is what a write meets instead."""

    def __init__(self) -> None:
        self.fake = FakeElasticsearch(gmail_emails_v2=list(MIDWAY), backfill_health_v1=[], other_v1=[])
        self.stored: dict[tuple[str, str], dict] = {}  # by index and id, in the order of their arrival
        self.trouble: Script | None = None
        self.refused: str | None = None  # the id of a document that does not fit the mapping
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Script:
        if is_write(request):
            return self.trouble or self.store(request)
        return self.fake(request)

    def store(self, request: Request) -> Reply:
        index, id = target(request)
        if index not in self.fake.indices:
            return missing(index)
        if id == self.refused:
            return refusal(400, "document_parsing_exception", "failed to parse field [missing]")
        with self._lock:
            if (index, id) in self.stored:
                return refusal(409, "version_conflict_engine_exception",
                               f"[{id}]: version conflict, document already exists (current version [1])")
            self.stored[index, id] = request.json
        return ok({"_index": index, "_id": id, "_version": 1, "result": "created"}, 201)

    def documents(self, index: str = "backfill_health_v1") -> list[dict]:
        return [document for (at, _), document in self.stored.items() if at == index]


def is_write(request: Request) -> bool:
    return request.method == "PUT" and "/_create/" in request.path


def target(request: Request) -> tuple[str, str]:
    """The index and the id of a write."""
    index, id = re.fullmatch(r"/([^/]+)/_create/([^/]+)", request.path).groups()
    return index, id


@dataclass
class Spool:
    folder: pathlib.Path

    @property
    def files(self) -> list[pathlib.Path]:
        return sorted(self.folder.iterdir()) if self.folder.exists() else []

    def waiting(self) -> list[dict]:
        """Each file is one whole line."""
        contents = [path.read_text() for path in self.files]
        assert all(content.endswith("\n") and content.count("\n") == 1 for content in contents), contents
        return [json.loads(content) for content in contents]


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


@pytest.fixture
def server(stand_in, cluster) -> StandIn:
    return stand_in(cluster)


@pytest.fixture
def spool(tmp_path) -> Spool:
    return Spool(tmp_path / "spool")


@pytest.fixture
def emit(run, server, spool):
    def go(*options, url: str = server.url, retries: int = 0):
        return run("emit", "--json", "--es-url", url, "--spool", spool.folder, "--timeout", TIMEOUT, "--retries", retries,
                   *options)

    return go


@pytest.fixture
def keep(emit, cluster):
    """Takes a snapshot that has to wait, as if so many days ago, and returns its line of the spool."""

    def go(spool: Spool, *options, days_ago: int = 0, **more) -> dict:
        before = spool.files
        cluster.trouble = Reply(503)
        emit(*options, **more).failed(3)
        cluster.trouble = None
        (path,) = [path for path in spool.files if path not in before]
        line = json.loads(path.read_text())
        line["document"]["ts"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - days_ago * 86400))
        path.write_text(json.dumps(line) + "\n")
        return line

    return go


def only_writes_fail(script: Script) -> Script:
    cluster = Cluster()
    cluster.trouble = script
    return cluster


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
    "cut within the answer": only_writes_fail(Truncate(ok({"result": "created"}, 201))),
    "silent": only_writes_fail(Silence()),
    "200 that says nothing": only_writes_fail(Reply(json={})),
    "200 that is no JSON": only_writes_fail(Reply(body="<html>")),
    "updated": only_writes_fail(ok({"result": "updated"})),
    "dead since the count": the_rest_fails(Close()),
    "silent since the count": the_rest_fails(Silence()),
    "starting since the count": the_rest_fails(Reply(503)),
}


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("retries", [0, 100])
def test_what_cannot_be_stored_is_kept(emit, spool, server, trouble, retries):
    server.script = TROUBLES[trouble]
    result = emit(retries=retries)
    result.failed(3, server.url, f"kept in {spool.folder}", "the next emit delivers it")
    assert result.seconds < 3
    (kept,) = spool.waiting()
    assert list(kept) == ["url", "index", "id", "document"]
    assert (kept["url"], kept["index"]) == (server.url, "backfill_health_v1")
    document = kept["document"]
    assert document == {"index": "gmail_emails_v2", "missing": 2, "with_dates": 20, "with_expires_at": 18,
                        "ts": document["ts"]}
    assert {target(request)[1] for request in server.requests if is_write(request)} <= {kept["id"]}


def test_kept_in_a_file_that_only_its_owner_may_read(spool, keep):
    keep(spool)
    assert [path.stat().st_mode & 0o777 for path in spool.files] == [0o600]


def test_the_next_emit_delivers_it_first_and_then_its_own(emit, spool, cluster, server, keep):
    kept = keep(spool, days_ago=1)
    cluster.fake.indices["gmail_emails_v2"] = list(DONE)
    own = json.loads(emit().succeeded())
    assert own["with_dates"] == 1243
    assert list(cluster.stored.items())[0] == (("backfill_health_v1", kept["id"]), kept["document"])
    assert cluster.documents() == [kept["document"], own]
    assert spool.files == []
    emit().succeeded()
    assert len(cluster.stored) == 3


def test_the_line_tells_of_the_own_snapshot_alone(run, emit, spool, keep, server):
    keep(spool)
    line = run("emit", "--es-url", server.url, "--spool", spool.folder).succeeded()
    assert re.fullmatch(r"Emitted backfill health: \{.*\}\n", line)


def test_several_wait_and_arrive_in_the_order_of_their_time(emit, spool, cluster, keep):
    kept = []
    for count in range(5):
        cluster.fake.indices["gmail_emails_v2"] = emails(missing=count)
        kept.append(keep(spool)["document"])
    cluster.fake.indices["gmail_emails_v2"] = list(DONE)
    own = json.loads(emit().succeeded())
    assert cluster.documents() == [*kept, own]
    assert spool.files == []


def test_what_arrived_before_the_next_failure_does_not_wait_any_more(emit, spool, cluster, keep):
    first, second = keep(spool, days_ago=2), keep(spool, days_ago=1)
    allowed = itertools.count()
    cluster.trouble = lambda request: cluster.store(request) if next(allowed) == 0 else Reply(503)
    emit().failed(3, str(spool.folder))
    assert cluster.documents() == [first["document"]]
    waiting = spool.waiting()
    assert waiting[0] == second and len(waiting) == 2

    cluster.trouble = None
    own = json.loads(emit().succeeded())
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
    emit(url=spelling.format(address=server.address, port=server.port)).succeeded()
    assert (kept["document"] in cluster.documents()) is same and len(cluster.stored) == (2 if same else 1)
    assert spool.waiting() == ([] if same else [kept])


def test_one_that_is_refused_for_ever_does_not_stop_the_others(emit, spool, cluster, keep):
    refused, accepted = keep(spool, days_ago=2), keep(spool, days_ago=1)
    cluster.refused = refused["id"]
    result = emit()
    assert result.code == 0 and json.loads(result.stdout) in cluster.documents()
    assert refused["id"] in result.stderr and "failed to parse field" in result.stderr and result.stderr.count("\n") == 1
    assert spool.waiting() == [refused] and accepted["document"] in cluster.documents()
    cluster.refused = None
    emit().succeeded()
    assert refused["document"] in cluster.documents() and spool.files == []


def test_the_order_of_the_nodes_does_not_matter(stand_in, emit, spool, cluster, keep):
    one, other = stand_in(cluster), stand_in(cluster)
    keep(spool, url=f"{one.url},{other.url}")
    emit(url=f"{other.url},{one.url}").succeeded()
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
    emit("--name", "offers", "--population", "category=offers").succeeded()
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
    writes = [target(request) for request in server.requests if is_write(request)]
    assert len(writes) == times + 1 and len(set(writes)) == 1
    assert cluster.documents() == [own]
    assert spool.files == []


def test_a_conflict_of_what_has_waited_means_that_it_is_stored(emit, spool, cluster):
    cluster.trouble = lost_answer(cluster, times=100)
    emit().failed(3, str(spool.folder))
    assert len(cluster.stored) == 1
    (kept,) = spool.waiting()
    cluster.trouble = None
    own = json.loads(emit().succeeded())
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
        emit().succeeded()
        assert cluster.documents()[0] == kept["document"]


def test_what_cannot_be_measured_is_not_kept_and_delivers_nothing(emit, spool, cluster, keep):
    kept = keep(spool)
    emit("--index", "absent").failed(3)
    assert spool.waiting() == [kept] and cluster.stored == {}


class TestFolder:
    @pytest.fixture
    def fail(self, run, server, cluster):
        def go(*options, env=None):
            cluster.trouble = Reply(503)
            return run("emit", "--es-url", server.url, "--retries", "0", *options, env=env).failed(3)

        return go

    @pytest.mark.parametrize(
        ("env", "folder"),
        [
            ({}, ".local/state/backfill-health/spool"),
            ({"XDG_STATE_HOME": "{home}/state"}, "state/backfill-health/spool"),
            ({"XDG_STATE_HOME": "", "HOME": "{home}/me"}, "me/.local/state/backfill-health/spool"),
            ({"XDG_STATE_HOME": "relative", "HOME": "{home}/me"}, "me/.local/state/backfill-health/spool"),
        ],
    )
    def test_where_it_is(self, fail, tmp_path, env, folder):
        line = fail(env={name: value.format(home=tmp_path) for name, value in env.items()})
        assert f"kept in {tmp_path / folder}"[:100] in line
        assert len(Spool(tmp_path / folder).waiting()) == 1

    def test_a_flag_beats_the_environment(self, fail, tmp_path):
        fail("--spool", tmp_path / "a/b/c")
        assert len(Spool(tmp_path / "a/b/c").waiting()) == 1
        assert not (tmp_path / ".local").exists()

    def test_nothing_is_made_where_nothing_waits(self, run, server, tmp_path):
        run("validate", "--es-url", server.url).succeeded()
        assert list(tmp_path.iterdir()) == []

    def test_without_a_home_it_is_stored_or_lost(self, run, fail, cluster, server, tmp_path):
        nowhere = {"XDG_STATE_HOME": "", "HOME": ""}
        assert "kept" not in fail(env=nowhere)
        cluster.trouble = None
        run("emit", "--es-url", server.url, env=nowhere).succeeded()
        assert len(cluster.stored) == 1 and list(tmp_path.iterdir()) == []

    @pytest.fixture(params=["a file", "below a file", "no room"])
    def unusable(self, request, tmp_path) -> tuple[pathlib.Path, dict]:
        (tmp_path / "file").write_text("mine\n")
        if request.param == "no room":
            return tmp_path / "spool", {"under": (tool("prlimit", "util-linux"), "--fsize=10")}
        return tmp_path / "file" / ("x" if request.param == "below a file" else ""), {}

    def test_an_unusable_one_does_not_hinder(self, run, server, cluster, unusable, tmp_path):
        folder, more = unusable
        run("emit", "--es-url", server.url, "--spool", folder, **more).succeeded()
        assert len(cluster.stored) == 1
        assert (tmp_path / "file").read_text() == "mine\n"

    def test_and_the_line_says_what_that_costs(self, run, server, cluster, unusable, tmp_path):
        folder, more = unusable
        cluster.trouble = READ_ONLY
        line = run("emit", "--es-url", server.url, "--spool", folder, **more).failed(3, server.url)
        assert "the snapshot is lost" in line and "is kept" not in line
        assert (tmp_path / "file").read_text() == "mine\n"
        assert Spool(tmp_path / "spool").files == []

    @pytest.mark.parametrize("content", ["", "{", "null\n", "[]\n", '{"url": 1}\n', "\xff\n", "x" * 100_000])
    def test_what_is_not_ours_is_left_alone(self, emit, spool, cluster, keep, content):
        kept = keep(spool)
        foreign = spool.folder / "000000000000-0.ndjson"
        foreign.write_bytes(content.encode("latin-1"))
        emit().succeeded()
        assert cluster.documents()[0] == kept["document"]
        assert spool.files == [foreign] and foreign.read_bytes() == content.encode("latin-1")


    def test_a_file_of_another_name_is_left_alone(self, emit, spool, cluster, keep):
        """What is stored is deleted, by its id: that must not be another file."""
        kept = keep(spool)
        (path,) = spool.files
        kept["id"] = "../mine"
        path.write_text(json.dumps(kept) + "\n")
        (spool.folder.parent / "mine.ndjson").write_text("mine\n")
        emit().succeeded()
        assert spool.waiting() == [kept] and len(cluster.stored) == 1
        assert (spool.folder.parent / "mine.ndjson").read_text() == "mine\n"

    def test_without_a_home_there_is_none(self, run, server, cluster):
        """And what cannot be stored is lost, which the line says."""
        no_home = {"HOME": "", "XDG_STATE_HOME": ""}
        run("emit", "--es-url", server.url, env=no_home).succeeded()
        cluster.trouble = READ_ONLY
        run("emit", "--es-url", server.url, env=no_home).failed(3, server.url, "the snapshot is lost", "--spool")


# Of the calls that do the same, a machine may lack some, which is what the ? is for.
MKDIR, RENAME, UNLINK = "?mkdir,mkdirat", "?rename,?renameat,renameat2,linkat", "?unlink,unlinkat"


class TestDisk:
    @pytest.fixture
    def trace(self, run, server, spool, tmp_path):
        """emit under strace with these options; what it traced is in the file `trace`."""

        def go(*options: str):
            under = (tool("strace", "strace"), "-f", "-y", "-o", str(tmp_path / "trace"), *options)
            leaks_need_ptrace = {"ASAN_OPTIONS": "detect_leaks=0"}
            return run("emit", "--es-url", server.url, "--spool", spool.folder, under=under, env=leaks_need_ptrace)

        return go

    def test_it_is_there_before_the_first_try(self, trace, spool, tmp_path):
        """The file and its name: fsync of both, and only then the write to the cluster."""
        trace("-e", f"trace=write,fsync,sendmsg,{RENAME},{UNLINK}").succeeded()
        calls = [line for line in (tmp_path / "trace").read_text().splitlines() if str(spool.folder) in line or '"PUT' in line]
        names = [re.search(r"(\w+)\(", call)[1] for call in calls]
        written, synced, named, folder_synced, sent, deleted = names
        assert (written, synced, folder_synced, sent) == ("write", "fsync", "fsync", "sendmsg"), calls
        assert named in RENAME and f"<{spool.folder}>" in calls[3] and deleted in UNLINK, calls

    @pytest.mark.parametrize(
        ("call", "error", "times"),
        [(MKDIR, "ENOSPC", 1), ("openat", "EMFILE", 4), ("fsync", "EIO", 2), (RENAME, "ENOSPC", 1), (UNLINK, "EROFS", 1)],
        ids=["mkdir", "openat", "fsync", "rename", "unlink"],
    )
    def test_an_error_there_neither_hinders_nor_lies(self, trace, emit, spool, cluster, call, error, times):
        """Only calls of the spool are disturbed, the first of them, then the second."""
        only = ("-P", str(spool.folder)) if call == "openat" else ()
        for number in range(1, times + 1):
            trace(*only, "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={number}").succeeded()
            assert len(cluster.stored) == 2 * number - 1, f"printed, and not stored: {call} {number}"
            emit().succeeded()
            assert len(cluster.stored) == 2 * number and spool.files == []


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
        own = [json.loads(result.succeeded()) for result in pool.map(lambda _: emit(), range(4))]
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
    own = json.loads(emit().succeeded())
    assert engine.documents(health) == [*kept, own]
    assert spool.files == []


class Killer:
    """Runs `emit` again and again, and kills it anywhere between its start and a little behind its usual end."""

    def __init__(self, program: Program, *arguments: object, normal_seconds: float, random: random.Random) -> None:
        self._program = program
        self._arguments = list(map(str, arguments))
        self._normal_seconds = normal_seconds
        self._random = random
        self.killed = 0
        self.printed: list[dict] = []

    def __call__(self, index: str, waiting: int) -> None:
        command = [str(self._program.path), "emit", "--json", "--index", index, *self._arguments]
        process = subprocess.Popen(command, env=self._program.environment(), cwd=self._program.home,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            usual_end = self._normal_seconds * (1 + waiting)
            stdout, _ = process.communicate(timeout=self._random.uniform(0, 1.2 * usual_end))
        except subprocess.TimeoutExpired:
            process.kill()
            stdout, _ = process.communicate()
        was_killed = process.returncode == -9
        self.killed += was_killed
        # The machine gets slower and faster meanwhile: one in five shall come to its end.
        self._normal_seconds *= 1.05 if was_killed else 0.8
        if stdout:
            assert stdout.endswith(b"\n") and stdout.count(b"\n") == 1, stdout
            self.printed.append(json.loads(stdout))


def normal_seconds(run: Program, *arguments: object) -> float:
    return statistics.median(run("emit", *arguments).seconds for _ in range(5))


def kill_many(run: Program, writers: int, *arguments: object, indices: list[str], seconds: float,
              look: Callable[[], int]) -> list[dict]:
    """Returns what was printed as emitted. `look` is at what each of them has left, and returns how much of it waits."""
    killers = [Killer(run, *arguments, normal_seconds=seconds, random=random.Random(number)) for number in range(writers)]

    def work(number: int) -> None:
        for index in indices[number::writers]:
            killers[number](index, waiting=look())
        look()

    with concurrent.futures.ThreadPoolExecutor(writers) as pool:
        list(pool.map(work, range(writers)))
    killed = sum(killer.killed for killer in killers)
    printed = [document for killer in killers for document in killer.printed]
    # Or the kills came all too early, or all too late, and the test shows nothing.
    assert killed > len(indices) / 10 and len(printed) > len(indices) / 50, f"{killed} killed, {len(printed)} printed"
    return printed


class TestKills:
    """Each `emit` measures an index of its own, so that its snapshot can be told from the others'."""

    INDICES = [f"emails-{number}" for number in range(KILLS)]

    @pytest.mark.parametrize("writers", [1, 2])
    def test_nothing_that_was_kept_is_lost_or_doubled(self, run, server, spool, cluster, writers):
        chance = random.Random(writers)
        cluster.fake.indices |= dict.fromkeys(self.INDICES, list(MIDWAY))

        def slow_and_sometimes_bad(request: Request) -> Script:
            fate = chance.random()
            if fate < 0.1:
                return Reply(503)
            reply = cluster.store(request) if fate < 0.9 else Close()
            # Where the answer is lost, it may come before or behind the write.
            return Close() if 0.9 > fate > 0.8 else Delay(chance.uniform(0, 0.01), reply)

        arguments = ("--es-url", server.url, "--spool", spool.folder, "--retries", "2")
        cluster.trouble = lambda request: Delay(0.005, cluster.store(request))
        seconds = normal_seconds(run, *arguments)
        cluster.stored.clear()
        cluster.trouble = slow_and_sometimes_bad

        promised: dict[str, dict] = {}

        def look() -> int:
            paths = list(spool.folder.glob("*.ndjson"))
            for path in paths:
                try:
                    line = path.read_text()
                except FileNotFoundError:
                    continue  # the other one has just delivered it
                assert line.endswith("\n") and line.count("\n") == 1, line
                promised[json.loads(line)["id"]] = json.loads(line)["document"]
            return len(paths)

        printed = kill_many(run, writers, *arguments, indices=self.INDICES, seconds=seconds, look=look)
        assert promised, "nothing ever waited"
        cluster.trouble = None
        run("emit", *arguments).succeeded()

        documents = cluster.documents()
        emitted = [document["index"] for document in documents]
        assert len(emitted) == len(set(emitted)), "one snapshot is stored under two ids"
        for document in printed:
            assert document in documents, "printed, and not stored"
        for id, document in promised.items():
            assert cluster.stored.get(("backfill_health_v1", id)) == document, "kept, and not stored"
        assert spool.files == []

    @pytest.mark.parametrize("writers", [1, 2])
    def test_the_embedded_store_has_each_line_whole_and_once(self, run, files, writers):
        for index in ("gmail_emails_v2", *self.INDICES):
            files.path(index).write_text('{"category":"bills"}\n')
        arguments = ("--es-url", files.url)
        seconds = normal_seconds(run, *arguments)
        health = files.path("backfill_health_v1")
        health.unlink()

        def look() -> int:
            text = health.read_text() if health.exists() else ""
            assert not text or text.endswith("\n")
            return 0

        printed = kill_many(run, writers, *arguments, indices=self.INDICES, seconds=seconds, look=look)
        run("emit", *arguments).succeeded()

        documents = files.documents("backfill_health_v1")
        emitted = [document["index"] for document in documents]
        assert len(emitted) == len(set(emitted)) and emitted[-1] == "gmail_emails_v2"
        for document in printed:
            assert document in documents, "printed, and not stored"
