"""The stories of `make run` and `make demo` are told to their end, and leave nothing behind."""

import contextlib
import json
import os
import pty
import re
import select
import signal
import subprocess
import time
import urllib.error
import urllib.request

import pytest

from support.program import ROOT

pytestmark = pytest.mark.timeout(240)

SAMPLE = ROOT / "examples/sample-emails.py"


@pytest.fixture
def tell(binary, tmp_path):
    """Runs a script in an environment that has nothing to do with it."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "XDG_CACHE_HOME", "BACKFILL_HEALTH_CACHE") if name in os.environ}
    env = kept | {"BACKFILL_HEALTH": str(binary), "TMPDIR": str(folder), "ES_URL": "http://not.yours.invalid:9200",
                  "ES_EMAIL_INDEX": "not-yours", "ES_API_KEY": "not-yours", "BACKFILL_FIELD": "not-yours"}

    def go(script: str) -> str:
        done = subprocess.run([ROOT / "scripts" / script], env=env, cwd=tmp_path, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=180)
        assert (done.returncode, done.stderr) == (0, ""), done
        assert list(folder.iterdir()) == [], "its folder is still there"
        return done.stdout

    go.env = env
    go.folder = folder
    return go


def test_run_without_a_terminal_stops_by_itself(tell):
    output = tell("run.sh")
    assert "Bills with dates[]:      500\n" in output and "Bills with dates[]:      1123\n" in output
    assert re.search(r"^< Missing dates\[\] \(bills\): 743\n", output, re.M)
    assert output.count("Emitted backfill health: ") == 2
    assert "\nbills_missing_dates 120.0\n" in output
    assert "not-yours" not in output


def test_run_on_a_terminal_serves_until_ctrl_c(tell):
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(ROOT / "scripts/run.sh", ["run.sh"], tell.env)
    output = ""
    try:
        deadline = time.monotonic() + 60
        while not (address := re.search(r"Open (http://127\.0\.0\.1:\d+)/ in a browser", output)):
            assert time.monotonic() < deadline, output
            output += read_some(terminal)
        metrics = urllib.request.urlopen(f"{address[1]}/metrics", timeout=5).read().decode()
        assert "\nbills_missing_dates 120.0\n" in metrics

        os.write(terminal, b"\x03")
        while more := read_some(terminal):
            assert time.monotonic() < deadline, output
            output += more
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGTERM)
        _, status = os.waitpid(pid, 0)
        os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0, output
    assert list(tell.folder.iterdir()) == []
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(address[1], timeout=5)


def read_some(terminal: int) -> str:
    """Empty when the other side has gone."""
    ready, _, _ = select.select([terminal], [], [], 60)
    assert ready, "nothing came for a minute"
    try:
        return os.read(terminal, 65536).decode(errors="replace")
    except OSError:
        return ""


def test_demo(tell, engine):
    output = tell("demo.sh")
    numbers = re.findall(r"^bills_missing_dates (\d+)\.0$", output, re.M)
    assert numbers == ["743", "375", "0"]
    assert output.count('"errors":false') == 3 and '"errors":true' not in output
    assert output.count("Emitted backfill health: ") == output.count('"_source"') == 3
    assert "Verdict: CHECK" in output and "Verdict: OK" in output
    for column in ("missing", "with_dates", "coverage_pct"):
        assert re.search(rf"\b{column}\b.*\n[-+]+\n", output), column
    assert '"error"' not in output


def sample(*arguments: str) -> list[dict]:
    output = subprocess.run([SAMPLE, *arguments], check=True, capture_output=True, text=True, timeout=60).stdout
    return [json.loads(line) for line in output.splitlines()]


def test_sample_emails_are_always_the_same():
    assert sample("--backfilled", "40") == sample("--backfilled", "40")


@pytest.mark.parametrize(
    ("backfilled", "with_dates"), [("0", 0), ("40", 500), ("70", 868), ("90", 1123), ("100", 1243)]
)
def test_sample_emails_count(backfilled, with_dates):
    bills = [email for email in sample("--backfilled", backfilled) if email["category"] == "bills"]
    assert len(bills) == 1243
    assert sum("dates" in bill for bill in bills) == with_dates


def test_sample_updates_lead_from_one_state_to_the_next():
    def by_id(lines: list[dict], action: str) -> dict[str, dict]:
        return {head[action]["_id"]: body for head, body in zip(lines[::2], lines[1::2])}

    before = by_id(sample("--as", "bulk", "--backfilled", "40"), "index")
    after = by_id(sample("--as", "bulk", "--backfilled", "70"), "index")
    updates = by_id(sample("--as", "updates", "--since", "40", "--backfilled", "70"), "update")
    for id, update in updates.items():
        before[id] |= update["doc"]
    assert before == after
