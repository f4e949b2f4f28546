"""A file that is being written is not measured before its writer has closed it: half of it would look as right as all."""

import json
import pathlib
import signal
import subprocess
import threading
import time

import pytest

from support.emails import bill
from support.hold_ups import Stopwatch
from support.requests.raw_http import wait_for
from support.serving.process import stat

DATED = json.dumps(bill(dates=["2025-10-10"], expires_at="2025-11-10")) + "\n"
ALL = 1243


class SlowWriter(threading.Thread):
    """Opens the file anew and writes its lines in four parts, of which the first is there at once."""

    def __init__(self, path, pause: float):
        super().__init__()
        self.pause = pause
        self.stopped = threading.Event()
        self.file = path.open("w")
        self.write(0, 300)

    def write(self, begin: int, end: int) -> None:
        self.file.write(DATED * (min(end, ALL) - begin))
        self.file.flush()

    def run(self) -> None:
        for begin in range(300, ALL, 300):
            self.stopped.wait(self.pause)
            self.write(begin, begin + 300)
        self.stopped.wait(self.pause)
        self.file.close()


@pytest.fixture
def writer(files):
    files.path("mail").write_text("")
    writers = []

    def start(pause: float = 0.5) -> SlowWriter:
        writers.append(SlowWriter(files.path("mail"), pause))
        writers[-1].start()
        return writers[-1]

    yield start
    for each in writers:
        each.stopped.set()
        each.join(10)


def test_watch_is_done_when_the_writer_is(run, files, writer):
    writer()
    result = run("watch", "--until-done", "--interval", "100ms", "--es-url", files.url, "--index", "mail")
    assert (result.code, result.stderr) == (0, "")
    assert f"{ALL} of {ALL} (100.0 %), 0 missing, done" in result.stdout.decode().splitlines()[-1]


def test_a_script_that_opens_the_file_for_each_line_is_waited_for(run, files):
    path = files.path("mail")
    begun, pauses = [], []

    def write() -> None:
        for _ in range(36):
            begun.append(time.monotonic())
            time.sleep(0.05)
            with path.open("a") as file:
                file.write(DATED)
            pauses.append(time.monotonic() - begun[-2])  # since before the write before this one

    for _ in range(10):
        begun[:], pauses[:] = [time.monotonic()], []
        path.write_text(DATED)
        script = threading.Thread(target=write)
        script.start()
        result = run("watch", "--until-done", "--interval", "100ms", "--es-url", files.url, "--index", "mail")
        script.join(30)
        if max(pauses) < 0.4:  # one that was held up for longer has left the file alone
            break
    assert (result.code, result.stderr) == (0, "")
    assert result.stdout.decode().splitlines()[-1].endswith("  37 of 37 (100.0 %), 0 missing, done")


def test_validate_waits_for_the_writer(run, files, writer):
    writer(0.1)
    report = json.loads(run("validate", "--json", "--es-url", files.url, "--index", "mail").succeeded())
    assert (report["bills_with_dates"], report["missing_dates_count"]) == (ALL, 0)


@pytest.mark.parametrize("command", [["validate"], ["emit"], ["watch"], ["validate", "--by", "category"]])
def test_a_writer_that_does_not_end_is_a_failure(run, files, writer, command):
    run("create-index", "--es-url", files.url).succeeded()
    writer(60)
    failed = run(*command, "--timeout", "500ms", "--es-url", files.url, "--index", "mail")
    failed.failed(3, "mail.ndjson is being written", "write to another name and mv it into place")


def bytes_read(process: subprocess.Popen) -> int:
    return int(pathlib.Path(f"/proc/{process.pid}/io").read_text().split()[1])


def state(process: subprocess.Popen) -> str:
    return stat(process.pid)[0]


def test_a_writer_never_waits_for_us(run, files):
    """It would for as long as a lease is held, and a program that is stopped gives none back."""
    path = files.path("mail")
    path.write_text(DATED * 500_000)

    def stopped_while_it_reads() -> bool:
        with subprocess.Popen([run.path, "validate", "--threads", "1", "--es-url", files.url, "--index", "mail"],
                              env=run.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
            wait_for(lambda: state(process) == "Z" or bytes_read(process) > 5_000_000)
            process.send_signal(signal.SIGSTOP)
            try:
                wait_for(lambda: state(process) in "TZ")
                stopwatch = Stopwatch()
                path.open("a").close()
                assert stopwatch.seconds() < 5
                return state(process) == "T" and bytes_read(process) < path.stat().st_size
            finally:
                process.send_signal(signal.SIGCONT)

    assert any(stopped_while_it_reads() for _ in range(10))
