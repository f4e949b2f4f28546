"""The program on a terminal of its own, and what stands on its screen (pyte plays the terminal)."""

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping

import pyte
import pyte.modes

from support.serving.process import stat

LIMIT = 30


def drawn(written: bytes, columns: int = 300, rows: int = 100) -> pyte.Screen:
    """The screen on which this was written."""
    screen = pyte.Screen(columns, rows)
    screen.set_mode(pyte.modes.LNM)
    pyte.ByteStream(screen).feed(written)
    return screen


def text_of(screen: pyte.Screen) -> str:
    return "\n".join(line.rstrip() for line in screen.display).rstrip()


def color_of(screen: pyte.Screen, word: str) -> str:
    """Of the first letter of the first such word, as pyte names it."""
    row = next(row for row, line in enumerate(screen.display) if word in line)
    return screen.buffer[row][screen.display[row].index(word)].fg


def has_style(screen: pyte.Screen) -> bool:
    """Whether any character has a colour or a weight of its own."""
    return any(char.fg != "default" or char.bg != "default" or char.bold or char.reverse
               for row in screen.buffer.values() for char in row.values())


class ScreenProgram:
    """Its stdin, stdout and stderr are the terminal; it is in the foreground there."""

    def __init__(self, program: object, *arguments: object, columns: int = 80, rows: int = 24,
                 env: Mapping[str, object] | None = None, before: bytes = b"") -> None:
        """`before` has been written to the terminal already."""
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._stream.feed(before)
        self.written = b""
        self.code: int | None = None
        environment = program.environment({"TERM": "xterm", "LC_ALL": "C.UTF-8", "TZ": "UTC"} | dict(env or {}))
        self._command = [str(program.path), *map(str, arguments)]
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            with contextlib.suppress(OSError):
                os.chdir(program.home)
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                os.execve(program.path, self._command, environment)
            os._exit(127)

    def __enter__(self) -> "ScreenProgram":
        return self

    def __exit__(self, *_: object) -> None:
        if self.code is None:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        os.close(self._terminal)

    @property
    def text(self) -> str:
        return text_of(self.screen)

    def until(self, holds: Callable[[str], object], seconds: float = LIMIT) -> str:
        """What stands on the screen once it holds."""
        deadline = time.monotonic() + seconds
        while not holds(self.text):
            assert time.monotonic() < deadline, f"{' '.join(self._command)}: still\n{self.text}"
            assert self._read(0.1) or not self._ended(), f"{' '.join(self._command)} ended with\n{self.text}"
        return self.text

    def shows(self, *words: str) -> str:
        return self.until(lambda text: all(word in text for word in words))

    def resize(self, columns: int, rows: int) -> None:
        self.screen.resize(rows, columns)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def press(self, keys: bytes) -> None:
        os.write(self._terminal, keys)

    def kill(self, number: signal.Signals) -> None:
        os.kill(self._pid, number)

    def is_stopped(self) -> bool:
        return stat(self._pid)[0] == "T"

    def end(self) -> int:
        """How it ends by itself."""
        deadline = time.monotonic() + LIMIT
        while self.code is None:
            assert time.monotonic() < deadline, f"{' '.join(self._command)} does not end:\n{self.text}"
            self._read(0.1)
            self._ended()
        while self._read(0):
            pass
        return self.code

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._terminal], [], [], seconds)
        data = b""
        if ready:
            with contextlib.suppress(OSError):  # EIO: nobody has it open any more
                data = os.read(self._terminal, 65536)
        self.written += data
        self._stream.feed(data)
        return bool(data)

    def _ended(self) -> bool:
        if self.code is None:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code is not None
