#!/usr/bin/env python3
"""Lives with `validate`, `emit`, `watch` and `serve` on three nodes that are killed, stopped and started again at random,
while a backfill writes to them.

Every number must lie between what was there one refresh interval before the question and what may have been there at the
answer, or there must be no number; every snapshot that was emitted is stored once. The first violation ends it.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from cluster import Cluster, ask  # noqa: E402
from logged_writer import LoggedWriter, Truth  # noqa: E402
from scrapers import Violation, must  # noqa: E402
from support.elasticsearch import EMAIL_MAPPING, build  # noqa: E402
from support.program import Exporter, Program, binary, parse_samples  # noqa: E402
from support.session import Unavailable  # noqa: E402
from support.spool import spooled  # noqa: E402

INDEX = "gmail_emails_v2"
HEALTH_INDEX = "backfill_health_v1"
REFRESH = 1.0
TIMEOUT = 4.0
MAX_STALE = 15.0
RECOVERY = 120.0


class User(threading.Thread):
    """Uses a command again and again, and holds what it says against the truth."""

    def __init__(self, soak: "ClusterSoak") -> None:
        super().__init__(daemon=True)
        self.soak = soak
        self.program = soak.program
        self.violation: str | None = None
        self.stopping = threading.Event()
        self.numbers = 0
        self.refusals = 0

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                self.use()
                self.stopping.wait(0.2)
        except Exception as violation:
            self.violation = f"{type(self).__name__}: {violation}"

    def use(self) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        self.stopping.set()
        self.join(timeout=60)

    def expect_true(self, numbers: tuple[int, int, int], asked: float, answered: float) -> None:
        truth = self.soak.writer.truth(asked, answered, REFRESH)
        self.numbers += 1
        must(truth.holds(*numbers), f"{numbers} between {asked:.3f} and {answered:.3f}, where {truth} is true")

    def command(self, *arguments: str):
        return self.program(*arguments, "--es-url", self.soak.cluster.urls, "--timeout", f"{TIMEOUT:g}s", timeout=60)


class Validator(User):
    def use(self) -> None:
        asked = time.time()
        result = self.command("validate", "--json")
        if result.code == 3:
            result.failed(3)
            self.refusals += 1
            return
        must(result.code == 0, str(result))
        report = json.loads(result.stdout)
        self.expect_true((report["missing_dates_count"], report["bills_with_dates"], report["bills_with_expires_at"]),
                         asked, time.time())


class Emitter(User):
    """With a spool of its own, as each host has one."""

    def __init__(self, soak: "ClusterSoak", folder: pathlib.Path) -> None:
        super().__init__(soak)
        self.program = Program(folder)
        self.emitted: list[str] = []
        self.spooled: dict[str, str] = {}

    def use(self) -> None:
        asked = time.time()
        result = self.command("emit", "--json")
        for identifier, line in self.waiting().items():
            if identifier not in self.spooled:
                self.spooled[identifier] = line
                self.expect_document(line, asked)
        if result.code == 3:
            must(result.stdout == b"", f"emit failed, and printed {result.stdout!r}")
            self.refusals += 1
            return
        must(result.code == 0, str(result))
        line = result.stdout.decode().strip()
        self.emitted.append(line)
        self.expect_document(line, asked)
        self.stopping.wait(0.5)

    def expect_document(self, line: str, asked: float) -> None:
        document = json.loads(line)
        self.expect_true((document["missing"], document["with_dates"], document["with_expires_at"]), asked, time.time())

    def waiting(self) -> dict[str, str]:
        return {identifier: json.dumps(json.loads(path.read_text())["document"])
                for identifier, path in spooled(self.program).items()}


class Watcher(User):
    def __init__(self, soak: "ClusterSoak") -> None:
        super().__init__(soak)
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", str(soak.program.path), "watch", "--json", "--interval", "1s", "--es-url",
             soak.cluster.urls, "--timeout", f"{TIMEOUT:g}s"], env=soak.program.environment(), cwd=soak.program.home,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def use(self) -> None:
        for line in self.process.stdout:
            answered = time.time()
            told = json.loads(line)
            self.expect_true((told["missing_dates_count"], told["bills_with_dates"], told["bills_with_expires_at"]),
                             answered - TIMEOUT - 1, answered)
        must(self.stopping.is_set(), f"watch ended with {self.process.wait(timeout=10)}")

    def stop(self) -> None:
        self.stopping.set()
        self.process.terminate()
        self.join(timeout=60)
        self.process.wait(timeout=30)
        self.process.stdout.close()


class Scraper(User):
    """Numbers are of the last success, and go when they are too old."""

    def __init__(self, soak: "ClusterSoak") -> None:
        super().__init__(soak)
        self.serving = Exporter(soak.program, "--es-url", soak.cluster.urls, "--refresh-interval", "1s", "--timeout",
                                f"{TIMEOUT:g}s", "--max-stale", f"{MAX_STALE:g}s")

    def use(self) -> None:
        samples = parse_samples(self.serving.get("/metrics").text)
        now = time.time()
        shown = tuple(samples.get(f"bills_{name}") for name in ("missing_dates", "with_dates", "with_expires_at"))
        last = samples["backfill_health_last_run_timestamp"]
        if None in shown:
            must(shown == (None,) * 3, f"some of the numbers are missing: {shown}")
            must(samples["backfill_health_up"] == 0, "up without numbers")
            self.refusals += 1
            return
        must(now - last <= MAX_STALE + TIMEOUT + 2, f"the numbers are {now - last:.0f} s old")
        self.expect_true(tuple(map(int, shown)), last - TIMEOUT, last + 1)

    def stop(self) -> None:
        super().stop()
        self.serving.stop()


class ClusterSoak:
    def __init__(self, folder: pathlib.Path, seed: int, seconds: float, engine: str) -> None:
        (folder / "home").mkdir()
        (folder / "emitter").mkdir()
        self.folder = folder
        self.program = Program(folder / "home")
        self.random = random.Random(seed)
        self.seconds = seconds
        self.began = time.monotonic()
        self.history: collections.deque[str] = collections.deque(maxlen=60)
        self.counts: collections.Counter[str] = collections.Counter()
        self.cluster = Cluster(folder, engine)
        self.writer = LoggedWriter(self.cluster, INDEX, self.random.randrange(2**32))
        self.users: list[User] = []

    def run(self) -> None:
        self.cluster.start()
        self.cluster.wait_until_green(RECOVERY)
        self.create(INDEX, EMAIL_MAPPING)
        self.program("create-index", "--es-url", self.cluster.urls).succeeded()
        self.replicate(HEALTH_INDEX)
        self.cluster.wait_until_green(RECOVERY)
        self.writer.start()
        until = time.monotonic() + RECOVERY
        while self.writer.acknowledged() < 3:  # or there is nothing to measure yet
            must(time.monotonic() < until, "nothing has been written")
            self.watch(0.1)
        self.emitter = Emitter(self, self.folder / "emitter")
        self.users = [Validator(self), self.emitter, Watcher(self), Scraper(self)]
        for user in self.users:
            user.start()
        self.watch(3)
        began = time.monotonic()
        while time.monotonic() - began < self.seconds:
            for _ in range(self.random.randint(4, 8)):
                self.disturb()
            self.recover()
        self.writer.stop()
        self.watch(2)
        for user in self.users:
            user.stop()
            must(user.violation is None, str(user.violation))
        self.expect_stored_once()

    def create(self, index: str, mappings: dict) -> None:
        settings = {"number_of_shards": 3, "number_of_replicas": 1, "refresh_interval": f"{REFRESH * 1000:g}ms",
                    "unassigned.node_left.delayed_timeout": "1s"}
        status, answer = ask(self.cluster.nodes[0], "PUT", index, {"mappings": mappings, "settings": settings}, 30)
        must(status == 200, f"{index} was not created: {answer}")

    def replicate(self, index: str) -> None:
        settings = {"number_of_replicas": 1, "unassigned.node_left.delayed_timeout": "1s"}
        status, answer = ask(self.cluster.nodes[0], "PUT", f"{index}/_settings", settings, 30)
        must(status == 200, f"{index} has no replica: {answer}")

    # Disturbances

    def disturb(self) -> None:
        kind = self.random.choice(["pause", "pause", "pause", "kill", "kill", "restart", "two", "two"])
        chosen = self.random.sample(self.cluster.nodes, 2 if kind == "two" else 1)
        self.counts["disturbances"] += 1
        self.counts[kind] += 1
        self.tell(f"{kind}: {', '.join(node.name for node in chosen)}")
        for node in chosen:
            if kind == "pause" or (kind == "two" and self.random.random() < 0.5):
                node.pause()
            elif kind == "restart":
                node.end(signal.SIGTERM)
            else:
                node.end()
        self.watch(self.random.choice([0.2, 1, 3, 8]))
        for node in chosen:
            if node.stopped:
                node.resume()
            elif not node.alive:
                node.start()
        self.watch(self.random.uniform(0, 3))  # the next one may come before these are back

    def recover(self) -> None:
        """All nodes are there: then there are numbers again."""
        began = time.monotonic()
        for node in self.cluster.nodes:
            node.wait_until_ready()
        self.cluster.wait_until_green(RECOVERY)
        before = [user.numbers for user in self.users]
        written = self.writer.acknowledged()
        until = time.monotonic() + RECOVERY
        while any(user.numbers == count for user, count in zip(self.users, before)) or self.writer.acknowledged() == written:
            must(time.monotonic() < until, f"no numbers since the recovery: {self.summary()}")
            self.watch(0.1)
        self.tell(f"recovered after {time.monotonic() - began:.1f} s: {self.summary()}")

    # What is expected

    def expect_stored_once(self) -> None:
        until = time.monotonic() + RECOVERY
        while self.emitter.waiting() or not self.emitter.emitted:
            must(time.monotonic() < until, f"{len(self.emitter.waiting())} snapshots still wait")
            self.emitter.use()
        self.emitter.use()
        ask(self.cluster.nodes[0], "POST", f"{HEALTH_INDEX}/_refresh")
        status, answer = ask(self.cluster.nodes[0], "POST", f"{HEALTH_INDEX}/_search", {"size": 10000}, 30)
        must(status == 200, f"the health index cannot be read: {answer}")
        stored = {hit["_id"]: hit["_source"] for hit in answer["hits"]["hits"]}
        spooled = {identifier: json.loads(line) for identifier, line in self.emitter.spooled.items()}
        must(spooled.keys() <= stored.keys(), f"lost: {spooled.keys() - stored.keys()}")
        for identifier, document in spooled.items():
            must(stored[identifier] == document, f"{identifier} is {stored[identifier]}, and was {document}")
        direct = collections.Counter(json.dumps(document, sort_keys=True)
                                     for identifier, document in stored.items() if identifier not in spooled)
        emitted = collections.Counter(json.dumps(json.loads(line), sort_keys=True) for line in self.emitter.emitted)
        must(direct == emitted, f"stored and not emitted: {direct - emitted}; emitted and not stored: {emitted - direct}")
        self.counts["stored"] = len(stored)
        self.counts["stored late"] = len(spooled)

    # Looking and telling

    def watch(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while True:
            must(self.writer.failure is None, f"the writer: {self.writer.failure}")
            for user in self.users:
                must(user.violation is None, str(user.violation))
            if (rest := until - time.monotonic()) <= 0:
                return
            time.sleep(min(rest, 0.05))

    def tell(self, what: str) -> None:
        self.history.append(f"{time.monotonic() - self.began:8.1f} s  {what}")

    def summary(self) -> str:
        users = ", ".join(f"{type(user).__name__.lower()} {user.numbers} numbers and {user.refusals} refusals"
                          for user in self.users)
        counts = ", ".join(f"{count} {name}" for name, count in self.counts.items())
        return f"{counts}; {users}; {self.writer.acknowledged()} batches written"

    def close(self) -> None:
        for user in self.users:
            user.stop()
        if self.writer.is_alive():
            self.writer.stop()
        self.cluster.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--engine", default="es8")
    options = parser.parse_args()
    print(f"cluster soak: {binary()} on {options.engine} for {options.seconds:g} s, --seed {options.seed}", flush=True)
    try:
        build(options.engine)
    except Unavailable as reason:
        print(f"cluster soak: not run: {reason}")
        return 1 if os.environ.get("CI") == "true" else 0
    with tempfile.TemporaryDirectory(prefix="backfill-health-cluster-") as folder:
        soak = ClusterSoak(pathlib.Path(folder), options.seed, options.seconds, options.engine)
        try:
            soak.run()
        except (Violation, AssertionError, RuntimeError) as violation:
            print(*soak.history, sep="\n")
            print(f"cluster soak: VIOLATION after {time.monotonic() - soak.began:.1f} s: {violation}")
            return 1
        finally:
            soak.close()
            print(f"cluster soak: {soak.summary()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
