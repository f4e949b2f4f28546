#!/usr/bin/env python3
"""How much of a core `watch` takes at its default interval, beside procps' `watch -n 5 curl …`, what people type today.

    tests/bench/watching.py --binary build/backfill-health [--seconds 60]

Both run at the same time, each on a terminal of its own, and ask the same server. User and system time of each with all
that it has started, as the kernel accounts for it.
"""

import argparse
import contextlib
import os
import pathlib
import pty
import signal
import sys
import tempfile
import threading
import time

from common import aligned

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.emails import MIDWAY  # noqa: E402
from support.fake_elasticsearch import FakeElasticsearch  # noqa: E402
from support.stand_in import StandIn  # noqa: E402


def start(command: list[str], environment: dict[str, str]) -> int:
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(command[0], command, environment)

    def drain() -> None:
        with contextlib.suppress(OSError):
            while os.read(terminal, 65536):
                pass

    threading.Thread(target=drain, daemon=True).start()
    return pid


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True)
    parser.add_argument("--seconds", type=int, default=60)
    arguments = parser.parse_args()
    program = str(pathlib.Path(arguments.binary).resolve())
    rows = [["", "CPU ms", "% of a core"]]
    with tempfile.TemporaryDirectory() as folder, StandIn(FakeElasticsearch(emails=MIDWAY)) as server:
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "TERM": "xterm", "LC_ALL": "C.UTF-8"}
        commands = {
            "backfill-health watch": [program, "watch", "--es-url", server.url, "--index", "emails"],
            "watch -n 5 curl": ["watch", "-n", "5", f"curl -s '{server.url}/emails/_search' -d '{{\"size\":0}}'"],
        }
        started = {name: start(command, environment) for name, command in commands.items()}
        time.sleep(arguments.seconds)
        spent = {}
        for name, pid in started.items():
            os.kill(pid, signal.SIGINT)
            _, _, usage = os.wait4(pid, 0)
            spent[name] = usage.ru_utime + usage.ru_stime
            rows.append([name, f"{spent[name] * 1000:.0f}", f"{spent[name] / arguments.seconds * 100:.3f}"])
    ours, theirs = spent.values()
    rows.append(["ratio", f"{ours / theirs:.2f}", ""])
    print(aligned(rows))


if __name__ == "__main__":
    main()
