"""A bash that is told one command after the other, like one in a terminal."""

import os
import pathlib
import select
import subprocess
import time
from collections.abc import Mapping

LIMIT = 180


class Terminal:
    """What is set, defined or started in the background stays until the end."""

    def __init__(self, folder: pathlib.Path, env: Mapping[str, str]) -> None:
        source, self._commands = os.pipe()
        # Commands come by a pipe of their own: what bash runs must not read them as its stdin.
        self._bash = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", "bash", f"/dev/fd/{source}"], pass_fds=[source], cwd=folder,
            env=dict(env), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        os.close(source)
        self._tell("trap 'trap - TERM; kill $(jobs -p) 2>/dev/null; wait' EXIT\ntrap 'exit 143' TERM\n")

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._commands)
        try:
            self._bash.wait(timeout=LIMIT)
        finally:
            self._bash.kill()
            self._bash.wait(timeout=LIMIT)
            self._bash.stdout.close()

    def run(self, command: str) -> tuple[int, str]:
        """Its exit status, and what it printed on stdout and stderr."""
        # The next command sees this one's status in $?.
        self._tell(f"{command}\nstatus=$?; printf '\\036%d\\036' $status; (exit $status)\n")
        printed = b""
        deadline = time.monotonic() + LIMIT
        while not printed.endswith(b"\x1e") or printed.count(b"\x1e") < 2:
            ready, _, _ = select.select([self._bash.stdout], [], [], max(0, deadline - time.monotonic()))
            data = os.read(self._bash.stdout.fileno(), 65536) if ready else b""
            assert data, f"{command} did not end by itself: {printed.decode()}"
            printed += data
        output, status, _ = printed.split(b"\x1e")
        return int(status), output.decode()

    def _tell(self, lines: str) -> None:
        os.write(self._commands, lines.encode())
