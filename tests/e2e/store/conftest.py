import json
import time

import pytest

from support.spool import TIMEOUT, Cluster, Spool
from support.stand_in import Reply, StandIn


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
    def go(*options, url: str = server.url, retries: int = 0, timeout: str = TIMEOUT):
        return run("emit", "--json", "--es-url", url, "--spool", spool.folder, "--timeout", timeout, "--retries", retries,
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
