"""Servers that answer the same requests with the same series, and how they compare."""

import gzip
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from common import aligned
from pages import shape
from servers import Failure, Load, Server, load


@dataclass
class Finding:
    """A number that was measured, and what it should be."""

    what: str
    measured: str
    target: str = ""
    verdict: str = ""

    def row(self) -> tuple[str, ...]:
        return self.what, self.measured, self.target, self.verdict


def met(condition: bool) -> str:
    return "met" if condition else "missed"


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    if len(values) == 1:
        return values[0], values[0], values[0]
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, median, high


def with_quartiles(values: Sequence[float], unit: str = "", digits: int = 2) -> str:
    low, median, high = (f"{value:.{digits}f}" for value in quartiles(values))
    return f"{median}{unit} ({low} to {high})"


@dataclass
class Entrant:
    server: Server
    bytes: int
    loads: list[Load] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return statistics.median(each.requests_per_second for each in self.loads)

    @property
    def cpu(self) -> float:
        """Seconds for a request."""
        return statistics.median(each.cpu_seconds_per_request for each in self.loads)

    @property
    def busy(self) -> float:
        """The share of its core that it had."""
        return statistics.median(each.requests_per_second * each.cpu_seconds_per_request for each in self.loads)


@dataclass
class Contest:
    page: str
    headers: Mapping[str, str]
    connections: int
    entrants: list[Entrant] = field(default_factory=list)
    """The first is ours."""
    answer: tuple[bool, dict[str, int]] | None = None

    def load(self, server: Server, seconds: int) -> Load:
        return load(server, seconds, self.headers, self.connections)

    def enter(self, server: Server) -> None:
        """Refuses who answers something else than the first."""
        body, headers = server.page(self.headers)
        compressed = headers.get("Content-Encoding") == "gzip"
        found = shape((gzip.decompress(body) if compressed else body).decode())
        # prometheus-cpp's exposer cannot be told to leave out what it counts itself.
        answer = compressed, {name: samples for name, samples in found.items() if not name.startswith("exposer_")}
        if self.answer not in (None, answer):
            raise Failure(f"{server.name}, {self.page}: it does not answer with the same series in the same coding")
        self.answer = answer
        self.load(server, 1)  # not counted: caches fill
        self.entrants.append(Entrant(server, len(body)))

    def ratios(self, other: Entrant) -> list[float]:
        """How many times as many requests ours answered, in each round."""
        pairs = zip(self.entrants[0].loads, other.loads, strict=True)
        return [ours.requests_per_second / theirs.requests_per_second for ours, theirs in pairs]

    def cpu_ratios(self, other: Entrant) -> list[float]:
        """How many times as many it answered in a second of CPU time."""
        pairs = zip(self.entrants[0].loads, other.loads, strict=True)
        return [theirs.cpu_seconds_per_request / ours.cpu_seconds_per_request for ours, theirs in pairs]

    def compare(self, name: str, target: float) -> Finding:
        other = next((entrant for entrant in self.entrants if entrant.server.name == name), None)
        if not other:
            raise Failure(f"requests/s to {name}, {self.page}")
        rates, by_cpu = self.ratios(other), self.cpu_ratios(other)
        verdict = met(statistics.median(rates) >= target)
        if verdict == "missed" and statistics.median(by_cpu) >= target:
            verdict = "met by CPU time only"
        measured = f"{with_quartiles(rates)}; by CPU time {with_quartiles(by_cpu)}"
        return Finding(f"requests/s to {name}, {self.page}", measured, f"at least {target}", verdict)


def table(contests: Sequence[Contest]) -> str:
    rows = [
        ("server", "page", "bytes", "requests/s", "serve is (quartiles)", "busy", "CPU a request", "by CPU", "memory")
    ]
    for contest in contests:
        for entrant in contest.entrants:
            ours = entrant is contest.entrants[0]
            rows.append((
                entrant.server.name,
                contest.page,
                f"{entrant.bytes}",
                f"{entrant.rate:.0f}",
                "" if ours else with_quartiles(contest.ratios(entrant), " x"),
                f"{entrant.busy:.0%}",
                f"{entrant.cpu * 1e6:.1f} µs",
                "" if ours else f"{statistics.median(contest.cpu_ratios(entrant)):.2f} x",
                f"{entrant.server.memory():.1f} MB",
            ))  # fmt: skip
    return aligned(rows, left=2)
