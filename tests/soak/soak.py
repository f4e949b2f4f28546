#!/usr/bin/env python3
"""Lives with `serve`, `emit` and `validate` for a long time, while what lies between them and their engine fails in every
way and recovers, and holds all they show against what the engine really told.

After each step the numbers must be true or marked stale, and come back by themselves; counters only grow and add up;
scrapes are fast; nothing emitted is lost or doubled; memory and descriptors stay flat. The first violation ends it.
"""

import argparse
import collections
import json
import pathlib
import random
import statistics
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from changing_engine import INDEX, ChangingEngine, Clockwork, Numbers  # noqa: E402
from engines import Engines  # noqa: E402
from scrapers import Boor, Bounds, Checker, Page, Reader, Refresher, Scraper, Violation, must, percentile  # noqa: E402
from support.program import Exporter, Program, Result, binary, is_sanitized  # noqa: E402
from support.serving.process import descriptors, memory  # noqa: E402
from support.spool import delivered, spooled  # noqa: E402
from troubles import Trouble, troubles  # noqa: E402

INTERVAL = 0.2
SCRAPERS = 8
HISTORY = 60
MEMORY_SLACK = 1 << 20
# From the first look at the page on: the connection that reads histories, and what asio needs for it (epoll, a timer and
# an event).
HISTORY_DESCRIPTORS = 4
REPORT_EVERY = 300


class Soak:
    def __init__(self, folder: pathlib.Path, seed: int, seconds: float) -> None:
        self.program = Program(folder)
        self.sanitized = is_sanitized(self.program.path)
        slow = 4 if self.sanitized else 1
        self.bounds = Bounds(timeout=2, max_stale=6, scrape=1 * slow, slack=2 * slow)
        self.recovery = INTERVAL + self.bounds.timeout + self.bounds.slack
        self.random = random.Random(seed)
        self.seconds = seconds
        self.began = time.monotonic()
        self.history: collections.deque[str] = collections.deque(maxlen=HISTORY)
        self.next_report = REPORT_EVERY
        self.counts: collections.Counter[str] = collections.Counter()
        self.slowest_recovery = 0.0
        self.memory: list[tuple[float, int]] = [(0, 0)]
        self.emitted: list[dict] = []
        self.spooled: set[str] = set()
        self.engine = ChangingEngine()
        self.troubles = troubles(self.engine)
        self.clockwork = Clockwork(self.engine, every=0.03)
        self.engines = Engines(self.engine)
        self.readers: list[Reader] = []
        self.serving: Exporter | None = None

    # What happens

    def run(self) -> None:
        self.clockwork.start()
        self.command("create-index").succeeded()
        self.serving = self.serve()
        self.check = Checker(self.engine, self.bounds)
        self.wait_for("the first numbers", lambda page: page.up, self.recovery)
        alone = descriptors(self.serving)
        self.start_readers()
        self.most_descriptors = alone + len(self.readers) + HISTORY_DESCRIPTORS + 4
        self.warm_up()
        while self.elapsed() < self.seconds:
            for trouble in self.random.sample(self.troubles, len(self.troubles)):
                if self.elapsed() < self.seconds:
                    self.step(trouble)
        self.stop_readers()
        self.expect_all_delivered()
        self.expect_descriptors(alone + HISTORY_DESCRIPTORS + 1)
        self.expect_flat_memory()
        self.expect_quiet_log()
        self.serving.stop()

    def warm_up(self) -> None:
        """The largest answers come first, so that memory has its size before it is watched."""
        for trouble in self.troubles:
            if trouble.large:
                self.engines.play(trouble.play)
                self.wait_for("failure", lambda page: not page.up, self.recovery)
                self.watch(2)
                self.engines.play(self.engine)
                self.wait_for("recovery", lambda page: page.up, self.recovery)

    def step(self, trouble: Trouble) -> None:
        sometimes = self.random.random() < 0.3
        scope = "searches" if trouble.only_searches else self.random.choice(["everything", "searches", "writes"])
        if trouble.play is None:
            sometimes, scope = False, "everything"
        lasts = self.random.choice([0, 0.3, 1])
        if self.random.random() < 0.05:
            lasts = self.bounds.max_stale + self.bounds.slack + 1  # the numbers must go
        self.counts["steps"] += 1
        self.tell(f"the engine {trouble.name}, {'sometimes' if sometimes else 'always'}, {scope}, {lasts} s")
        before = self.scrape()

        dice = random.Random(self.random.random())
        self.engines.play(trouble.script(self.engine, sometimes, scope, dice))
        began = time.monotonic()
        self.use_commands(trouble, sometimes, scope)
        if not sometimes and scope != "writes":
            self.wait_for("failure", lambda page: not page.up, self.recovery)
        self.watch(began + lasts - time.monotonic())
        if not sometimes:
            self.expect_consequences(trouble, scope, before, lasts)

        self.engines.play(self.engine)
        version, recovered = self.engine.version, time.monotonic()
        self.wait_for("recovery", lambda page: page.up and page.numbers.version >= version, self.recovery)
        self.slowest_recovery = max(self.slowest_recovery, time.monotonic() - recovered)
        self.expect_status("/readyz", 200)
        self.expect_descriptors(self.most_descriptors)
        if self.elapsed() > self.next_report:
            self.next_report += REPORT_EVERY
            print(f"soak: {self.elapsed():.0f} s: {self.summary()}", flush=True)

    def use_commands(self, trouble: Trouble, sometimes: bool, scope: str) -> None:
        fails = not sometimes
        kind = self.random.random()
        if scope == "writes":
            self.emit(fails=fails, keeps=fails and trouble.keeps_documents)
        elif kind < 0.2:
            self.emit(fails=fails)
        elif kind < 0.4:
            self.validate(fails=fails)
        elif kind < 0.5:
            self.serve_for_a_moment(fails=fails)

    def command(self, *arguments: object) -> Result:
        self.counts[str(arguments[0])] += 1
        return self.program(*arguments, "--es-url", self.engines.url, "--timeout", f"{self.bounds.timeout:g}s",
                            "--retries", self.random.choice([0, 1, 3]), timeout=60)

    def validate(self, fails: bool) -> None:
        began = time.time()
        result = self.command("validate", "--json")
        self.tell(f"  validate: exit {result.code}, {result.stderr.strip()}")
        self.expect_in_time(result, 1)
        if result.code == 3:
            result.failed(3)
            return
        report = json.loads(result.succeeded())
        must(not fails, f"validate printed {report} though nothing could be measured")
        self.expect_told(Numbers(report["missing_dates_count"], report["bills_with_dates"],
                                 report["bills_with_expires_at"]), began, time.time())

    def emit(self, fails: bool, keeps: bool = False) -> None:
        late = len(self.waiting())
        began = time.time()
        result = self.command("emit", "--json")
        waiting = self.waiting()
        self.tell(f"  emit: exit {result.code}, {len(waiting)} wait, {result.stderr.strip()}")
        self.expect_in_time(result, 2)
        must(not keeps or bool(waiting - self.spooled), "what could not be stored is not kept")
        self.spooled |= waiting
        if result.code == 3:
            result.failed(3)
            return
        document = json.loads(delivered(result, late) if late else result.succeeded())
        must(not fails, f"emit printed {document} though it cannot have stored it")
        must(not waiting, f"emit succeeded, and left {waiting}")
        must(document in list(self.engine.stored.values()), f"{document} was emitted, and is not stored")
        self.expect_told(Numbers(document["missing"], document["with_dates"], document["with_expires_at"]), began,
                         time.time())
        self.emitted.append(document)

    def serve_for_a_moment(self, fails: bool) -> None:
        """Another one, which has never seen a good number."""
        self.counts["serve"] += 1
        other = self.serve()
        try:
            began = time.time()
            page = Checker(self.engine, self.bounds)(other.get("/metrics").text, began, time.time())
            must(not fails or (page.numbers is None and not page.up), f"{page.numbers} came from nowhere")
        finally:
            stopping = time.monotonic()
            other.stop()
        must(time.monotonic() - stopping < 5 + self.bounds.slack, "serve took its time to end")

    def serve(self) -> Exporter:
        return Exporter(self.program, "--es-url", self.engines.url, "--index", INDEX, "--refresh-interval",
                        f"{INTERVAL * 1000:g}ms", "--timeout", f"{self.bounds.timeout:g}s", "--retries", "1",
                        "--max-stale", f"{self.bounds.max_stale:g}s")

    # What is expected

    def expect_consequences(self, trouble: Trouble, scope: str, before: Page, lasts: float) -> None:
        page = self.scrape()
        new = {reason for reason, count in page.reasons.items() if count > before.reasons[reason]}
        if scope == "writes":
            must(page.up and not new, f"nothing was wrong with the searches, and there are errors {new}")
            return
        must(bool(new) and new <= trouble.reasons, f"the reasons {new} are none of {set(trouble.reasons)}")
        must(not page.up, "up, though nothing can be measured")
        self.expect_status("/readyz", 503)
        if lasts > self.bounds.max_stale + self.bounds.slack:
            must(page.numbers is None, "numbers are shown that are too old")

    def expect_told(self, shown: Numbers, began: float, ended: float) -> None:
        told = self.engine.told(shown)
        must(told is not None and told[0] <= ended and told[1] >= began, f"{shown} was not told by the engine then")

    def expect_in_time(self, result: Result, operations: int) -> None:
        must(result.own_seconds <= operations * self.bounds.timeout + self.bounds.slack,
             f"{result.command[1]} took {result.seconds:.1f} s, {result.own_seconds:.1f} s without hold-ups")

    def expect_status(self, path: str, status: int) -> None:
        answer = self.serving.get(path)
        must(answer.status == status, f"{path} answered {answer.status}, not {status}: {answer.text!r}")

    def expect_descriptors(self, most: int) -> None:
        until = time.monotonic() + 3 + self.bounds.slack
        while descriptors(self.serving) > most:
            must(time.monotonic() < until, f"{descriptors(self.serving)} descriptors are open, more than {most}")
            self.watch(0.05)

    def expect_all_delivered(self) -> None:
        self.emit(fails=False)
        stored = self.engine.stored
        must(self.spooled <= stored.keys(), f"lost: {self.spooled - stored.keys()}")
        must(len(stored) == len(self.spooled) + len(self.emitted),
             f"{len(stored)} are stored of {len(self.emitted)} emitted and {len(self.spooled)} kept")
        for identifier, document in stored.items():
            shown = Numbers(document["missing"], document["with_dates"], document["with_expires_at"])
            must(self.engine.told(shown) is not None, f"{identifier} holds {shown}, which the engine never told")

    def expect_flat_memory(self) -> None:
        """The medians of the first and the last quarter, without the beginning."""
        warm = [size for at, size in self.memory if at > min(0.3 * self.seconds, 600)]
        quarter = len(warm) // 4
        if self.sanitized or quarter == 0:
            return  # a sanitizer keeps what was freed
        first, last = (statistics.median(part) for part in (warm[:quarter], warm[-quarter:]))
        self.tell(f"memory: {first / 2**20:.2f} MiB, and {last / 2**20:.2f} MiB at the end")
        must(last - first <= MEMORY_SLACK, f"memory grew from {first:.0f} to {last:.0f} bytes")

    def expect_quiet_log(self) -> None:
        """It tells when measuring begins to fail and when it works again, and nothing in between."""
        told = [line for line in self.serving.log.splitlines() if "measuring" in line]
        kinds = ["works" in line for line in told]
        must(all(a != b for a, b in zip(kinds, kinds[1:])), "the log repeats itself")

    # Looking

    def scrape(self) -> Page:
        began = time.time()
        return self.check(self.serving.get("/metrics").text, began, time.time())

    def wait_for(self, what: str, is_so, bound: float) -> None:
        until = time.monotonic() + bound
        while not is_so(self.scrape()):
            must(time.monotonic() < until, f"no {what} within {bound:.1f} s")
            self.watch(0.02)

    def watch(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while True:
            must(self.serving.process.poll() is None, f"serve has ended: {self.serving.process.returncode}")
            for reader in self.readers:
                must(reader.violation is None, f"a {type(reader).__name__} saw: {reader.violation}")
            if self.elapsed() > self.memory[-1][0] + 0.5:
                self.memory.append((self.elapsed(), memory(self.serving)))
            if (rest := until - time.monotonic()) <= 0:
                return
            time.sleep(min(rest, 0.05))

    def waiting(self) -> set[str]:
        """The ids of the documents in the spool."""
        return set(spooled(self.program))

    def elapsed(self) -> float:
        return time.monotonic() - self.began

    # Telling

    def tell(self, what: str) -> None:
        self.history.append(f"{self.elapsed():8.1f} s  {what}")

    def summary(self) -> str:
        times = sum((reader.milliseconds for reader in self.readers if isinstance(reader, Scraper)),
                    collections.Counter())
        counts = ", ".join(f"{count} {name}" for name, count in sorted(self.counts.items()))
        return (f"{counts}; {sum(times.values())} requests, median {percentile(times, 0.5)} ms, "
                f"99 % {percentile(times, 0.99)} ms, "
                f"slowest {max(times, default=0)} ms; slowest recovery {self.slowest_recovery:.1f} s; "
                f"{len(self.engine.stored)} documents stored, {len(self.spooled)} of them late")

    # Beginning and end

    def start_readers(self) -> None:
        port = self.serving.port
        seeds = iter(self.random.sample(range(2**32), SCRAPERS + 2))
        self.readers = [Scraper(port, next(seeds), self.engine, self.bounds) for _ in range(SCRAPERS)]
        self.readers += [Refresher(port, next(seeds), self.engine, self.bounds), Boor(port, next(seeds))]
        for reader in self.readers:
            reader.start()

    def stop_readers(self) -> None:
        for reader in self.readers:
            reader.stop()
        self.watch(0)

    def close(self) -> None:
        for reader in self.readers:
            reader.stop()
        if self.serving:
            self.serving.process.kill()
            self.serving.process.wait(timeout=30)
        self.engines.stop()
        if self.clockwork.is_alive():
            self.clockwork.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    options = parser.parse_args()
    print(f"soak: {binary()} for {options.seconds:g} s, --seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="backfill-health-soak-") as folder:
        soak = Soak(pathlib.Path(folder), options.seed, options.seconds)
        try:
            soak.run()
        except (Violation, AssertionError) as violation:
            print(*soak.history, sep="\n")
            if soak.serving:
                print(soak.serving.log[-4000:])
            print(f"soak: VIOLATION after {soak.elapsed():.1f} s: {violation}")
            return 1
        finally:
            soak.close()
            print(f"soak: {soak.summary()}")
    print(f"soak: {soak.history[-1].split('  ', 1)[1]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
