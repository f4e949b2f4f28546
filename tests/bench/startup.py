#!/usr/bin/env python3
"""How soon the program says its first byte, without the network, beside curl, jq and git.

    tests/bench/startup.py --binary build/backfill-health

Each is started by fork and exec, in turns; the time is until the first byte on its stdout (or stderr) can be read. The
median of all turns is shown, the time within which 19 of 20 were, and the ratio to curl's median.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

from common import aligned

TURNS = 100
SMALL = '{"category":"bills","dates":["2025-10-01"],"expires_at":"2025-10-31"}\n' * 20


def first_byte(command: list[str], environment: dict[str, str]) -> float:
    start = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, bufsize=0) as process:
        byte = process.stdout.read(1)
        seconds = time.perf_counter() - start
        process.terminate()  # serve would go on
        process.stdout.read()
    if not byte:
        raise SystemExit(f"{command} said nothing")
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True)
    program = str(pathlib.Path(parser.parse_args().binary).resolve())
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "gmail_emails_v2.ndjson").write_text(SMALL)
        (pathlib.Path(folder) / "backfill_health_v1.ndjson").touch()
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "ES_URL": f"file:{folder}"}
        ours = [["--version"], ["--help"], ["validate", "--help"], ["validate"], ["emit"], ["history"],
                ["serve", "--listen", "127.0.0.1:0"], ["import-dashboard", "--print"]]
        peers = [["curl", "--version"], ["jq", "--version"], ["git", "--version"]]
        commands = [*([program, *words] for words in ours), *peers]
        times: dict[str, list[float]] = {}
        for _ in range(TURNS):
            for command in commands:
                name = " ".join([pathlib.Path(command[0]).name, *command[1:]])
                times.setdefault(name, []).append(first_byte(command, environment))
    medians = {name: statistics.median(seconds) for name, seconds in times.items()}
    curl = medians["curl --version"]
    rows = [["first byte of", "median ms", "95 % ms", "of curl's"]]
    for name, seconds in times.items():
        slow = statistics.quantiles(seconds, n=20)[-1]
        rows.append([name, f"{medians[name] * 1000:.1f}", f"{slow * 1000:.1f}", f"{medians[name] / curl:.2f}"])
    print(aligned(rows))


if __name__ == "__main__":
    main()
