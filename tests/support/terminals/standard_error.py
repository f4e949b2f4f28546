"""The program with its stderr on a terminal, and its stdout in a pipe."""

import contextlib
import os
import pty
import select
import subprocess
import time
from collections.abc import Callable, Mapping

from support.program import Program
from support.terminals.screen import drawn, text_of


def on_terminal(run: Program, *arguments: object, env: Mapping[str, str] | None = None, seconds: float = 30,
                seen: Callable[[str], None] = lambda shown: None) -> tuple[int, str, str]:
    """The exit status, what stands on stdout (a pipe), and what was written to stderr (a terminal), which `seen` gets
    as it comes."""
    terminal, theirs = pty.openpty()
    process = subprocess.Popen([run.path, *map(str, arguments)], env=run.environment({"TERM": "xterm", **(env or {})}),
                               cwd=run.home, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    shown = b""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        ready, _, _ = select.select([terminal], [], [], 0.1)
        if ready:
            with contextlib.suppress(OSError):
                if data := os.read(terminal, 65536):
                    shown += data
                    seen(shown.decode(errors="replace"))
                    continue
            break
    stdout, _ = process.communicate(timeout=seconds)
    os.close(terminal)
    return process.returncode, stdout.decode(), shown.decode()


def last_state(shown: str) -> str:
    """What a person sees in the end."""
    return text_of(drawn(shown.encode()))
