"""Three nodes of a real cluster on loopback, which can be killed, stopped and started again."""

import http.client
import os
import pathlib
import signal
import subprocess
import time

from support.elasticsearch import ENGINE, START_SECONDS, Elasticsearch
from support.ports import free_ports

NODES = 3


class Node:
    """Keeps its ports and its data when it is started again."""

    def __init__(self, name: str, folder: pathlib.Path, settings: dict[str, str], port: int, engine: str) -> None:
        self.name = name
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"
        self.stopped = False
        self._settings = {"node.name": name} | settings
        self._port = port
        self._engine = engine
        self._process: subprocess.Popen | None = None
        (folder / "config").mkdir(parents=True)

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        settings = [f"{key}={value}" for key, value in self._settings.items()]
        with open(self.folder / "log", "wb") as log:
            # The commands replace each other, so that this is the process of the engine itself.
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", str(ENGINE / "run.sh"), str(self._port), str(self.folder), *settings],
                env=os.environ | {"ENGINE": self._engine}, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True)

    def wait_until_ready(self) -> None:
        until = time.monotonic() + START_SECONDS
        while "\nREADY " not in "\n" + self.log:
            if not self.alive or time.monotonic() > until:
                raise RuntimeError(f"{self.name} did not start: {self.log[-2000:]}")
            time.sleep(0.05)

    def pause(self) -> None:
        if not self.alive:
            return
        os.kill(self._process.pid, signal.SIGSTOP)
        self.stopped = True

    def resume(self) -> None:
        os.kill(self._process.pid, signal.SIGCONT)
        self.stopped = False

    def end(self, how: signal.Signals = signal.SIGKILL) -> None:
        if not self.alive:
            return
        if self.stopped:
            self.resume()
        self._process.send_signal(how)
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(timeout=30)


class Cluster:
    def __init__(self, folder: pathlib.Path, engine: str) -> None:
        """`engine` as in support/engine: es8, os2."""
        ports = free_ports(2 * NODES)
        names = [f"n{number + 1}" for number in range(NODES)]
        together = {
            "cluster.name": f"soak-{os.getpid()}",
            "discovery.type": "multi-node" if engine in ("es8", "es9") else "zen",
            "discovery.seed_hosts": ",".join(f"127.0.0.1:{port}" for port in ports[NODES:]),
            "cluster.initial_master_nodes": ",".join(names),
            # A node that is stopped leaves the cluster while the others work on.
            "cluster.fault_detection.follower_check.timeout": "2s",
            "cluster.fault_detection.follower_check.retry_count": "2",
            "cluster.fault_detection.leader_check.timeout": "2s",
            "cluster.fault_detection.leader_check.retry_count": "2",
            "cluster.publish.timeout": "5s",
        }
        self.nodes = [Node(name, folder / name, together | {"transport.port": transport}, port, engine)
                      for name, port, transport in zip(names, ports, ports[NODES:])]
        self.urls = ",".join(node.url for node in self.nodes)

    def start(self) -> None:
        for node in self.nodes:
            node.start()
        for node in self.nodes:
            node.wait_until_ready()

    def stop(self) -> None:
        for node in self.nodes:
            node.end()

    def wait_until_green(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for node in self.nodes:
                path = f"_cluster/health?wait_for_status=green&wait_for_nodes={NODES}&timeout=5s"
                try:
                    status, answer = ask(node, "GET", path, timeout=8)
                except OSError:
                    continue
                if status == 200 and answer["status"] == "green":
                    return
            time.sleep(0.2)
        raise RuntimeError(f"the cluster has not recovered within {seconds:.0f} s")


def ask(node: Node, method: str, path: str, body: object = None, timeout: float = 5) -> tuple[int, dict]:
    """Raises an OSError when there is no whole answer."""
    try:
        return Elasticsearch(node.url).request(method, path, body, timeout)
    except (http.client.HTTPException, ValueError) as failure:
        raise OSError(repr(failure)) from failure
