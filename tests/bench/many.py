#!/usr/bin/env python3
"""What many backfills cost on a real Elasticsearch: 1,000 on one index, and 100 on an index each.

    tests/bench/many.py --binary build/backfill-health [--documents 1000000]

A refresh of `serve` beside the engine's own `took` and beside prometheus-es-exporter with the same searches, and
`validate` beside curl with the same body, in turns and in an order left to chance. The engine's request cache is
emptied before each.
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
from collections.abc import Callable
from dataclasses import dataclass

from common import aligned, python_with

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.elasticsearch import Elasticsearch, start_plain  # noqa: E402
from support.forward import Forward  # noqa: E402
from support.session import Session  # noqa: E402
from support.stand_in import StandIn  # noqa: E402

FIELDS = 20
CATEGORIES = 50
BULK = 5_000
INDICES = 100
TURNS = 9
ALLOWED_MILLISECONDS = 20
PEER = pathlib.Path(__file__).with_name("peers") / "es_exporter.py"


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


def searches(ask: Ask) -> list[tuple[str, dict]]:
    """Index and body of each."""
    lines = [json.loads(line) for line in ask.body.splitlines()]
    pairs = list(zip(lines[::2], lines[1::2], strict=True)) if "_msearch" in ask.path else [
        ({"index": ask.path.split("/")[1]}, lines[0])]
    # The exporter wants to know how many there are.
    return [(head["index"] if isinstance(head["index"], str) else ",".join(head["index"]), body | {"track_total_hits": True})
            for head, body in pairs]


def exporter_python() -> pathlib.Path | None:
    """None when it cannot be installed."""
    try:
        return python_with("prometheus_es_exporter")
    except (OSError, subprocess.CalledProcessError) as failure:
        print(f"prometheus-es-exporter is left out: {failure}", file=sys.stderr)
        return None


def asked(program: str, config: pathlib.Path, engine: Elasticsearch) -> list[Ask]:
    """What `validate` sends."""
    with StandIn(Forward(engine.url)) as server:
        subprocess.run([program, "validate", "--json", "--config", config, "--es-url", server.url, "--timeout", "60s"],
                       check=True, stdout=subprocess.DEVNULL)
        return [Ask(request.target, request.body, request.headers.get("content-type", "")) for request in server.requests]


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


def in_turns(measures: dict[str, Callable[[], float]], before_each: Callable[[], object]) -> dict[str, float]:
    """The middle of the seconds of each; the first turn passes while the engine compiles itself."""
    seconds: dict[str, list[float]] = {name: [] for name in measures}
    choose = random.Random(1)
    for turn in range(-1, TURNS):
        for name in choose.sample(list(measures), len(measures)):
            before_each()
            measured = measures[name]()
            if turn >= 0:
                seconds[name].append(measured)
    return {name: statistics.median(each) for name, each in seconds.items()}


def empty_request_cache(engine: Elasticsearch) -> None:
    engine.do("POST", "_cache/clear?request=true")


def curl(engine: Elasticsearch, ask: Ask, body: pathlib.Path) -> list[str]:
    """The command that sends the same."""
    body.write_bytes(ask.body)
    return ["curl", "-s", "--compressed", "-H", f"Content-Type: {ask.content_type}", "--data-binary", f"@{body}",
            engine.url + ask.path]


def compare(title: str, program: str, exporter: pathlib.Path | None, engine: Elasticsearch, backfills: list[dict],
            folder: pathlib.Path) -> None:
    config, body, lines = folder / "config.yaml", folder / "body", folder / "searches"
    config.write_text(json.dumps({"backfills": backfills}))
    (ask,) = asked(program, config, engine)
    command = curl(engine, ask, body)
    lines.write_text("".join(json.dumps(search) + "\n" for search in searches(ask)))
    took, answers = [], []

    def ask_with_curl() -> float:
        seconds, answer = seconds_of(command)
        took.append(json.loads(answer)["took"])
        answers.append(len(answer))
        return seconds

    with serving(program, config, engine) as (url, pid):
        measures = {
            "serve, a whole refresh": lambda: refresh_seconds(url),
            "curl, same body": ask_with_curl,
            "validate": lambda: seconds_of([program, "validate", "--json", "--config", str(config), "--es-url",
                                            engine.url, "--timeout", "60s"])[0],
        }
        if exporter:
            peer = [str(exporter), str(PEER), engine.url, str(lines)]
            measures["prometheus-es-exporter"] = lambda: json.loads(seconds_of(peer)[1])[0]
        seconds = in_turns(measures, lambda: empty_request_cache(engine))
        memory = resident_megabytes(pid)
    middle = {name: each * 1000 for name, each in seconds.items()}
    engine_took = statistics.median(took[1:])
    limit = 1.2 * engine_took + ALLOWED_MILLISECONDS
    beside = {"serve, a whole refresh": f"{middle['serve, a whole refresh'] / limit:.2f} of 1.2 took + 20",
              "validate": f"{middle['validate'] / middle['curl, same body']:.2f} of curl"}
    if exporter:
        beside["prometheus-es-exporter"] = (
            f"{middle['prometheus-es-exporter'] / middle['serve, a whole refresh']:.2f} of serve")
    print(f"{title}: one request of {len(ask.body):,} bytes, an answer of {answers[-1]:,}; serve has {memory:.1f} MB")
    print(aligned([["", "ms", "beside"], ["the engine's took", f"{engine_took:.0f}", ""],
                   *([name, f"{each:.0f}", beside.get(name, "")] for name, each in middle.items())]) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True)
    parser.add_argument("--documents", type=int, default=1_000_000)
    arguments = parser.parse_args()
    program = str(pathlib.Path(arguments.binary).resolve())
    exporter = exporter_python()
    session = Session.begin()
    try:
        engine = start_plain(session)
        lines = documents(BULK)
        load(engine, "mail", arguments.documents, lines)
        for number in range(INDICES):
            load(engine, f"mail-{number}", arguments.documents // INDICES, lines)
        with tempfile.TemporaryDirectory() as folder:
            compare("1,000 backfills on one index", program, exporter, engine,
                    [backfill(number, "mail") for number in range(1000)], pathlib.Path(folder))
            compare("100 backfills on 100 indices", program, exporter, engine,
                    [backfill(number, f"mail-{number}") for number in range(INDICES)], pathlib.Path(folder))
    finally:
        session.end()


if __name__ == "__main__":
    main()
