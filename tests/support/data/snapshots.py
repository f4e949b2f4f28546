"""A health index with a past: the program's own documents, with other times."""

import json
from collections.abc import Iterable

from support.emails import emails
from support.program import Program
from support.stores import ElasticsearchStore

# The time, the index, and what is missing, with dates, and with expires_at.
Snapshot = tuple[str, str, int, int, int]


def emitted(run: Program, store: ElasticsearchStore, snapshots: Iterable[Snapshot]) -> str:
    """The name of a new health index of create-index, with what emit stores for these."""
    health = store.unused_name("health")
    create = ("create-index", "--es-url", store.url, "--health-index", health)
    run(*create).succeeded()
    documents = []
    for ts, index, *numbers in snapshots:
        store.engine.load(index, emails(*numbers))
        line = run("emit", "--es-url", store.url, "--index", index, "--health-index", health, "--json").succeeded()
        store.remove(index)
        documents.append(json.loads(line))
    assert store.documents(health) == documents
    store.remove(health)
    run(*create).succeeded()
    store.add(health, [document | {"ts": ts} for document, (ts, *_) in zip(documents, snapshots, strict=True)])
    return health
