"""The two stores behind one face, for tests that hold on both."""

import json
import os
import pathlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from support.elasticsearch import Elasticsearch


class TestStore(Protocol):
    __test__ = False
    url: str

    def load(self, documents: Sequence[dict], stem: str = "emails") -> str:
        """A new index with these documents; its name."""

    def unused_name(self, stem: str = "health") -> str:
        """The name of an index that does not exist."""

    def add(self, index: str, documents: Sequence[dict]) -> None:
        """To an index that is there; a search sees them."""

    def visible(self, index: str) -> None:
        """A search sees what the program has written."""

    def documents(self, index: str) -> list[dict]: ...

    def remove(self, index: str) -> None: ...


@dataclass
class FileStore:
    folder: pathlib.Path

    @property
    def url(self) -> str:
        return f"file:{self.folder}"

    def path(self, index: str) -> pathlib.Path:
        return self.folder / f"{index}.ndjson"

    def load(self, documents: Sequence[dict], stem: str = "emails") -> str:
        name = self.unused_name(stem)
        self.add(name, documents)
        return name

    def add(self, index: str, documents: Sequence[dict]) -> None:
        with self.path(index).open("a") as file:
            file.writelines(json.dumps(document) + "\n" for document in documents)
        # The program waits until a file was left alone for half a second.
        a_second_ago = time.time_ns() - 1_000_000_000
        os.utime(self.path(index), ns=(a_second_ago, a_second_ago))

    def visible(self, index: str) -> None:
        pass

    def unused_name(self, stem: str = "health") -> str:
        return next(name for name in (f"{stem}-{number}" for number in range(1000)) if not self.path(name).exists())

    def documents(self, index: str) -> list[dict]:
        return [json.loads(line) for line in self.path(index).read_text().splitlines()]

    def remove(self, index: str) -> None:
        self.path(index).unlink()


@dataclass
class ElasticsearchStore:
    engine: Elasticsearch
    made: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.engine.url

    def load(self, documents: Sequence[dict], stem: str = "emails") -> str:
        return self.engine.load(self.unused_name(stem), list(documents))

    def add(self, index: str, documents: Sequence[dict]) -> None:
        self.engine.add(index, list(documents))

    def visible(self, index: str) -> None:
        self.engine.do("POST", f"{index}/_refresh")

    def unused_name(self, stem: str = "health") -> str:
        self.made.append(self.engine.unique_name(stem))
        return self.made[-1]

    def documents(self, index: str) -> list[dict]:
        return self.engine.documents(index)

    def remove(self, index: str) -> None:
        self.engine.delete(index)

    def clean(self) -> None:
        for index in self.made:
            self.engine.delete(index)
