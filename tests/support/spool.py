"""A cluster that stores or refuses snapshots, and the folder in which those wait that it refused."""

import json
import pathlib
import re
import threading
from dataclasses import dataclass, replace

from support.emails import MIDWAY
from support.fake_elasticsearch import FakeElasticsearch, bulk, missing, ok, pairs, refusal
from support.program import Program, Result
from support.stand_in import Reply, Request, Script

TIMEOUT = "20s"
SHORT = "1s"  # where the end of a timeout is what a test is about

READ_ONLY = refusal(403, "cluster_block_exception",
                    "index [backfill_health_v1] blocked by: [FORBIDDEN/5/index read-only (api)];")


class Cluster:
    """Stores by id, as Elasticsearch does. `trouble` is what a request to write meets instead."""

    def __init__(self) -> None:
        self.fake = FakeElasticsearch(gmail_emails_v2=list(MIDWAY), backfill_health_v1=[], other_v1=[])
        self.stored: dict[tuple[str, str], dict] = {}  # by index and id, in the order of their arrival
        self.trouble: Script | None = None
        self.refused: dict[str, Reply] = {}  # by the id of a document, what it meets
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Script:
        if is_write(request):
            return self.trouble or self.store(request)
        return self.fake(request)

    def store(self, request: Request) -> Reply:
        return bulk(self.create(written_index(request), head["create"]["_id"], document)
                    for head, document in pairs(request))

    def create(self, index: str, id: str, document: dict) -> Reply:
        where = {"_index": index, "_id": id}
        if index not in self.fake.indices:
            return replace(missing(index), json=missing(index).json | where)
        if id in self.refused:
            return replace(self.refused[id], json=self.refused[id].json | where)
        with self._lock:
            if (index, id) in self.stored:
                conflict = refusal(409, "version_conflict_engine_exception",
                                   f"[{id}]: version conflict, document already exists (current version [1])")
                return replace(conflict, json=conflict.json | where)
            self.stored[index, id] = document
        return ok({**where, "_version": 1, "result": "created"}, 201)

    def documents(self, index: str = "backfill_health_v1") -> list[dict]:
        return [document for (at, _), document in self.stored.items() if at == index]


def is_write(request: Request) -> bool:
    return request.path.endswith("/_bulk")


def written_index(request: Request) -> str:
    return re.fullmatch(r"/([^/]+)/_bulk", request.path).group(1)


def written_ids(request: Request) -> list[str]:
    return [head["create"]["_id"] for head, _ in pairs(request)]


def delivered(result: Result, count: int = 1) -> str:
    """Its stdout. One line on stderr tells how many snapshots had waited, and where."""
    assert result.code == 0 and result.stderr.count("\n") == 1, result
    assert re.search(rf'msg="stored snapshots from the spool" count={count} spool=\S+\n', result.stderr), result
    return result.stdout.decode()


def spooled(program: Program) -> dict[str, pathlib.Path]:
    """The files of the snapshots that wait in the program's default spool, by the ids of their documents."""
    folder = pathlib.Path(program.environment()["XDG_STATE_HOME"]) / "backfill-health"
    return {path.stem: path for path in folder.rglob("*.ndjson")}


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
