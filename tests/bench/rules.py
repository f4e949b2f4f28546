#!/usr/bin/env python3
"""What rules cost: on a folder beside the same report without them, on engines beside that and beside curl.

    tests/bench/rules.py --binary build/backfill-health [--documents 1000000]

Ten rules without a script on a folder and on Elasticsearch, two with scripts on OpenSearch, whose build for the tests
has Painless. In turns and in an order left to chance; on an engine once with its request cache, as a report that is
repeated finds it, and once with that emptied before each.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

from common import aligned
from many import BULK, asked, curl, empty_request_cache, in_turns, seconds_of
from ndjson import BLOCK_OF_DOCUMENTS, email, warm, write_emails

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.elasticsearch import Elasticsearch, start_plain  # noqa: E402
from support.session import Session  # noqa: E402

WITHOUT_SCRIPT = [
    "expires_at >= 2025-02-01", "expires_at < now+10y", "dates >= 2025-01-15", "dates < 2025-12-15",
    "received_at <= 2025-12-01", "received_at > now-10y", "size >= 2000", "score < 0.99",
    'sender != "you@example.com"', "has_attachment == false",
]  # fmt: skip
WITH_SCRIPT = ["expires_at >= dates", "expires_at >= received_at"]
MAPPING = {"category": "keyword", "dates": "date", "expires_at": "date", "received_at": "date", "size": "long",
           "score": "double", "sender": "keyword", "has_attachment": "boolean"}  # fmt: skip


def show(title: str, middle: dict[str, float]) -> None:
    first = next(iter(middle.values()))
    print(f"{title}\n" + aligned([["", "ms", "of the first"], *(
        [name, f"{each * 1000:.1f}", f"{each / first:.2f}"] for name, each in middle.items()
    )]) + "\n")  # fmt: skip


def validate(program: str, config: pathlib.Path, url: str) -> list[str]:
    return [program, "validate", "--json", "--config", str(config), "--es-url", url, "--timeout", "60s"]


def configured(folder: pathlib.Path, name: str, rules: list[str]) -> pathlib.Path:
    path = folder / f"{name}.yaml"
    path.write_text(json.dumps({"backfills": [{
        "name": "bills", "index": "emails", "field": "dates",
        "derived": [field for field in MAPPING if field not in ("category", "dates")],
        "population": {"category": "bills"}, "rules": rules}]}))  # fmt: skip
    return path


def broken(report: bytes) -> list[int]:
    return list(json.loads(report)["rules"].values())


def on_a_folder(program: str, megabytes: int, configs: list[pathlib.Path], folder: pathlib.Path) -> None:
    file = folder / "store" / "emails.ndjson"
    file.parent.mkdir()
    write_emails(file, megabytes * 1_000_000, seed=1)
    warm(file)
    without, ten = (validate(program, config, f"file:{file.parent}") for config in configs)
    middle = in_turns({"without rules": lambda: seconds_of(without)[0], "ten rules": lambda: seconds_of(ten)[0]},
                      before_each=lambda: None)
    show(f"a folder of {megabytes} MB", middle)


def load(engine: Elasticsearch, count: int) -> None:
    choose = random.Random(1)
    documents = (email(choose) for _ in range(BLOCK_OF_DOCUMENTS))
    lines = ['{"index":{}}\n' + json.dumps({field: document[field] for field in MAPPING if field in document}) + "\n"
             for document in documents]
    engine.create("emails", {"properties": {field: {"type": kind} for field, kind in MAPPING.items()}},
                  {"refresh_interval": "-1"})
    for start in range(0, count, BULK):
        first = start % len(lines)
        engine.do("POST", "emails/_bulk?filter_path=errors", "".join(lines[first:first + BULK]))
    engine.do("POST", "emails/_refresh")
    engine.do("POST", "emails/_forcemerge?max_num_segments=5")


def on_an_engine(title: str, program: str, engine: Elasticsearch, configs: list[pathlib.Path],
                 folder: pathlib.Path) -> None:
    without, ruled = (validate(program, config, engine.url) for config in configs)
    *_, search = asked(program, configs[1], engine)
    by_hand = curl(engine, search, folder / "body")
    for cache, before_each in (("with", lambda: None), ("without", lambda: empty_request_cache(engine))):
        middle = in_turns({
            "validate without rules": lambda: seconds_of(without)[0],
            "validate with them": lambda: seconds_of(ruled)[0],
            "curl, the search with them": lambda: seconds_of(by_hand)[0],
        }, before_each)
        show(f"{title}, {cache} the request cache", middle)
    print(f"broken: {broken(subprocess.run(ruled, check=True, stdout=subprocess.PIPE).stdout)}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--only-folder", action="store_true")
    arguments = parser.parse_args()
    program = str(pathlib.Path(arguments.binary).resolve())
    session = Session.begin()
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            without, ten, two = (configured(folder, name, rules) for name, rules in (
                ("without", []), ("ten", WITHOUT_SCRIPT), ("two", WITH_SCRIPT)))  # fmt: skip
            on_a_folder(program, arguments.megabytes, [without, ten], folder)
            if arguments.only_folder:
                return
            for title, engine_name, config in (
                ("ten rules on Elasticsearch", "es8", ten),
                ("two rules with scripts on OpenSearch", "os2", two),
            ):
                engine = start_plain(session, engine_name)
                load(engine, arguments.documents)
                on_an_engine(f"{title}, {arguments.documents:,} documents", program, engine, [without, config],
                             folder)
    finally:
        session.end()


if __name__ == "__main__":
    main()
