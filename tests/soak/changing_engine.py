"""An engine whose numbers change all the time, and which remembers the ones it ever told."""

import dataclasses
import json
import threading
import time
from dataclasses import dataclass

from support.emails import bill
from support.fake_elasticsearch import FakeElasticsearch, bulk, matches, ok, pairs, refusal
from support.stand_in import Reply, Request

INDEX = "gmail_emails_v2"
HEALTH_INDEX = "backfill_health_v1"


@dataclass(frozen=True)
class Numbers:
    missing: int
    present: int
    derived: int

    @property
    def version(self) -> int:
        return self.derived


def numbers(version: int) -> Numbers:
    """Each differs from those of every other version, so that a mixture of two is none of any."""
    return Numbers(10**9 - version, 3 * version + 1, version)


class ChangingEngine:
    """A script for a StandIn. Only what goes through a call of it counts as told; reply() answers the same silently."""

    def __init__(self) -> None:
        self.version = 1
        self.stored: dict[str, dict] = {}
        self._told: dict[int, tuple[float, float]] = {}
        self._other = FakeElasticsearch(**{INDEX: [], HEALTH_INDEX: []})
        self._lock = threading.Lock()

    def change(self) -> None:
        with self._lock:
            self.version += 1

    def __call__(self, request: Request) -> Reply:
        reply, version = self._answer(request)
        if version:
            now = time.time()
            with self._lock:
                self._told[version] = (self._told.get(version, (now,))[0], now)
        return reply

    def reply(self, request: Request) -> Reply:
        return self._answer(request)[0]

    def told(self, shown: Numbers) -> tuple[float, float] | None:
        """When it first and last told exactly these; nothing when it never did."""
        if shown != numbers(shown.version):
            return None
        with self._lock:
            return self._told.get(shown.version)

    def _answer(self, request: Request) -> tuple[Reply, int]:
        if request.path == f"/{HEALTH_INDEX}/_search":
            return FakeElasticsearch(**{HEALTH_INDEX: list(self.stored.values())})(request), 0
        if request.path.endswith("/_search"):
            version = self.version
            return self._search(numbers(version), request.json), version
        if request.path.endswith("/_bulk"):
            return bulk(self._create(head["create"]["_id"], document) for head, document in pairs(request)), 0
        return self._other(request), 0

    @staticmethod
    def _search(state: Numbers, search: dict) -> Reply:
        documents = [
            (bill(), state.missing),
            (bill(["2025-10-01"]), state.present - state.derived),
            (bill(["2025-10-01"], "2025-10-31"), state.derived),
            (bill(["2025-10-01"], "2025-10-31", "offers"), 77),
        ]

        def count(*queries: dict) -> int:
            return sum(number for document, number in documents
                       if all(matches(document, query) for query in (search["query"], *queries)))

        return ok({
            "took": 1,
            "timed_out": False,
            "_shards": {"total": 2, "successful": 2, "skipped": 0, "failed": 0},
            "hits": {"total": {"value": count(), "relation": "eq"}, "max_score": None, "hits": []},
            "aggregations": {name: {"doc_count": count(each["filter"])} for name, each in search["aggs"].items()},
        })

    def _create(self, identifier: str, document: dict) -> Reply:
        with self._lock:
            if identifier in self.stored:
                conflict = refusal(409, "version_conflict_engine_exception", f"[{identifier}]: document already exists")
                return dataclasses.replace(conflict, json={**conflict.json, "_id": identifier})
            self.stored[identifier] = document
        return ok({"_index": HEALTH_INDEX, "_id": identifier, "result": "created"}, 201)


class Clockwork(threading.Thread):
    """Changes the engine's numbers every so often."""

    def __init__(self, engine: ChangingEngine, every: float) -> None:
        super().__init__(daemon=True)
        self._engine = engine
        self._every = every
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.wait(self._every):
            self._engine.change()

    def stop(self) -> None:
        self._stopping.set()
        self.join(timeout=60)


def doctored(reply: Reply, change) -> Reply:
    """The reply with its JSON changed in place, or replaced by the text that `change` returns."""
    value = json.loads(reply.content())
    changed = change(value)
    if isinstance(changed, str):
        return dataclasses.replace(reply, json=None, body=changed,
                                   headers={**reply.headers, "Content-Type": "application/json"})
    return dataclasses.replace(reply, json=value)
