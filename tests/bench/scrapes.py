#!/usr/bin/env python3
"""How fast `serve` answers scrapes, beside other exporters with the same series and nginx with the same bytes as a file.

    tests/bench/scrapes.py --binary build/backfill-health

The servers have one core and wrk the other. They take turns, so that what else happens on the machine happens to all:
what counts is the ratio within a round. Where a server was `busy` on its core for less than all the time, wrk or
neighbours were the limit, and the CPU time that a request costs tells more. Then: scrapes while the engine stalls,
requests that reach the engine, memory. A missed target is no failure; what could not be measured is told at the end, and
then the exit status is 1.
"""

import argparse
import contextlib
import json
import os
import pathlib
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from common import aligned, python_with
from contest import Contest, Finding, met, table, with_quartiles
from latency import p99, scrape_times
from pages import description, shape
from servers import CONNECTIONS, CONNECTIONS_OF_LARGE_PAGES, Failure, Server, load, nginx, program, run

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.certificates import self_signed  # noqa: E402
from support.emails import DONE  # noqa: E402
from support.fake_elasticsearch import FakeElasticsearch  # noqa: E402
from support.stand_in import Reply, Request, Silence, StandIn  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
INDEX = "gmail_emails_v2"
TARGETS = {"promhttp": 4, "prometheus-cpp": 10, "nginx": 0.95}
LARGE_PAGE_BACKFILLS = 2_000  # of five series each
MANY_SCRAPERS = 100
INTERVALS = 6
PROMETHEUS = {
    "Accept": "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
    "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,"
    "text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
    "Accept-Encoding": "gzip",
    "User-Agent": "Prometheus/3.5.0",
    "X-Prometheus-Scrape-Timeout-Seconds": "10",
}  # fmt: skip

Value = TypeVar("Value")


class Bench:
    def __init__(self, options: argparse.Namespace, folder: pathlib.Path, stack: contextlib.ExitStack) -> None:
        self.binary: pathlib.Path = options.binary
        self.built = self.binary.parent / "bench"
        self.core: int = options.core
        self.rounds: int = options.rounds
        self.seconds: int = options.seconds
        self.folder = folder
        self.stack = stack
        self.failures: list[str] = []
        self.findings: list[Finding] = []
        self.contests: list[Contest] = []
        (folder / f"{INDEX}.ndjson").write_text("".join(json.dumps(each) + "\n" for each in DONE))

    def attempt(self, work: Callable[[], Value]) -> Value | None:
        try:
            return work()
        except (Failure, OSError, subprocess.SubprocessError) as failure:
            self.failures.append(str(failure))
            return None

    # Who takes part

    def build(self) -> None:
        self.attempt(self.build_promhttp)
        self.attempt(self.build_cpp)
        self.python = self.attempt(
            lambda: python_with("fastapi", "uvicorn", "uvloop", "httptools", "prometheus_client"))  # fmt: skip

    def build_promhttp(self) -> None:
        go = program("go", "/usr/local/go/bin")
        run([go, "build", "-o", self.built / "promhttp", "."], cwd=HERE / "peers" / "promhttp")

    def build_cpp(self) -> None:
        configure = ["cmake", "-S", HERE, "-B", self.built, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release"]
        for command in (configure, ["cmake", "--build", self.built, "--target", "prometheus-cpp"]):
            subprocess.run(command, check=True, stdout=sys.stderr)

    def start(self, name: str, *command: object, scheme: str = "http") -> Server:
        return self.keep(Server(name, self.core, command, scheme=scheme))

    def keep(self, server: Server) -> Server:
        self.stack.callback(server.stop)
        return server

    def serve(self, *arguments: object, scheme: str = "http") -> Server:
        server = self.start("serve", self.binary, "serve", "--listen", "127.0.0.1:0", *arguments, scheme=scheme)
        return with_numbers(server)

    def gather(self) -> None:
        self.ours = ours = self.serve("--es-url", f"file:{self.folder}")
        series = write_series(ours, self.folder / "series.json")
        promhttp = self.attempt(lambda: self.start("promhttp", self.built / "promhttp", series))
        prometheus_cpp = self.attempt(
            lambda: self.start("prometheus-cpp", self.built / "prometheus-cpp", CONNECTIONS + 1, series))  # fmt: skip
        fastapi = self.python and self.attempt(
            lambda: self.start("FastAPI", self.python, HERE / "peers" / "fastapi_router.py", series))  # fmt: skip
        self.enter(ours, [promhttp, prometheus_cpp, fastapi], "as text", {}, CONNECTIONS)
        # A router has no compression of its own.
        self.enter(ours, [promhttp, prometheus_cpp], "as Prometheus asks", PROMETHEUS, CONNECTIONS)

    def gather_large(self) -> None:
        backfills = [{"name": f"b{number}", "index": INDEX, "field": "dates", "derived": ["expires_at"],
                      "population": {"category": "bills"}} for number in range(LARGE_PAGE_BACKFILLS)]
        (self.folder / "many.yaml").write_text(json.dumps({"backfills": backfills}))
        self.large = ours = self.serve("--es-url", f"file:{self.folder}", "--config", self.folder / "many.yaml")
        series = write_series(ours, self.folder / "large-series.json")
        promhttp = self.attempt(lambda: self.start("promhttp", self.built / "promhttp", series))
        self.enter(ours, [promhttp], "as text", {}, CONNECTIONS_OF_LARGE_PAGES)
        self.enter(ours, [promhttp], "as Prometheus asks", PROMETHEUS, CONNECTIONS_OF_LARGE_PAGES)

    def enter(self, ours: Server, peers: Sequence[Server | None], how: str, headers: Mapping[str, str],
              connections: int) -> None:  # fmt: skip
        samples = sum(shape(ours.page()[0].decode()).values())
        contest = Contest(f"{samples} series {how}", headers, connections)
        contest.enter(ours)
        for peer in [*peers, self.attempt(lambda: self.better_nginx(contest))]:
            if peer:
                self.attempt(lambda peer=peer: contest.enter(peer))
        self.contests.append(contest)

    def better_nginx(self, contest: Contest) -> Server:
        """With sendfile or without, whichever costs less for this page."""
        body, headers = contest.entrants[0].server.page(contest.headers)

        def cost(sendfile: bool) -> tuple[float, Server]:
            folder = pathlib.Path(tempfile.mkdtemp(prefix="nginx-", dir=self.folder))
            server = self.keep(nginx(self.core, folder, sendfile, body, headers))
            return contest.load(server, 1).cpu_seconds_per_request, server

        return min((cost(True), cost(False)), key=lambda each: each[0])[1]

    # What is measured

    def race(self) -> None:
        for number in range(self.rounds):
            for contest in self.contests:
                turn = number % len(contest.entrants)
                for entrant in contest.entrants[turn:] + contest.entrants[:turn]:
                    if loaded := self.attempt(lambda: contest.load(entrant.server, self.seconds)):
                        entrant.loads.append(loaded)
                    else:
                        contest.entrants.remove(entrant)
            # Without ours, there is nothing to compare with.
            self.contests = [each for each in self.contests if each.entrants and each.entrants[0].server.name == "serve"]
        for contest in self.contests[:2]:
            for name, target in TARGETS.items():
                self.findings += filter(None, [self.attempt(lambda: contest.compare(name, target))])

    def stall(self) -> None:
        """Scrapes of two servers: one whose engine answers, and one whose engine stopped answering."""
        healthy = FakeElasticsearch(**{INDEX: DONE})
        with StandIn(healthy) as answering, StandIn([healthy, Silence()]) as stalling:
            every = ("--refresh-interval", "1s")
            ports = [self.serve("--es-url", engine.url, *every).port for engine in (answering, stalling)]
            wait_until(lambda: len(stalling.requests) > 1, "serve does not ask the engine again")
            choose = random.Random(0)
            rounds = [tuple(map(p99, scrape_times(ports, self.seconds, choose))) for _ in range(self.rounds)]
        normal = [1e6 * answered for answered, _ in rounds]
        ratios = [stalled / answered for answered, stalled in rounds]
        self.findings += [
            Finding("p99 of a scrape", with_quartiles(normal, " µs", digits=0)),
            Finding("p99 of a scrape while the engine stalls, to that", with_quartiles(ratios), "at most 1.2",
                    met(statistics.median(ratios) <= 1.2)),
        ]  # fmt: skip

    def count_engine_requests(self) -> None:
        healthy = FakeElasticsearch(**{INDEX: DONE})
        times: list[float] = []

        def engine(request: Request) -> Reply:
            times.append(time.monotonic())
            return healthy(request)

        with StandIn(engine) as stand_in:
            server = self.serve("--es-url", stand_in.url, "--refresh-interval", "1s")
            began = time.monotonic()
            load(server, INTERVALS, connections=MANY_SCRAPERS)
            ended = time.monotonic()
        counted = sum(began <= at <= ended for at in times)
        intervals = ended - began
        # One may lie at either edge.
        self.findings.append(Finding(f"engine requests in {intervals:.1f} intervals, {MANY_SCRAPERS} scrapers", f"{counted}",
                                     "one each", met(INTERVALS - 1 <= counted <= intervals + 1)))  # fmt: skip

    def weigh(self) -> None:
        self.findings.append(memory("memory after the load over http", self.ours, 10))
        self.findings.append(memory(f"with {LARGE_PAGE_BACKFILLS:,} backfills", self.large, 40))
        if "--web.config.file" not in run([self.binary, "serve", "--help"]):
            return
        certificate = self_signed(self.folder / "tls")
        settings = self.folder / "web.yml"
        settings.write_text(f"tls_server_config:\n  cert_file: {certificate.certificate}\n  key_file: {certificate.key}\n")
        server = self.start("serve", self.binary, "serve", "--listen", "127.0.0.1:0", "--es-url", f"file:{self.folder}",
                            "--web.config.file", settings, scheme="https")  # fmt: skip
        load(server, self.seconds)
        load(server, self.seconds, PROMETHEUS)
        self.findings.append(memory("memory after load over https", server, 14))


def with_numbers(server: Server) -> Server:
    """Once it has measured."""
    wait_until(lambda: re.search(rb"^backfill_documents", server.page()[0], re.MULTILINE), "serve shows no numbers")
    return server


def write_series(server: Server, path: pathlib.Path) -> pathlib.Path:
    """For the peers."""
    path.write_text(json.dumps(description(server.page()[0].decode())))
    return path


def wait_until(condition: Callable[[], object], otherwise: str, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise Failure(otherwise)
        time.sleep(0.01)


def memory(what: str, server: Server, limit: int) -> Finding:
    now = server.memory()
    return Finding(what, f"{now:.1f} MB ({server.memory('VmHWM'):.1f} at most)", f"under {limit} MB", met(now < limit))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cores = sorted(os.sched_getaffinity(0))
    parser.add_argument("--binary", type=pathlib.Path, default=pathlib.Path("build/backfill-health"))
    parser.add_argument("--rounds", type=int, default=5, help="how often each server is loaded (default: 5)")
    parser.add_argument("--seconds", type=int, default=2, help="of load in a round (default: 2)")
    parser.add_argument("--core", type=int, default=cores[-1], help="where the servers run")
    parser.add_argument("--client-core", type=int, default=cores[0], help="where wrk and the engines run")
    options = parser.parse_args()
    options.binary = options.binary.resolve()
    if not os.access(options.binary, os.X_OK):
        parser.error(f"{options.binary} is no program; build it, or name it with --binary")

    with contextlib.ExitStack() as stack:
        bench = Bench(options, pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory())), stack)
        bench.build()
        os.sched_setaffinity(0, {options.client_core})
        print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {len(cores)} cores\n", flush=True)
        for part in (bench.gather, bench.gather_large, bench.race, bench.stall, bench.count_engine_requests, bench.weigh):
            bench.attempt(part)
        print(f"{table(bench.contests)}\n\n{aligned([each.row() for each in bench.findings], left=4)}")
    for failure in bench.failures:
        print(f"not measured: {failure}", file=sys.stderr)
    return 1 if bench.failures else 0


if __name__ == "__main__":
    sys.exit(main())
