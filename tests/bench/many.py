#!/usr/bin/env python3
"""What many backfills cost on a real Elasticsearch: 1,000 on one index, and 100 on an index each.

    tests/bench/many.py --binary build/backfill-health [--documents 1000000]

A refresh of `serve` beside the engine's own `took`, and `validate` beside curl with the same body, all in the same
turns. The engine's request cache is emptied before each, and the table says so where it is not.
"""

import argparse
import contextlib
import json
import pathlib
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass

from common import aligned

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.elasticsearch import Elasticsearch, start_plain  # noqa: E402
from support.forward import Forward  # noqa: E402
from support.session import Session  # noqa: E402
from support.stand_in import StandIn  # noqa: E402

FIELDS = 20
CATEGORIES = 50
BULK = 5_000
INDICES = 100
TURNS = 5
ALLOWED_MILLISECONDS = 20


def documents(count: int) -> list[str]:
    choose = random.Random(1)
    out = []
    for _ in range(count):
        document = {"category": f"c{choose.randrange(CATEGORIES)}"}
        document |= {f"f{field}": choose.randrange(1000) for field in range(FIELDS) if choose.random() < 0.7}
        out.append('{"index":{}}\n' + json.dumps(document) + "\n")
    return out


def load(engine: Elasticsearch, index: str, count: int, lines: list[str]) -> None:
    fields = {f"f{field}": {"type": "integer"} for field in range(FIELDS)}
    engine.create(index, {"properties": {"category": {"type": "keyword"}} | fields}, {"refresh_interval": "-1"})
    for start in range(0, count, BULK):
        engine.do("POST", f"{index}/_bulk?filter_path=errors", "".join(lines[:min(BULK, count - start)]))
    engine.do("POST", f"{index}/_refresh")
    engine.do("POST", f"{index}/_forcemerge?max_num_segments=5")


def backfill(number: int, index: str) -> dict:
    field = number % FIELDS
    return {"name": f"b{number}", "index": index, "field": f"f{field}", "derived": [f"f{(field + 7) % FIELDS}"],
            "population": {"category": f"c{number // FIELDS % CATEGORIES}"}}


@dataclass
class Ask:
    path: str
    body: bytes
    content_type: str


def asked(program: str, config: pathlib.Path, engine: Elasticsearch) -> list[Ask]:
    """What `validate` sends."""
    with StandIn(Forward(engine.url)) as server:
        subprocess.run([program, "validate", "--json", "--config", config, "--es-url", server.url, "--timeout", "60s"],
                       check=True, stdout=subprocess.DEVNULL)
        return [Ask(request.target, request.body, request.headers["content-type"]) for request in server.requests]


@contextlib.contextmanager
def serving(program: str, config: pathlib.Path, engine: Elasticsearch):
    process = subprocess.Popen([program, "serve", "--listen", "127.0.0.1:0", "--config", config, "--es-url", engine.url,
                                "--refresh-interval", "1h", "--timeout", "60s"], stderr=subprocess.PIPE, text=True)
    try:
        url = re.search(r"http://127\.0\.0\.1:\d+", process.stderr.readline())[0]
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def refresh_seconds(url: str) -> float:
    """As `serve` itself has measured it."""
    def spent() -> float:
        with urllib.request.urlopen(f"{url}/metrics", timeout=60) as page:
            return float(re.search(rb"refresh_duration_seconds_sum (\S+)", page.read())[1])

    before = spent()
    with urllib.request.urlopen(urllib.request.Request(f"{url}/metrics/refresh", b"", method="POST"), timeout=120):
        return spent() - before


def resident_megabytes(pid: int) -> float:
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def seconds_of(command: list[str]) -> tuple[float, bytes]:
    start = time.perf_counter()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return time.perf_counter() - start, done.stdout


def compare(title: str, program: str, engine: Elasticsearch, backfills: list[dict], folder: pathlib.Path) -> None:
    config, body = folder / "config.yaml", folder / "body"
    config.write_text(json.dumps({"backfills": backfills}))
    (ask,) = asked(program, config, engine)
    body.write_bytes(ask.body)
    took, refresh, validate, curl = [], [], [], []
    with serving(program, config, engine) as (url, pid):
        for _ in range(TURNS):
            engine.do("POST", "_cache/clear?request=true")
            refresh.append(refresh_seconds(url) * 1000)
            engine.do("POST", "_cache/clear?request=true")
            seconds, answer = seconds_of(["curl", "-s", "--compressed", "-H", f"Content-Type: {ask.content_type}",
                                          "--data-binary", f"@{body}", engine.url + ask.path])
            curl.append(seconds * 1000)
            took.append(json.loads(answer)["took"])
            engine.do("POST", "_cache/clear?request=true")
            validate.append(seconds_of([program, "validate", "--json", "--config", str(config), "--es-url", engine.url,
                                        "--timeout", "60s"])[0] * 1000)
        memory = resident_megabytes(pid)
    middle = statistics.median
    limit = 1.2 * middle(took) + ALLOWED_MILLISECONDS
    print(f"{title}: one request of {len(ask.body):,} bytes, an answer of {len(answer):,}")
    print(aligned([
        ["", "ms", "beside"],
        ["the engine's took", f"{middle(took):.0f}", ""],
        ["serve, a whole refresh", f"{middle(refresh):.0f}", f"{middle(refresh) / limit:.2f} of 1.2 took + 20"],
        ["curl, same body", f"{middle(curl):.0f}", ""],
        ["validate", f"{middle(validate):.0f}", f"{middle(validate) / middle(curl):.2f} of curl"],
    ]))
    print(f"serve: {memory:.1f} MB\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True)
    parser.add_argument("--documents", type=int, default=1_000_000)
    arguments = parser.parse_args()
    program = str(pathlib.Path(arguments.binary).resolve())
    session = Session.begin()
    try:
        engine = start_plain(session)
        lines = documents(BULK)
        load(engine, "mail", arguments.documents, lines)
        for number in range(INDICES):
            load(engine, f"mail-{number}", arguments.documents // INDICES, lines)
        with tempfile.TemporaryDirectory() as folder:
            compare("1,000 backfills on one index", program, engine,
                    [backfill(number, "mail") for number in range(1000)], pathlib.Path(folder))
            compare("100 backfills on 100 indices", program, engine,
                    [backfill(number, f"mail-{number}") for number in range(INDICES)], pathlib.Path(folder))
    finally:
        session.end()


if __name__ == "__main__":
    main()
