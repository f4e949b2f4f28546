"""`--textfile`: the metrics of cron jobs, by way of node_exporter."""

import subprocess
import time

import pytest

from support.emails import DONE, MIDWAY
from support.ports import refusing_port
from support.program import parse_samples as samples
from support.requirements import tool


@pytest.fixture(params=["validate", "emit"])
def command(request, run, files):
    def go(*options, url: str = files.url):
        return run(request.param, "--es-url", url, "--retries", 0, *options)

    return go


def test_the_metrics_of_serve(command, files, exporter, tmp_path):
    index, path = files.load(MIDWAY), tmp_path / "backfill.prom"
    before = time.time()
    command("--index", index, "--textfile", path).succeeded()
    written = samples(path.read_text())
    for name in ("backfill_health_last_run_timestamp", 'backfill_last_success_timestamp_seconds{backfill="bills"}'):
        assert before - 1 <= written.pop(name) <= time.time()
    serving = exporter("--es-url", files.url, "--index", index)
    serving.refresh()
    served = serving.metrics()
    assert written == {name: served[name] for name in written}
    assert written["bills_missing_dates"] == 2 and written["backfill_health_up"] == 1
    promtool = tool("promtool", "prometheus")
    done = subprocess.run([promtool, "check", "metrics"], input=path.read_bytes(), capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_failure_leaves_no_number_but_the_time_of_the_last_good_one(command, files, tmp_path):
    path = tmp_path / "backfill.prom"
    command("--index", files.load(DONE), "--textfile", path).succeeded()
    good = samples(path.read_text())
    with refusing_port() as port:
        command("--textfile", path, url=f"http://127.0.0.1:{port}").failed(3)
    bad = samples(path.read_text())
    assert bad["backfill_health_up"] == 0 and not [name for name in bad if name.startswith("bills_")]
    assert bad["backfill_health_last_run_timestamp"] == good["backfill_health_last_run_timestamp"]


def test_the_first_failure(command, tmp_path):
    path = tmp_path / "backfill.prom"
    with refusing_port() as port:
        command("--textfile", path, url=f"http://127.0.0.1:{port}").failed(3)
    written = samples(path.read_text())
    assert (written["backfill_health_up"], written["backfill_health_last_run_timestamp"]) == (0, 0)


def test_readable_by_node_exporter_and_nothing_beside_it(command, files, tmp_path):
    folder = tmp_path / "textfiles"
    folder.mkdir()
    command("--index", files.load(DONE), "--textfile", folder / "backfill.prom").succeeded()
    (path,) = folder.iterdir()
    assert path.stat().st_mode & 0o777 == 0o644


def test_one_that_cannot_be_written_costs_nothing_else(command, files, tmp_path):
    result = command("--index", files.load(DONE), "--textfile", tmp_path / "no/folder.prom")
    assert result.code == 3 and result.stdout and result.stderr.count("\n") == 1
    assert str(tmp_path / "no") in result.stderr


def test_another_name_would_not_be_read(command, files, tmp_path):
    command("--index", files.load(DONE), "--textfile", tmp_path / "backfill.txt").failed(2, ".prom")
    assert not (tmp_path / "backfill.txt").exists()
