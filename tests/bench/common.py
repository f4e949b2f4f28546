"""What the benchmarks share."""

import os
import pathlib
import subprocess
import sys
import venv
from collections.abc import Sequence


def cache() -> pathlib.Path:
    return pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "backfill-health"


def python_with(*packages: str) -> pathlib.Path:
    """A Python that has these packages, in a virtual environment of its own, which is kept."""
    folder = cache() / packages[0]
    python = folder / "bin" / "python"
    modules = ", ".join(packages)
    if python.exists() and subprocess.run([python, "-c", f"import {modules}"], capture_output=True).returncode == 0:
        return python
    venv.create(folder, with_pip=True, clear=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True, stdout=sys.stderr)
    return python


def aligned(rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """The rows as a table; all but the first `left` columns are numbers."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) if number < left else cell.rjust(width)
                  for number, (cell, width) in enumerate(zip(row, widths, strict=True))).rstrip()
        for row in rows
    )  # fmt: skip
