#!/usr/bin/python3
"""test-engines.py [--write] [ENGINE...]: what is tested on an engine, on each of these (all six), one after the other.

Prints a matrix: what is tested, and on which engine it holds. --write puts it into docs/compatibility.md as well. Ends with
1 where something fails. What cannot run on this machine, for want of Java 21, is no failure, and said at the end.
"""

import argparse
import ast
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml
from dataclasses import dataclass, field

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from support.elasticsearch import ENGINES  # noqa: E402
from support.requirements import MISSING  # noqa: E402

DOCUMENT = ROOT / "docs/compatibility.md"
BEGIN, END = "<!-- written by make test-engines WRITE=yes -->\n", "<!-- end of what is written -->\n"
TESTS = ["integration", "e2e/test_create_index.py", "e2e/test_create_index_many.py", "e2e/test_emit.py",
         "e2e/test_emit_many.py", "e2e/test_history.py", "e2e/test_validate.py", "e2e/test_validate_by.py",
         "e2e/test_validate_compare.py", "e2e/test_validate_many.py", "e2e/test_validate_samples.py"]
HOLDS, FAILS, ABSENT, NOT_RUN = "✓", "✗", "–", "?"
# Of a test with several parameters, the worst counts.
WORST_FIRST = [FAILS, NOT_RUN, HOLDS]

Row = tuple[str, str]  # the file, and the test in it


@dataclass
class Matrix:
    cells: dict[Row, dict[str, str]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def add(self, row: Row, engine: str, result: str) -> None:
        cells = self.cells.setdefault(row, {})
        cells[engine] = min(cells.get(engine, HOLDS), result, key=WORST_FIRST.index)

    def count(self, engine: str, result: str) -> int:
        return sum(cells.get(engine) == result for cells in self.cells.values())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("engines", nargs="*", metavar="ENGINE", help=", ".join(ENGINES))
    parser.add_argument("--write", action="store_true", help=f"put the matrix into {DOCUMENT.relative_to(ROOT)}")
    options = parser.parse_args()
    engines = options.engines or list(ENGINES)

    matrix = Matrix()
    for engine in engines:
        run(engine, matrix)
    print_table(matrix, engines)
    for engine, reason in matrix.missing.items():
        print(f"\nNOT TESTED ON THIS MACHINE: {ENGINES[engine]}: {reason}")
    failed = sum(matrix.count(engine, FAILS) for engine in engines)
    if options.write:
        if engines != list(ENGINES) or matrix.missing or failed:
            print(f"{DOCUMENT.relative_to(ROOT)} is left as it was: not everything ran on every engine, and was right",
                  file=sys.stderr)
            return 1
        write(matrix)
    return 1 if failed else 0


def run(engine: str, matrix: Matrix) -> None:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.xml"
        result = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", "2", "--engines", engine, f"--junitxml={report}",
             *(str(ROOT / "tests" / test) for test in TESTS)],
            cwd=ROOT, env=os.environ | {"BACKFILL_HEALTH": os.environ.get("BACKFILL_HEALTH", str(ROOT / "build/backfill-health"))},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if not report.exists():
            sys.exit(f"the tests did not run on {ENGINES[engine]}:\n{result.stdout}")
        for case in xml.parse(report).iter("testcase"):
            row, outcome = to_row(case), to_result(case)
            matrix.add(row, engine, outcome)
            if outcome == NOT_RUN:
                matrix.missing[engine] = case.find("skipped").get("message").partition(MISSING)[2]
    if result.returncode:
        print(result.stdout)
    print(f"{ENGINES[engine]}: {time.monotonic() - began:.0f} s, {result.stdout.splitlines()[-1]}", flush=True)


def to_row(case: xml.Element) -> Row:
    parts = case.get("classname").split(".")
    file = next(index for index, part in enumerate(parts) if part.startswith("test_"))
    name = ".".join([*parts[file + 1:], case.get("name").partition("[")[0]])
    return "/".join(parts[:file + 1]) + ".py", name


def to_result(case: xml.Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return FAILS
    return HOLDS if case.find("skipped") is None else NOT_RUN


def subject(file: str) -> str:
    """The first sentence of the file."""
    path = ROOT / file if (ROOT / file).exists() else ROOT / "tests" / file
    first = ast.get_docstring(ast.parse(path.read_text())).partition("\n")[0]
    return first.partition(". ")[0].rstrip(".")


def by_subject(matrix: Matrix) -> dict[str, list[tuple[str, dict[str, str]]]]:
    found: dict[str, list[tuple[str, dict[str, str]]]] = {}
    for (file, name), cells in sorted(matrix.cells.items(), key=lambda entry: entry[0][0]):
        words = name.rpartition(".")[2].removeprefix("test_").replace("_", " ")
        found.setdefault(subject(file), []).append((words, cells))
    return found


def print_table(matrix: Matrix, engines: list[str]) -> None:
    width = max(len(words) for rows in by_subject(matrix).values() for words, _ in rows) + 2
    for title, rows in by_subject(matrix).items():
        print(f"\n{title}\n{'':{width}}" + "".join(f"{engine:>7}" for engine in engines))
        for words, cells in rows:
            print(f"  {words:{width - 2}}" + "".join(f"{cells.get(engine, ABSENT):>7}" for engine in engines))
    print(f"\n{'holds':{width}}" + "".join(f"{matrix.count(engine, HOLDS):>7}" for engine in engines))
    print(f"{'does not':{width}}" + "".join(f"{matrix.count(engine, FAILS):>7}" for engine in engines))


def write(matrix: Matrix) -> None:
    lines = [f"| | {' | '.join(ENGINES.values())} |\n", "|---" + "|:---:" * len(ENGINES) + "|\n"]
    for title, rows in by_subject(matrix).items():
        lines.append(f"| **{title}** |" + " |" * len(ENGINES) + "\n")
        lines += [f"| {words} | {' | '.join(cells.get(engine, ABSENT) for engine in ENGINES)} |\n" for words, cells in rows]
    before, _, rest = DOCUMENT.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{''.join(lines)}\n{END}{after}")


if __name__ == "__main__":
    sys.exit(main())
