"""Random documents that an index can hold, with everything JSON can say about a field that is there or not."""

import json
import random
import re

TEXTS = ["", " ", "bills", "Bills", "2025-10-01", "ünï", "日本", "😀", 'quo"te', "back\\slash", "line\nfeed", "\u0000", "a,b", "x" * 300]
ABSENT = object()


class Documents:
    """`nested` makes the backfilled field an object, not a scalar. The mapping must be mapping(nested)."""

    def __init__(self, source: random.Random, nested: bool) -> None:
        self._random = source
        self._nested = nested

    def document(self) -> dict:
        members = {
            "category": self._any([self._category, self._category, self._array_of(self._category)]),
            "dates": self._any([self._object] if self._nested else [self._scalar]),
            "expires_at": self._any([self._scalar]),
            "meta": self._meta(),
            "noise": self._any([self._scalar, self._object]),
            "code": self._any([self._number]),
        }
        present = [(key, value) for key, value in members.items() if value is not ABSENT]
        self._random.shuffle(present)
        document = dict(present)
        if self._random.random() < 0.3:
            # The same path, written with a dot in the key.
            document["meta.dates" if self._random.random() < 0.7 else "meta.inner.expires_at"] = self._value([self._scalar])
        return document

    def encode(self, document: dict) -> str:
        """On one line: with and without spaces, and some characters as escapes."""
        separators = self._random.choice([(",", ":"), (", ", ": "), (" , ", " : ")])
        text = json.dumps(document, ensure_ascii=self._random.random() < 0.5, separators=separators)
        if self._random.random() < 0.3:
            text = re.sub(r"(?<![\\u0-9a-f])[a-z](?=[a-z_]*\")", self._maybe_escaped, text)
        return text

    def _maybe_escaped(self, match: re.Match) -> str:
        return f"\\u{ord(match[0]):04x}" if self._random.random() < 0.2 else match[0]

    def _category(self) -> object:
        return self._random.choice(["bills", "bills", "bills", "bills ", "Bills", "offers", "5", 5, True, "true", ""])

    def _number(self) -> object:
        return self._random.choice([5, 5.0, 5.5, 1000, 1e3, -7])

    def _scalar(self) -> object:
        return self._random.choice([self._random.choice(TEXTS), self._random.randint(-9, 9), 0.5, True, False, 10**20])

    def _object(self) -> object:
        keys = self._random.sample(["start", "end", "deep.er"], self._random.randint(0, 3))
        made = {key: self._value([self._scalar]) for key in keys}
        if self._random.random() < 0.2:
            made["inner"] = self._value([self._object]) if self._random.random() < 0.5 else {}
        return made

    def _meta(self) -> object:
        def meta() -> dict:
            made = {"dates": self._any([self._scalar]), "inner": self._any([lambda: self._inner()])}
            return {key: value for key, value in made.items() if value is not ABSENT}

        return self._any([meta, self._array_of(meta)])

    def _inner(self) -> dict:
        value = self._any([self._scalar])
        return {} if value is ABSENT else {"expires_at": value}

    def _array_of(self, make):
        return lambda: [make() for _ in range(self._random.randint(0, 3))]

    def _any(self, makers: list) -> object:
        return ABSENT if self._random.random() < 0.25 else self._value(makers)

    def _value(self, makers: list, depth: int = 0) -> object:
        kind = self._random.random()
        if kind < 0.12:
            return None
        if kind < 0.35 and depth < 3:
            return [self._value(makers, depth + 1) for _ in range(self._random.randint(0, 3))]
        return self._random.choice(makers)()


def mapping(nested: bool) -> dict:
    """Explicit for the fields in question, and such that no random document is refused."""
    keyword = {"type": "keyword"}
    # A list of types is understood since Elasticsearch 8.
    scalars = [{kind: {"match_mapping_type": kind, "mapping": keyword}} for kind in ("string", "long", "double", "boolean")]
    inner = {"properties": {"expires_at": keyword}}
    return {
        "date_detection": False,
        "dynamic_templates": scalars,
        "properties": {
            "category": keyword | {"fields": {"keyword": keyword}},
            "code": {"type": "double"},
            "dates": {"properties": {"start": keyword}} if nested else keyword,
            "expires_at": keyword,
            "meta": {"properties": {"dates": keyword, "inner": inner}},
            "noise": {"type": "object", "enabled": False},
        },
    }
