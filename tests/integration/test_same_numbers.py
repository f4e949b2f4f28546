"""The same documents give the same snapshot in Elasticsearch and in a file: random ones, many times.

A failure prints its seed; SAME_NUMBERS_SEED=<seed> runs that one alone.
"""

import json
import os
import random

import pytest

from support.random_documents import Documents, mapping

ROUNDS = 6
DOCUMENTS = 400

CHOICES = {
    "default": [],
    "the other way round": ["--field", "expires_at", "--derived", "dates"],
    "dotted": ["--field", "meta.dates", "--derived", "meta.inner.expires_at"],
    "an object": ["--field", "meta", "--derived", "meta.inner"],
    "two populations": ["--population", "category=bills", "--population", "category=offers"],
    "a number": ["--population", "category=5"],
    "a number with a point": ["--population", "category=5.0"],
    "an exponent": ["--population", "category=1000.0"],
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

    index = indices.unused_name()
    engine.create(index, mapping(nested))
    engine.bulk(index, "".join(f'{{"index":{{"_id":"{n}"}}}}\n{line}\n' for n, line in enumerate(lines)))
    files.path(index).write_text("".join(line + "\n" for line in lines))

    def measured(url: str, options: list[str]) -> list[int]:
        result = run("validate", "--json", "--es-url", url, "--index", index, *options)
        assert result.code == 0, f"seed {seed}: {result}"
        return [value for value in json.loads(result.stdout).values() if isinstance(value, int)]

    def differing_document(options: list[str]) -> str:
        """The shortest one that the stores count differently, by asking about each alone."""
        found = []
        for line in lines:
            alone = indices.unused_name("alone")
            engine.create(alone, mapping(nested))
            engine.bulk(alone, f'{{"index":{{}}}}\n{line}\n')
            files.path(alone).write_text(line + "\n")
            numbers = [
                list(json.loads(run("validate", "--json", "--es-url", url, "--index", alone, *options).stdout).values())[1:4]
                for url in (engine.url, files.url)
            ]
            engine.delete(alone)
            if numbers[0] != numbers[1]:
                found.append(f"{line}: Elasticsearch {numbers[0]}, file {numbers[1]}")
        return min(found, key=len, default="none of them alone")

    for name, options in CHOICES.items():
        in_elasticsearch, in_file = measured(engine.url, options), measured(files.url, options)
        if in_elasticsearch != in_file:
            pytest.fail(
                f"seed {seed}, {name} {options}: Elasticsearch {in_elasticsearch}, file {in_file}\n"
                f"{differing_document(options)}",
                pytrace=False,
            )


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
