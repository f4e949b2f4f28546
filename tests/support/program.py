"""The program under test: the real binary, started as a user would."""

import os
import pathlib
import re
import signal
import subprocess
import threading
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field

from support.hold_ups import Stopwatch

ROOT = pathlib.Path(__file__).resolve().parents[2]
FAILURE_LIMIT = 300
START_SECONDS = 30  # for what takes a fraction of one when nothing else runs on the machine
TIMESTAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
# Which ask an Elasticsearch, each once.
NETWORK_COMMANDS = ["validate", "emit", "create-index", "history"]
# Why a measurement failed, as `serve` counts it.
REASONS = ["unreachable", "timeout", "unauthorized", "index_missing", "partial", "rejected", "bad_response"]
SANITIZER_SETTINGS = ("ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS")


def binary() -> pathlib.Path:
    return pathlib.Path(os.environ.get("BACKFILL_HEALTH") or ROOT / "build/backfill-health").resolve()


def is_sanitized(path: pathlib.Path) -> bool:
    """Whether it was built with a sanitizer, which takes memory of its own."""
    content = path.read_bytes()
    return any(mark in content for mark in (b"__asan_init", b"__tsan_init"))


@dataclass(frozen=True)
class Result:
    command: list[str]
    code: int
    stdout: bytes
    stderr: str
    seconds: float
    own_seconds: float  # without those in which the machine ran nothing

    def __str__(self) -> str:
        return f"{' '.join(self.command)}\nexit {self.code}\nstdout: {self.stdout!r}\nstderr: {self.stderr!r}"

    def succeeded(self) -> str:
        """Its stdout. Success is silent on stderr."""
        assert (self.code, self.stderr) == (0, ""), self
        return self.stdout.decode()

    def failed(self, code: int, *words: str) -> str:
        """Its one line on stderr, which has these words. A failure prints no number."""
        assert self.code == code, self
        assert self.stdout == b"", self
        assert self.stderr.count("\n") == 1 and self.stderr.endswith("\n"), self
        assert 1 < len(self.stderr) < FAILURE_LIMIT, self
        assert self.stderr[:-1].isprintable(), self
        for word in words:
            assert word in self.stderr, f"{word!r} is not in the line\n{self}"
        return self.stderr


@dataclass
class Program:
    """Runs in a folder of its own, with nothing of the tester's environment."""

    home: pathlib.Path
    path: pathlib.Path = field(default_factory=binary)

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        base = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / ".config"),
            "XDG_STATE_HOME": str(self.home / ".local/state"),
            "XDG_CACHE_HOME": str(self.home / ".cache"),
            "XDG_RUNTIME_DIR": str(self.home),
            "BACKFILL_HEALTH_CONFIG": "/dev/null",  # and not one in /etc; a test that looks for others sets it to ""
        }
        base |= {name: os.environ[name] for name in SANITIZER_SETTINGS if name in os.environ}
        return base | {name: str(value) for name, value in (more or {}).items()}

    def __call__(self, *arguments: object, env: Mapping[str, str] | None = None, stdin: str | bytes | None = None,
                 under: tuple[str, ...] = (), timeout: float = 30, **popen: object) -> Result:
        """`under` is a command that the program is run by, such as prlimit."""
        command = [*under, str(self.path), *map(str, arguments)]
        given = stdin.encode() if isinstance(stdin, str) else stdin
        source = {"input": given} if given is not None else {"stdin": subprocess.DEVNULL}
        stopwatch = Stopwatch()
        done = subprocess.run(command, env=self.environment(env), cwd=self.home, timeout=timeout,
                              **({"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | source | popen))
        seconds = time.monotonic() - stopwatch.began
        return Result(command, done.returncode, done.stdout or b"", (done.stderr or b"").decode(), seconds,
                      stopwatch.seconds())

    def shell(self, script: str, env: Mapping[str, str] | None = None) -> Result:
        """A line of sh in which $PROGRAM is the binary."""
        stopwatch = Stopwatch()
        done = subprocess.run(["sh", "-c", script], env=self.environment(env) | {"PROGRAM": str(self.path)},
                              cwd=self.home, stdin=subprocess.DEVNULL, capture_output=True, timeout=30)
        seconds = time.monotonic() - stopwatch.began
        return Result([script], done.returncode, done.stdout, done.stderr.decode(), seconds, stopwatch.seconds())


@dataclass(frozen=True)
class Response:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Exporter:
    """`serve` on a free port, until stop()."""

    def __init__(self, program: Program, *arguments: object, env: Mapping[str, str] | None = None) -> None:
        self.command = ["setpriv", "--pdeathsig", "KILL", str(program.path), "serve", "--listen", "127.0.0.1:0",
                        *map(str, arguments)]
        self.process = subprocess.Popen(self.command, env=program.environment(env), cwd=program.home,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self._stdout: bytes | None = None
        self._lines: list[str] = []
        self._has_spoken = threading.Event()
        # stderr is read on, or a full pipe would stop the program.
        self._reader = threading.Thread(target=self._read_on, daemon=True)
        self._reader.start()
        self._has_spoken.wait(START_SECONDS)
        address = re.search(r"(https?)://127\.0\.0\.1:(\d+)", self.log.partition("\n")[0])
        if not address:
            code = self.end()
            raise AssertionError(f"serve did not name its address on the first line: exit {code}, {self.log!r}")
        self.port = int(address[2])
        self.url = f"{address[1]}://127.0.0.1:{self.port}"

    def _read_on(self) -> None:
        for line in self.process.stderr:
            self._lines.append(line.decode())
            self._has_spoken.set()
        self._has_spoken.set()

    @property
    def log(self) -> str:
        return "".join(self._lines)

    def request(self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None,
                timeout: float = 30) -> Response:
        request = urllib.request.Request(self.url + path, body, dict(headers or {}), method=method)
        opener = urllib.request.build_opener(_AnyStatus)
        with opener.open(request, timeout=timeout) as response:
            return Response(response.status, response.headers, response.read())

    def get(self, path: str, **headers: str) -> Response:
        return self.request("GET", path, {name.replace("_", "-"): value for name, value in headers.items()})

    def refresh(self) -> Response:
        """Measures now. It needs an empty body: urllib would send none, and no Content-Length."""
        return self.request("POST", "/metrics/refresh", body=b"")

    def metrics(self) -> dict[str, float]:
        """Every sample by its name and labels, such as `backfill_health_refreshes_total{result="ok"}`."""
        answer = self.get("/metrics")
        assert answer.status == 200, answer
        return parse_samples(answer.text)

    def stop(self, by: signal.Signals = signal.SIGTERM) -> None:
        """Ends it as an operator would, and expects that it goes in peace and printed nothing on stdout."""
        if self._stdout is not None:
            return
        running = self.process.poll() is None
        code = self.end(by)
        assert running, f"serve had ended by itself with {code}: {self.log}"
        assert (code, self._stdout) == (0, b""), f"exit {code}, stdout {self._stdout!r}: {self.log}"

    def end(self, by: signal.Signals = signal.SIGTERM) -> int | str:
        """How it ended."""
        self.process.send_signal(by)
        try:
            code: int | str = self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=15)
            code = "only by SIGKILL"
        self._reader.join(timeout=10)
        with self.process.stdout, self.process.stderr:
            self._stdout = self.process.stdout.read()
        return code


class _AnyStatus(urllib.request.HTTPErrorProcessor):
    def http_response(self, request: object, response: object) -> object:
        return response


def parse_samples(exposition: str) -> dict[str, float]:
    samples: dict[str, float] = {}
    for line in exposition.splitlines():
        if line and not line.startswith("#"):
            name, value = re.fullmatch(r"(\S+?(?:\{.*\})?) (\S+)", line).groups()
            assert name not in samples, f"{name} is there twice"
            samples[name] = float(value)
    return samples
