"""`emit` is killed anywhere, and nothing that was printed or kept is lost or doubled.

NOTHING_LOST_KILLS is how many times it is killed in each of the tests that do it.
"""

import concurrent.futures
import json
import os
import random
import statistics
import subprocess
from collections.abc import Callable

import pytest

from support.emails import MIDWAY
from support.program import Program
from support.stand_in import Close, Delay, Reply, Request, Script

KILLS = int(os.environ.get("NOTHING_LOST_KILLS", "150"))

pytestmark = pytest.mark.timeout(120 + KILLS)


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
            stdout, _ = process.communicate(timeout=30)
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
        assert run("emit", *arguments).code == 0

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
