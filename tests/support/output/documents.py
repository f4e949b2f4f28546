"""The fenced blocks of a Markdown document, and what their `console` kind says.

In a console, a line that begins with "$ " is a command ("> " goes on with it), and what follows is what it prints.
There, `…` stands for anything within a line, a line with nothing else for any lines, and a time for any time.
"""

import pathlib
import re
from dataclasses import dataclass

from support.program import ROOT, TIMESTAMP

ANY = "…"


@dataclass(frozen=True)
class Block:
    heading: str  # the nearest one above
    language: str
    text: str


@dataclass
class Command:
    text: str
    output: str = ""

    def matches(self, printed: str) -> bool:
        whole = printed if printed.endswith("\n") or not printed else printed + "\n"
        return re.fullmatch(_pattern(self.output), whole) is not None


def blocks(document: pathlib.Path) -> list[Block]:
    found: list[Block] = []
    heading, language, lines = "", None, []
    for line in document.read_text().splitlines(keepends=True):
        assert not re.match(r"[ >]+```", line), f"{document.name}: a fence is indented: {line}"
        if line.startswith("```"):
            if language is None:
                language, lines = line[3:].strip(), []
            else:
                found.append(Block(heading, language, "".join(lines)))
                language = None
        elif language is not None:
            lines.append(line)
        elif line.startswith("#"):
            heading = line.lstrip("#").strip()
    assert language is None, f"{document.name}: a fence is not closed"
    return found


def prose(document: pathlib.Path) -> str:
    """What is not in fences."""
    return re.sub(r"^```.*?^```$", "", document.read_text(), flags=re.M | re.S)


def commands(console: str) -> list[Command]:
    found: list[Command] = []
    for line in console.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append(Command(line[2:].rstrip("\n")))
        elif line.startswith("> ") and not found[-1].output:
            found[-1].text += "\n" + line[2:].rstrip("\n")
        else:
            found[-1].output += line
    return found


def _pattern(output: str) -> str:
    lines = output.splitlines(keepends=True)
    return "".join(r"(?:.*\n)*?" if line == ANY + "\n" else _line_pattern(line) for line in lines)


def _line_pattern(line: str) -> str:
    parts = re.split(f"({ANY}|{TIMESTAMP})", line)
    known = [re.escape(part) for part in parts[::2]]
    masked = [".*" if part == ANY else TIMESTAMP for part in parts[1::2]]
    return "".join(fixed + any for fixed, any in zip(known, [*masked, ""]))


COMMANDS = ["create-index", "emit", "validate", "config", "serve", "import-dashboard", "history", "watch", "doctor", "bootstrap"]
README = ROOT / "README.md"
SETTINGS = ROOT / "docs/settings.md"
MANUALS = [README, *sorted((ROOT / "docs").rglob("*.md"))]
DOCUMENTS = [*MANUALS, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
