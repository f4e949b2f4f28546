"""The program without a terminal: what it says, line by line, each within a deadline."""

import queue
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from typing import IO

LIMIT = 30


class Lines:
    """Of a stream, which a thread reads on, or a full pipe would stop the program."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read_on, daemon=True)
        self._reader.start()

    def next(self, seconds: float = LIMIT) -> str:
        """With its end; empty once nobody can say anything any more."""
        try:
            line = self._lines.get(timeout=max(0, seconds))
        except queue.Empty:
            raise AssertionError(f"no line came within {seconds:.1f} s") from None
        if not line:
            self._lines.put("")
        return line

    def until(self, words: str, seconds: float = LIMIT) -> str:
        """The next line that has these words."""
        deadline = time.monotonic() + seconds
        passed = []
        while words not in (line := self.next(deadline - time.monotonic())):
            assert line, f"it ended without {words!r}: {passed}"
            passed.append(line)
        return line

    def rest(self) -> str:
        """Everything that comes until its end."""
        self._reader.join(LIMIT)
        assert not self._reader.is_alive(), "its output does not end"
        out = ""
        while line := self.next():
            out += line
        return out

    def _read_on(self) -> None:
        with self._stream:
            for line in self._stream:
                self._lines.put(line)
        self._lines.put("")


class LineProgram:
    def __init__(self, program: object, *arguments: object, under: Sequence[object] = ()) -> None:
        """`under` is a command that the program is run by."""
        self._process = subprocess.Popen(
            [*map(str, under), str(program.path), *map(str, arguments)], env=program.environment(), cwd=program.home,
            text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.out = Lines(self._process.stdout)
        self.err = Lines(self._process.stderr)

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        self._process.send_signal(number)

    def end(self, seconds: float = LIMIT) -> tuple[int, str, str]:
        """Its exit status, and what it said that nobody has read."""
        code = self._process.wait(seconds)
        return code, self.out.rest(), self.err.rest()

    def close(self) -> None:
        self._process.kill()
        self.end()
