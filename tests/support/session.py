"""What all workers of one pytest session share: a folder, and servers that the first who needs them starts."""

import fcntl
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

KEEPER = pathlib.Path(__file__).with_name("keeper.py")


class Unavailable(Exception):
    """Something that tests need cannot be had on this machine. Where it is optional, that is never a failure."""

    def __init__(self, reason: str, optional: bool = False) -> None:
        super().__init__(reason)
        self.optional = optional


class Session:
    def __init__(self, folder: pathlib.Path, pid: int) -> None:
        self.folder = folder
        self.pid = pid
        self._kept: list[subprocess.Popen] = []  # or Python warns of children that run on

    @classmethod
    def begin(cls) -> "Session":
        return cls(pathlib.Path(tempfile.mkdtemp(prefix="backfill-health-tests-")), os.getpid())

    def end(self) -> None:
        keepers = [int(path.read_text()) for path in self.folder.glob("*.keeper")]
        ended = select.poll()
        waiting = 0
        for pid in keepers:
            # A keeper that ended by itself may have left its number to a stranger.
            if str(KEEPER) in _command_line(pid):
                ended.register(os.pidfd_open(pid), select.POLLIN)
                os.kill(pid, signal.SIGTERM)
                waiting += 1
        deadline = time.monotonic() + 20
        while waiting and time.monotonic() < deadline:
            for descriptor, _ in ended.poll(1000):
                ended.unregister(descriptor)
                waiting -= 1
        shutil.rmtree(self.folder, ignore_errors=True)

    def once(self, name: str, make: Callable[[], dict]) -> dict:
        """What `make` returned to the first worker that asked for `name`, or why it was Unavailable."""
        result = self.folder / f"{name}.json"
        with open(self.folder / f"{name}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not result.exists():
                try:
                    made = make()
                except Unavailable as reason:
                    made = {"unavailable": str(reason), "optional": reason.optional}
                result.write_text(json.dumps(made))
        answer = json.loads(result.read_text())
        if "unavailable" in answer:
            raise Unavailable(answer["unavailable"], answer["optional"])
        return answer

    def keep(self, name: str, command: list[str], log: pathlib.Path, env: dict[str, str]) -> subprocess.Popen:
        """Runs the command until the session ends, or this machine's pytest does."""
        with open(log, "wb") as output:
            keeper = subprocess.Popen(
                [sys.executable, str(KEEPER), str(self.pid), *command],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=env, start_new_session=True,
            )
        self._kept.append(keeper)
        (self.folder / f"{name}.keeper").write_text(str(keeper.pid))
        return keeper


def _command_line(pid: int) -> str:
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""
