"""Where what the documents say is done: a folder like the repository, with servers that have the names of the documents."""

import contextlib
import pathlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass

from support.program import ROOT


@dataclass
class World:
    """A folder like the repository, an environment, and what the names of the documents are called here."""

    folder: pathlib.Path
    env: dict[str, str]
    names: dict[str, str]

    def translate(self, text: str) -> str:
        return replace_all(text, self.names)

    def copy(self, name: str, changes: dict[str, str]) -> None:
        """Files that a command reads are translated as well."""
        for path in (ROOT / name).rglob("*.*"):
            copied = self.folder / path.relative_to(ROOT)
            copied.parent.mkdir(parents=True, exist_ok=True)
            copied.write_text(replace_all(self.translate(path.read_text()), changes))


def replace_all(text: str, replacements: dict[str, str]) -> str:
    for old, new in replacements.items():
        text = text.replace(old, new)
    return text


@contextlib.contextmanager
def promised_port() -> Iterator[int]:
    """A port that nobody gets by chance, but a server may listen on: servers set SO_REUSEADDR."""
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("", 0))  # of all addresses: one of them may be busy with a connection to elsewhere
        yield holder.getsockname()[1]
