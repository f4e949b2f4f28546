#!/usr/bin/python3
"""build-times.py [FOLDER]: the units that took longest when they were last built there, in seconds, from ninja's log.

The log has a line an output: start and end in milliseconds since the build began, mtime, output, hash of the command.
https://ninja-build.org/manual.html#ref_log
"""

import sys
from pathlib import Path

MOST = 20


def seconds_of_each(log: Path) -> dict[str, float]:
    out = {}
    for line in log.read_text().splitlines()[1:]:
        start, end, _, output, _ = line.split("\t")
        out[output] = (int(end) - int(start)) / 1000
    return out


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "build")
    times = seconds_of_each(folder / ".ninja_log")
    for output, seconds in sorted(times.items(), key=lambda item: -item[1])[:MOST]:
        print(f"{seconds:7.1f}  {output}")
    print(f"{sum(times.values()):7.1f}  in all")


if __name__ == "__main__":
    main()
