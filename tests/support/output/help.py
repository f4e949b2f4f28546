"""What --help says, taken apart."""

import re


def section(help: str, title: str) -> str:
    found = re.search(rf"^{title}:\n((?:  .*\n)+)", help, re.M)
    return found[1] if found else ""


def commands(help: str) -> list[str]:
    return re.findall(r"^  ([a-z-]+) ", section(help, "Commands"), re.M)


def examples(help: str) -> list[str]:
    return [line.strip() for line in section(help, "Examples").splitlines() if not line.startswith("  # ")]


def flags(help: str) -> set[str]:
    return set(re.findall(r"^  (--[a-z.-]+)", help, re.M))


def options(help: str) -> dict[str, str]:
    """What is said of each option, on one line."""
    entries = re.findall(r"^  (--[a-z.-]+)((?:.*\n)(?: {4,}.*\n)*)", help, re.M)
    return {flag: " ".join(text.split()) for flag, text in entries}


def variables(help: str) -> set[str]:
    return set(re.findall(r"\b(?:ES|BACKFILL|KIBANA)_[A-Z_]+\b", " ".join(options(help).values())))


def statuses(help: str) -> set[int]:
    return {int(status) for status in re.findall(r"^  (\d+) ", section(help, "Exit status"), re.M)}
