"""A backfill on a cluster that breaks, which knows at any time between which bounds a true count lies."""

import json
import random
import threading
import time
from dataclasses import dataclass, field

from cluster import Cluster, ask
from support.emails import bill

STEPS = [bill(), bill(["2025-10-01"]), bill(["2025-10-01"], "2025-10-31")]
NEVER = float("inf")


@dataclass(frozen=True)
class Range:
    least: int
    most: int

    def __contains__(self, count: int) -> bool:
        return self.least <= count <= self.most


@dataclass(frozen=True)
class Truth:
    missing: Range
    present: Range
    derived: Range

    def holds(self, missing: int, present: int, derived: int) -> bool:
        return missing in self.missing and present in self.present and derived in self.derived


@dataclass
class Batch:
    """Documents that are created, get dates, and get expires_at, together. A step may be seen from its first attempt
    on, and is seen by everybody once it was acknowledged: the engine was asked to refresh first."""

    ids: list[str]
    begun: list[float] = field(default_factory=list)
    acknowledged: list[float] = field(default_factory=list)

    def may_have(self, step: int, until: float) -> bool:
        return step < len(self.begun) and self.begun[step] <= until

    def has(self, step: int, since: float) -> bool:
        return step < len(self.acknowledged) and self.acknowledged[step] <= since


class LoggedWriter(threading.Thread):
    def __init__(self, cluster: Cluster, index: str, seed: int) -> None:
        super().__init__(daemon=True)
        self.failure: str | None = None
        self._cluster = cluster
        self._index = index
        self._random = random.Random(seed)
        self._batches: list[Batch] = []
        self._lock = threading.Lock()
        self._stopping = threading.Event()

    def truth(self, asked: float, answered: float, refresh: float) -> Truth:
        """Of an answer to a question: shards and replicas show different instants, from one refresh interval before the
        question to the answer."""
        since = asked - refresh
        with self._lock:
            batches = [(len(batch.ids), batch) for batch in self._batches]
            def count(applies) -> int:
                return sum(size for size, batch in batches if applies(batch))
            return Truth(
                missing=Range(count(lambda batch: batch.has(0, since) and not batch.may_have(1, answered)),
                              count(lambda batch: batch.may_have(0, answered) and not batch.has(1, since))),
                present=Range(count(lambda batch: batch.has(1, since)), count(lambda batch: batch.may_have(1, answered))),
                derived=Range(count(lambda batch: batch.has(2, since)), count(lambda batch: batch.may_have(2, answered))))

    def run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._write(self._choose())
                self._stopping.wait(self._random.uniform(0, 0.1))
        except Exception as failure:  # a thread that dies silently would make every number right
            self.failure = repr(failure)

    def stop(self) -> None:
        self._stopping.set()
        self.join(timeout=60)

    def acknowledged(self) -> int:
        with self._lock:
            return sum(len(batch.acknowledged) for batch in self._batches)

    def _choose(self) -> Batch:
        unfinished = [batch for batch in self._batches if len(batch.acknowledged) < len(STEPS)]
        if unfinished and self._random.random() < 0.7:
            return self._random.choice(unfinished)
        number = len(self._batches)
        batch = Batch([f"{number}-{i}" for i in range(self._random.randint(1, 40))])
        with self._lock:
            self._batches.append(batch)
        return batch

    def _write(self, batch: Batch) -> None:
        step = len(batch.acknowledged)
        # A late attempt at an earlier step is refused by its version.
        lines = "".join(
            json.dumps({"index": {"_id": each, "version": step + 1, "version_type": "external"}}) + "\n"
            + json.dumps(STEPS[step]) + "\n" for each in batch.ids)
        with self._lock:
            batch.begun.append(time.time())
        while not self._stopping.is_set():
            node = self._random.choice(self._cluster.nodes)
            refresh = self._random.choice(["true", "true", "true", "wait_for"])
            try:
                status, answer = ask(node, "POST", f"{self._index}/_bulk?refresh={refresh}&timeout=3s", lines, timeout=6)
            except OSError:
                continue
            if status != 200 or not all(each["index"]["status"] in (200, 201, 409) for each in answer["items"]):
                self._stopping.wait(0.1)
                continue
            if any(each["index"]["status"] == 409 for each in answer["items"]):
                # It was there already, but perhaps not for everybody: the refresh that it waited for was another's.
                if not self._refreshed():
                    continue
            with self._lock:
                batch.acknowledged.append(time.time())
            return

    def _refreshed(self) -> bool:
        try:
            status, answer = ask(self._random.choice(self._cluster.nodes), "POST", f"{self._index}/_refresh")
        except OSError:
            return False
        shards = answer.get("_shards", {})
        return status == 200 and shards["successful"] == shards["total"]
