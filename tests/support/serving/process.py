"""What the system knows of a process that serves."""

import os
import pathlib
import resource

from support.program import Exporter


def descriptors(serving: Exporter) -> int:
    return len(os.listdir(f"/proc/{serving.process.pid}/fd"))


def memory(serving: Exporter) -> int:
    """Resident bytes."""
    pages = int(pathlib.Path(f"/proc/{serving.process.pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def stat(pid: int) -> list[str]:
    """From the state on: proc(5)."""
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def processor_seconds(serving: Exporter) -> float:
    fields = stat(serving.process.pid)
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
