#!/usr/bin/python3
"""build-times.py [FOLDER]: the dearest units of the latest build in it, in seconds, from ninja's log.

The log has a line an output: start and end in milliseconds since the build began, mtime, output, hash of the command.
A build that begins anew starts again from 0. https://ninja-build.org/manual.html#ref_log
"""

import sys
from pathlib import Path

MOST = 20


def latest_build(log: Path) -> dict[str, float]:
    out: dict[str, float] = {}
    previous_end = 0
    for line in log.read_text().splitlines()[1:]:
        start, end, _, output, _ = line.split("\t")
        if int(end) < previous_end:
            out = {}
        previous_end = int(end)
        out[output] = (int(end) - int(start)) / 1000
    return out


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "build")
    times = latest_build(folder / ".ninja_log")
    for output, seconds in sorted(times.items(), key=lambda item: -item[1])[:MOST]:
        print(f"{seconds:7.1f}  {output}")
    print(f"{sum(times.values()):7.1f}  in all")


if __name__ == "__main__":
    main()
