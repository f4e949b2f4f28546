"""Servers on one core of this machine: starting them, loading them, looking at what they use."""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.ports import free_ports  # noqa: E402

START_LIMIT = 30
TICK = 1 / os.sysconf("SC_CLK_TCK")
MEGA = 1_000_000

# Prometheus keeps its connections, and so does wrk. With 16 the server's core is never without work while wrk's core turns
# an answer into the next request; more would measure how long requests queue. They are also about what a busy exporter
# sees: some Prometheus servers, each with some shards. Where a page takes milliseconds, two are enough for the former.
CONNECTIONS = 16
CONNECTIONS_OF_LARGE_PAGES = 2


class Failure(Exception):
    """Something could not be measured."""


def program(name: str, *folders: str) -> str:
    path = shutil.which(name, path=os.pathsep.join([os.environ["PATH"], "/usr/sbin", *folders]))
    if not path:
        raise Failure(f"there is no {name} here")
    return path


def run(command: Sequence[object], **more: object) -> str:
    """What it prints on stdout."""
    try:
        return subprocess.run(list(map(str, command)), check=True, text=True, stdout=subprocess.PIPE, **more).stdout
    except (OSError, subprocess.CalledProcessError) as failure:
        raise Failure(str(failure)) from failure


class Server:
    """A program that serves /metrics on the core, until stop(). Unless its port is known, it tells it on stderr."""

    def __init__(self, name: str, core: int, command: Sequence[object], port: int | None = None,
                 scheme: str = "http") -> None:  # fmt: skip
        self.name = name
        self._log = tempfile.TemporaryFile()
        # Settings of this shell must not change what is measured.
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", "taskset", "-c", str(core), *map(str, command)],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log, env={"PATH": os.environ["PATH"]})  # fmt: skip
        self.port = port
        self._scheme = scheme
        try:
            self._wait_until_it_listens()
        except Failure:
            self.stop()
            raise

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}/metrics"

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(timeout=10)

    def page(self, headers: Mapping[str, str] | None = None) -> tuple[bytes, Mapping[str, str]]:
        with urllib.request.urlopen(urllib.request.Request(self.url, headers=dict(headers or {})), timeout=30) as answer:
            return answer.read(), answer.headers

    def cpu_seconds(self) -> float:
        def ticks(pid: int) -> int:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
            return int(fields[11]) + int(fields[12])

        return sum(map(ticks, self._pids())) * TICK

    def memory(self, key: str = "VmRSS") -> float:
        """In megabytes; VmHWM is the largest so far."""

        def kilobytes(pid: int) -> int:
            return int(re.search(rf"{key}:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text())[1])

        return sum(map(kilobytes, self._pids())) * 1024 / MEGA

    def _pids(self) -> list[int]:
        """nginx does its work in a child."""
        pid = self._process.pid
        return [pid, *map(int, pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]

    def _wait_until_it_listens(self) -> None:
        end = time.monotonic() + START_LIMIT
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise Failure(f"{self.name} ended with {self._process.returncode}: {self._told()}")
            if not self.port and (found := re.search(r"127\.0\.0\.1:(\d+)", self._told())):
                self.port = int(found[1])
            if self.port and self._listens():
                return
            time.sleep(0.01)
        raise Failure(f"{self.name} does not listen: {self._told()}")

    def _told(self) -> str:
        # The program writes to the same open file: reading must not move its end.
        return os.pread(self._log.fileno(), 1 << 16, 0).decode(errors="replace")

    def _listens(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False


@dataclass(frozen=True)
class Load:
    requests_per_second: float
    cpu_seconds_per_request: float


def load(server: Server, seconds: int, headers: Mapping[str, str] | None = None, connections: int = CONNECTIONS) -> Load:
    """wrk runs where this process does."""
    given = [part for name, value in (headers or {}).items() for part in ("-H", f"{name}: {value}")]
    before = server.cpu_seconds()
    told = run([program("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", *given, server.url])
    used = server.cpu_seconds() - before
    if "Non-2xx" in told or "Socket errors" in told:
        raise Failure(f"{server.name} failed under load: {told}")
    requests = int(re.search(r"(\d+) requests in", told)[1])
    if not requests:
        raise Failure(f"{server.name} answered nothing in {seconds} s")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1])
    return Load(rate, used / requests)


NGINX = """
daemon off;
user root;
worker_processes 1;
pid {folder}/pid;
error_log stderr crit;
events {{}}
http {{
    access_log off;
    sendfile {sendfile};
    etag off;
    gzip_static on;
    keepalive_requests 1000000000;
    open_file_cache max=16 inactive=1h;
    open_file_cache_valid 1h;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    types {{}}
    default_type "{content_type}";
    server {{
        listen 127.0.0.1:{port};
        root {folder};
    }}
}}
"""


def nginx(core: int, folder: pathlib.Path, sendfile: bool, body: bytes, headers: Mapping[str, str]) -> Server:
    """nginx with an answer of another server as a static file."""
    compressed = headers.get("Content-Encoding") == "gzip"
    (folder / ("metrics.gz" if compressed else "metrics")).write_bytes(body)
    settings = folder / "nginx.conf"
    command = [program("nginx"), "-e", "stderr", "-p", folder, "-c", settings]
    for port in free_ports(3):
        settings.write_text(NGINX.format(folder=folder, port=port, sendfile="on" if sendfile else "off",
                                         content_type=headers["Content-Type"]))  # fmt: skip
        try:
            return Server("nginx", core, command, port)
        except Failure as caught:
            failure = caught
    raise failure
