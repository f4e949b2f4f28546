#!/usr/bin/env python3
"""How fast the embedded store counts, beside DuckDB, jq and Python: all on one core, from the page cache.

    tests/bench/ndjson.py --binary build/backfill-health

The documents are like e-mails, 500 to 1000 bytes each. jq and Python, which are slow, get a slice of the file. DuckDB
is told the columns and their types, so that it need not guess them, and its time is that of the query alone; the other
times are those of whole processes. Every tool has to find the same three numbers.
"""

import argparse
import contextlib
import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from common import aligned, python_with

BLOCK_OF_DOCUMENTS = 20_000
MEGA = 1_000_000
GIGA = 1_000_000_000
WORDS = (
    "account amount attached autopay balance bill business card customer cycle date due electricity ending energy fee "
    "for from find gas internet invoice late monthly notice number of on online our overdue paid pay payment please "
    "portal provider receipt reminder scheduled service statement thank the this to total upcoming utility view water "
    "you your Größe façade naïve €"
).split()

Numbers = tuple[int, int, int]


@dataclass
class Tool:
    name: str
    file: pathlib.Path
    measure: Callable[[pathlib.Path], tuple[Numbers, float]]
    """The three numbers of the file, and the seconds it took."""
    seconds: list[float] = field(default_factory=list)

    def gigabytes_per_second(self) -> float:
        return self.file.stat().st_size / GIGA / statistics.median(self.seconds)


def email(choose: random.Random) -> dict:
    def words(least: int, most: int) -> str:
        return " ".join(choose.choices(WORDS, k=choose.randint(least, most)))

    day = f"2025-{choose.randint(1, 12):02}-{choose.randint(1, 28):02}"
    document = {
        "gmail_id": f"{choose.getrandbits(64):016x}",
        "thread_id": f"{choose.getrandbits(64):016x}",
        "category": choose.choice(["bills", "bills", "offers", "personal", "applications"]),
        "subject": words(4, 10),
        "sender": f"{choose.choice(WORDS[:40])}@example.com",
        "recipient": "me@example.org",
        "received_at": f"{day}T10:11:12Z",
        "labels": choose.sample(["INBOX", "UNREAD", "IMPORTANT", "CATEGORY_UPDATES"], 2),
        "body_text": words(25, 80) + '\n\n"' + words(2, 5) + '"',
        "size": choose.randint(1_000, 90_000),
        "score": round(choose.random(), 4),
        "has_attachment": choose.random() < 0.2,
    }
    kind = choose.random()
    if kind < 0.7:
        document["dates"] = [day]
    elif kind < 0.8:
        document["dates"] = choose.choice([[], None, [None]])
    if choose.random() < 0.6:
        document["expires_at"] = f"{day}T00:00:00Z"
    return document


def write_emails(path: pathlib.Path, size: int, seed: int) -> None:
    """Repeats one block of different documents: what is counted is the same, and writing it takes seconds."""
    choose = random.Random(seed)
    documents = (email(choose) for _ in range(BLOCK_OF_DOCUMENTS))
    lines = [json.dumps(document, ensure_ascii=False).encode() + b"\n" for document in documents]
    block = b"".join(lines)
    with path.open("wb") as file:
        for _ in range(size // len(block)):
            file.write(block)
        rest = size % len(block)
        for line in lines:
            rest -= len(line)
            if rest < 0:
                break
            file.write(line)


def warm(path: pathlib.Path) -> None:
    with path.open("rb") as file:
        while file.read(16 * MEGA):
            pass


def output_of(core: int, command: list[str], environment: dict[str, str] | None = None) -> tuple[str, float]:
    """What the command prints on that core, and its seconds from start to end."""
    start = time.perf_counter()
    done = subprocess.run(
        ["taskset", "-c", str(core), *command], stdout=subprocess.PIPE, check=True, text=True, env=environment
    )
    return done.stdout, time.perf_counter() - start


def ours(binary: pathlib.Path, core: int) -> Callable[[pathlib.Path], tuple[Numbers, float]]:
    # Settings of this shell must not change what is measured.
    environment = {"PATH": os.environ["PATH"]}

    def measure(file: pathlib.Path) -> tuple[Numbers, float]:
        command = [str(binary), "validate", "--json", "--timeout", "1h", "--es-url", f"file:{file.parent}",
                   "--index", file.stem]  # fmt: skip
        output, seconds = output_of(core, command, environment)
        report = json.loads(output)
        keys = ("missing_dates_count", "bills_with_dates", "bills_with_expires_at")
        return tuple(report[key] for key in keys), seconds

    return measure


DUCKDB = """
import duckdb, json, sys, time
connection = duckdb.connect(config={"threads": 1})
connection.execute("SET enable_progress_bar = false")
start = time.perf_counter()
numbers = connection.execute('''
    SELECT count(*) FILTER (NOT has_dates), count(*) FILTER (has_dates),
           count(*) FILTER (has_dates AND expires_at IS NOT NULL)
    FROM (SELECT coalesce(list_count(dates), 0) > 0 AS has_dates, expires_at
          FROM read_ndjson(?, columns = {category: 'VARCHAR', dates: 'VARCHAR[]', expires_at: 'VARCHAR'})
          WHERE category = 'bills')
''', [sys.argv[1]]).fetchone()
print(json.dumps([*numbers, time.perf_counter() - start]))
"""

JQ = """
def present: . != null and (type != "array" or any(.[]; . != null));
reduce (inputs | select(.category == "bills")) as $bill ([0, 0, 0];
    if $bill.dates | present
    then .[1] += 1 | if $bill.expires_at | present then .[2] += 1 else . end
    else .[0] += 1 end)
"""

PYTHON = """
import json, sys
def present(value):
    return any(element is not None for element in value) if isinstance(value, list) else value is not None
missing = dated = expiring = 0
with open(sys.argv[1], "rb") as lines:
    for line in lines:
        document = json.loads(line)
        if document.get("category") != "bills":
            continue
        if not present(document.get("dates")):
            missing += 1
            continue
        dated += 1
        expiring += present(document.get("expires_at"))
print(json.dumps([missing, dated, expiring]))
"""


def python_with_duckdb() -> pathlib.Path | None:
    """None when it cannot be installed."""
    try:
        return python_with("duckdb")
    except (OSError, subprocess.CalledProcessError) as failure:
        print(f"DuckDB is left out: {failure}", file=sys.stderr)
        return None


def duckdb(python: pathlib.Path, core: int) -> Callable[[pathlib.Path], tuple[Numbers, float]]:
    def measure(file: pathlib.Path) -> tuple[Numbers, float]:
        *numbers, seconds = json.loads(output_of(core, [str(python), "-c", DUCKDB, str(file)])[0])
        return tuple(numbers), seconds

    return measure


def printing_numbers(core: int, *command: str) -> Callable[[pathlib.Path], tuple[Numbers, float]]:
    """A command that takes the file's path and prints the numbers as a JSON array."""

    def measure(file: pathlib.Path) -> tuple[Numbers, float]:
        output, seconds = output_of(core, [*command, str(file)])
        return tuple(json.loads(output)), seconds

    return measure


def run(tools: list[Tool], runs: int) -> None:
    """In turns, so that what else happens on the machine happens to all."""
    numbers: dict[pathlib.Path, tuple[str, Numbers]] = {}
    for _ in range(runs):
        for tool in tools:
            found, seconds = tool.measure(tool.file)
            tool.seconds.append(seconds)
            first, expected = numbers.setdefault(tool.file, (tool.name, found))
            if found != expected:
                sys.exit(f"{tool.name} counts {found} in {tool.file}, but {first} counts {expected}")


def table(tools: list[Tool]) -> str:
    ours_on = {tool.file: tool.gigabytes_per_second() for tool in reversed(tools)}  # ours is the first on each file
    rows = [("tool", "data", "seconds", "min to max", "GB/s", "time per GB")]
    for tool in tools:
        rows.append((
            tool.name,
            f"{tool.file.stat().st_size / MEGA:.0f} MB",
            f"{statistics.median(tool.seconds):.3f}",
            f"{min(tool.seconds):.3f} to {max(tool.seconds):.3f}",
            f"{tool.gigabytes_per_second():.3f}",
            f"{ours_on[tool.file] / tool.gigabytes_per_second():.1f} x ours",
        ))  # fmt: skip
    return aligned(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=pathlib.Path, default=pathlib.Path("build/backfill-health"))
    parser.add_argument("--gigabytes", type=float, default=1.0, help="size of the file (default: 1)")
    parser.add_argument("--slice-megabytes", type=float, default=100.0, help="what jq and Python get of it (default: 100)")
    parser.add_argument("--runs", type=int, default=5, help="how often each tool runs (default: 5)")
    parser.add_argument("--seed", type=int, default=1, help="of the documents (default: 1)")
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)), help="where all of them run")
    parser.add_argument("--folder", help="where to put the files for the time (default: the system's temporary folder)")
    options = parser.parse_args()
    binary = options.binary.resolve()
    if not os.access(binary, os.X_OK):
        parser.error(f"{binary} is no program; build it, or name it with --binary")

    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(dir=options.folder)))
        whole, part = folder / "emails.ndjson", folder / "slice.ndjson"
        write_emails(whole, int(options.gigabytes * GIGA), options.seed)
        write_emails(part, int(min(options.slice_megabytes * MEGA, options.gigabytes * GIGA)), options.seed)
        warm(whole)
        warm(part)

        tools = [Tool("backfill-health", whole, ours(binary, options.core))]
        if python := python_with_duckdb():
            tools.append(Tool("DuckDB, 1 thread", whole, duckdb(python, options.core)))
        tools.append(Tool("backfill-health", part, ours(binary, options.core)))
        if shutil.which("jq"):
            tools.append(Tool("jq", part, printing_numbers(options.core, "jq", "-cn", JQ)))
        tools.append(Tool("Python's json", part, printing_numbers(options.core, sys.executable, "-c", PYTHON)))
        run(tools, options.runs)
        print(table(tools))


if __name__ == "__main__":
    main()
