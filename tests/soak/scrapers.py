"""Those who read what `serve` shows, and check everything they read."""

import collections
import gzip
import http.client
import random
import re
import socket
import threading
import time
from dataclasses import dataclass

from changing_engine import ChangingEngine, Numbers
from support.hold_ups import Stopwatch
from support.program import parse_samples

ERRORS = re.compile(r'backfill_health_refresh_errors_total\{reason="(\w+)"\}')
BUCKET = re.compile(r'backfill_health_refresh_duration_seconds_bucket\{le="(.+)"\}')
GROWING = re.compile(r"backfill_health_refresh|backfill_health_last_run_timestamp|process_cpu_seconds_total")


class Violation(Exception):
    """Something that must never be has been seen."""


def must(holds: bool, what: str) -> None:
    if not holds:
        raise Violation(what)


@dataclass(frozen=True)
class Bounds:
    """Seconds."""

    timeout: float
    max_stale: float
    scrape: float
    slack: float  # for a busy machine, and for a page that is kept for a second


@dataclass(frozen=True)
class Page:
    samples: dict[str, float]

    @property
    def up(self) -> bool:
        return self.samples["backfill_health_up"] == 1

    @property
    def numbers(self) -> Numbers | None:
        values = [self.samples.get(f"bills_{name}") for name in ("missing_dates", "with_dates", "with_expires_at")]
        must(None not in values or values == [None] * 3, f"some of the numbers are missing: {values}")
        return None if values[0] is None else Numbers(*map(int, values))

    @property
    def last_run(self) -> float:
        return self.samples["backfill_health_last_run_timestamp"]

    @property
    def reasons(self) -> dict[str, float]:
        return {match[1]: value for name, value in self.samples.items() if (match := ERRORS.match(name))}


def must_add_up(page: Page) -> None:
    samples = page.samples
    ok, errors = (samples[f'backfill_health_refreshes_total{{result="{result}"}}'] for result in ("ok", "error"))
    must(errors == sum(page.reasons.values()), "the errors are not the sum of their reasons")
    must(ok + errors == samples["backfill_health_refresh_duration_seconds_count"], "durations were not all counted")
    buckets = sorted((float(match[1]), value) for name, value in samples.items() if (match := BUCKET.match(name)))
    must([value for _, value in buckets] == sorted(value for _, value in buckets), "the histogram is not cumulative")
    must(buckets[-1][1] == ok + errors, "the last bucket is not all")


def must_be_true(page: Page, engine: ChangingEngine, bounds: Bounds, began: float, ended: float) -> None:
    shown = page.numbers
    if shown is None:
        # The page may have been made in the second before.
        gone = page.last_run == 0 or ended - page.last_run > bounds.max_stale
        must(not page.up and gone, f"no numbers, though the last ones are {ended - page.last_run:.1f} s old")
        return
    told = engine.told(shown)
    must(told is not None, f"{shown} was never told by the engine")
    must(told[0] - 0.1 <= page.last_run <= told[1] + bounds.timeout + bounds.slack,
         f"{shown} was told from {told[0]} to {told[1]}, and is shown as of {page.last_run}")
    age = began - page.last_run
    must(page.up or age <= bounds.max_stale + bounds.slack, f"numbers are shown that are {age:.1f} s old")


class Checker:
    """What one reader after another must see: nothing goes backwards."""

    def __init__(self, engine: ChangingEngine, bounds: Bounds) -> None:
        self._engine = engine
        self._bounds = bounds
        self._samples: dict[str, float] = {}
        self._version = 0

    def __call__(self, text: str, began: float, ended: float) -> Page:
        page = Page(parse_samples(text))
        must_add_up(page)
        must_be_true(page, self._engine, self._bounds, began, ended)
        for name, value in page.samples.items():
            if GROWING.match(name):
                before = self._samples.get(name, 0)
                must(value >= before, f"{name} went back from {before} to {value}")
        if page.numbers:
            must(page.numbers.version >= self._version, f"{page.numbers} is older than what was shown before")
            self._version = page.numbers.version
        self._samples = page.samples
        return page


def percentile(times: collections.Counter[int], share: float) -> int | None:
    """The least time that this share of them does not exceed."""
    seen = 0
    for milliseconds in sorted(times):
        seen += times[milliseconds]
        if seen >= share * sum(times.values()):
            return milliseconds
    return None


class Reader(threading.Thread):
    """Does something again and again until stop(); the first violation ends it."""

    def __init__(self, port: int, seed: int) -> None:
        super().__init__(daemon=True)
        self.port = port
        self.random = random.Random(seed)
        self.violation: str | None = None
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.wait(self.random.uniform(0, 0.06)):
            try:
                self.turn()
            except (Violation, AssertionError, OSError, http.client.HTTPException) as failure:
                self.violation = f"{type(failure).__name__}: {failure}"
                break
        self.end()

    def turn(self) -> None:
        raise NotImplementedError

    def end(self) -> None:
        pass

    def stop(self) -> None:
        self._stopping.set()
        self.join(timeout=60)


class Scraper(Reader):
    """Keeps one connection, as Prometheus does."""

    ACCEPTED = ("*/*", "text/plain;version=0.0.4", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5")

    def __init__(self, port: int, seed: int, engine: ChangingEngine, bounds: Bounds) -> None:
        super().__init__(port, seed)
        self.milliseconds: collections.Counter[int] = collections.Counter()
        self._engine = engine
        self._bounds = bounds
        self._check = Checker(engine, bounds)
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)

    def turn(self) -> None:
        kind = self.random.random()
        if kind < 0.85:
            self._scrape()
        elif kind < 0.9:
            must(self._ask("HEAD", "/metrics")[0] == 200, "HEAD failed")
        elif kind < 0.95:
            self._read_front_page()
        else:
            must(self._ask("GET", "/healthz")[0] == 200, "/healthz failed")

    def end(self) -> None:
        self._connection.close()

    def _scrape(self) -> None:
        began = time.time()
        status, text = self._ask("GET", "/metrics", {"Accept": self.random.choice(self.ACCEPTED),
                                                     "Accept-Encoding": self.random.choice(("gzip", "identity"))})
        must(status == 200, f"/metrics answered {status}")
        self._check(text, began, time.time())

    def _read_front_page(self) -> None:
        status, text = self._ask("GET", "/")
        values = [int(value.replace(",", "")) for value in re.findall(r"<dd>([\d,]+)</dd>", text)]
        must(status == 200 and len(values) in (0, 3), f"the page for people answered {status}, with {values}")
        must(not values or self._engine.told(Numbers(*values)) is not None, f"the page for people shows {values}")

    def _ask(self, method: str, path: str, headers: dict[str, str] | None = None) -> tuple[int, str]:
        stopwatch = Stopwatch()
        self._connection.request(method, path, headers=headers or {})
        answer = self._connection.getresponse()
        body = answer.read()
        seconds = stopwatch.seconds()
        self.milliseconds[round(seconds * 1000)] += 1
        must(seconds <= self._bounds.scrape, f"{method} {path} took {seconds:.3f} s")
        return answer.status, (gzip.decompress(body) if answer.headers["Content-Encoding"] == "gzip" else body).decode()


class Refresher(Reader):
    """Asks for a measurement, and for what came of it."""

    def __init__(self, port: int, seed: int, engine: ChangingEngine, bounds: Bounds) -> None:
        super().__init__(port, seed)
        self._engine = engine
        self._bounds = bounds
        self._check = Checker(engine, bounds)

    def turn(self) -> None:
        self._stopping.wait(self.random.uniform(0, 1))
        version = self._engine.version
        began = time.time()
        status, body = self._ask("POST", "/metrics/refresh")
        # One may be under way already.
        must(time.time() - began <= 2 * self._bounds.timeout + self._bounds.slack, "a refresh took too long")
        must((status, body) == (200, '{"ok": true}') or (status == 503 and '"ok": false, "error": ' in body),
             f"a refresh answered {status}, {body!r}")
        began = time.time()
        page = self._check(self._ask("GET", "/metrics")[1], began, time.time())
        must(status == 503 or page.numbers.version >= version, "a refresh did not measure what was there before it")

    def _ask(self, method: str, path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, b"" if method == "POST" else None)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


class Boor(Reader):
    """Connects, says part of something, and leaves."""

    WORDS = (b"", b"GET /metr", b"GET /metrics HTTP/1.1\r\nHost: a\r\n", b"\x16\x03\x01\x02\x00", b"\n" * 10,
             b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n" * 50, b"POST /metrics/refresh HTTP/1.1\r\nHost: a\r\n"
             b"Content-Length: 10\r\n\r\n{", b"GET /" + b"x" * 10000)

    def turn(self) -> None:
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as rude:
            try:
                rude.sendall(self.random.choice(self.WORDS))
                self._stopping.wait(self.random.uniform(0, 0.1))
            except OSError:
                pass  # it was shown the door
