"""The same documents give the same snapshot in Elasticsearch and in a file: random ones, many times.

A failure prints its seed; SAME_NUMBERS_SEED=<seed> runs that one alone.
"""

import json
import os
import random

import pytest

from support.data.random_documents import Documents, mapping

ROUNDS = 6
DOCUMENTS = 400

CHOICES = {
    "default": [],
    "the other way round": ["--field", "expires_at", "--derived", "dates"],
    "dotted": ["--field", "meta.dates", "--derived", "meta.inner.expires_at"],
    "an object": ["--field", "meta", "--derived", "meta.inner"],
    "two populations": ["--population", "category=bills", "--population", "category=offers"],
    "a sub-field": ["--population", "category.keyword=bills"],
    "a number": ["--population", "code=5"],
    "a number with a point": ["--population", "code=5.0"],
    "a fraction": ["--population", "code=5.5"],
    "an exponent": ["--population", "code=1e3"],
    "a negative number": ["--population", "code=-7"],
    "a number as text": ["--population", "category=5"],
    "a truth": ["--population", "category=true"],
    "an empty text": ["--population", "category="],
    "a blank": ["--population", "category=bills "],
    "a dotted population": ["--population", "meta.dates=2025-10-01", "--field", "dates"],
    "a Unicode population": ["--population", "meta.dates=😀", "--field", "dates"],
    "a field that is nowhere": ["--field", "nowhere", "--derived", "neither"],
}

SEEDS = [int(os.environ["SAME_NUMBERS_SEED"])] if "SAME_NUMBERS_SEED" in os.environ else [
    random.SystemRandom().randrange(10**9) for _ in range(ROUNDS)
]


@pytest.mark.parametrize("round", range(len(SEEDS)))
def test_same_numbers(run, engine, indices, files, round):
    seed = SEEDS[round]
    source = random.Random(seed)
    nested = source.random() < 0.4
    documents = Documents(source, nested)
    lines = [documents.encode(documents.document()) for _ in range(DOCUMENTS)]

    def numbers(url: str, index: str, options: list[str]) -> list[int]:
        result = run("validate", "--json", "--es-url", url, "--index", index, *options)
        assert result.code == 0, f"seed {seed}: {result}"
        return list(json.loads(result.stdout).values())[1:4]

    def load(lines: list[str]) -> str:
        index = indices.unused_name()
        engine.create(index, mapping(nested))
        engine.bulk(index, "".join(f'{{"index":{{}}}}\n{line}\n' for line in lines))
        files.path(index).write_text("".join(line + "\n" for line in lines))
        return index

    def both(lines: list[str], options: list[str]) -> tuple[list[int], list[int]]:
        index = load(lines)
        return numbers(engine.url, index, options), numbers(files.url, index, options)

    def smallest(lines: list[str], options: list[str]) -> str:
        """A document that the stores count differently, without the members that do not matter."""

        def differ(some: list[str]) -> bool:
            in_elasticsearch, in_file = both(some, options)
            return in_elasticsearch != in_file

        while len(lines) > 1:
            half = len(lines) // 2
            lines = lines[:half] if differ(lines[:half]) else lines[half:]
        document = json.loads(lines[0])
        for key in list(document):
            fewer = {name: value for name, value in document.items() if name != key}
            if differ([json.dumps(fewer)]):
                document, lines = fewer, [json.dumps(fewer)]
        in_elasticsearch, in_file = both(lines, options)
        return f"{lines[0]}: Elasticsearch {in_elasticsearch}, file {in_file}"

    index = load(lines)
    for name, options in CHOICES.items():
        in_elasticsearch, in_file = numbers(engine.url, index, options), numbers(files.url, index, options)
        if in_elasticsearch != in_file:
            pytest.fail(f"seed {seed}, {name} {options}: Elasticsearch {in_elasticsearch}, file {in_file}\n"
                        f"{smallest(lines, options)}", pytrace=False)


def test_the_documents_are_varied():
    """The property test means something: each number is often neither none nor all."""
    source = random.Random(1)
    for nested in (False, True):
        documents = Documents(source, nested)
        made = [documents.document() for _ in range(DOCUMENTS)]
        texts = [json.dumps(document) for document in made]
        for part in ('"dates": null', '"dates": []', '"dates": [null]', '"meta.dates"', '"category": "bills"', "[["):
            assert sum(part in text for text in texts) >= 1, part
        with_field = [document for document in made if document.get("dates") not in (None, [], [None], {})]
        assert 0.2 < len(with_field) / len(made) < 0.8
