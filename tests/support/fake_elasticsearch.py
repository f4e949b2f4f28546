"""A script for a StandIn that answers like a healthy Elasticsearch: the tests of bad answers need a good one beside them.

It counts by evaluating the query it is sent on plain documents, so it knows nothing of how the program asks.
"""

import calendar
import json
import time
import urllib.parse
from collections.abc import Iterable
from fnmatch import fnmatchcase

from support.emails import MIDWAY
from support.stand_in import Reply, Request

PRODUCT = {"X-elastic-product": "Elasticsearch"}


class FakeElasticsearch:
    def __init__(self, **indices: list[dict]) -> None:
        self.indices: dict[str, list[dict]] = indices
        self.mappings: dict[str, dict] = {}

    def __call__(self, request: Request) -> Reply:
        parts = [urllib.parse.unquote(part) for part in request.path.split("/")[1:]]
        name, action = parts[0], parts[1] if len(parts) > 1 else ""
        if not name:
            return ok({"name": "fake", "cluster_name": "fake", "version": {"number": "8.19.0"},
                       "tagline": "You Know, for Search"})
        if request.method == "PUT" and not action:
            return self._create(name, request)
        if name == "_msearch":
            return items(self._search(head["index"], search) for head, search in pairs(request))
        if action == "_search":
            return self._search(name, request.json)
        found = self._named(name)
        if not found:
            return missing(name)
        if action == "_bulk":
            written = [(head["create"]["_id"], document) for head, document in pairs(request)]
            self.indices[name].extend(document for _, document in written)
            return bulk(ok({"_index": name, "_id": id, "result": "created"}, 201) for id, _ in written)
        if action == "_mapping":
            return ok({name: {"mappings": self.mappings.get(name, {})}})
        return ok({name: {"aliases": {}, "mappings": self.mappings.get(name, {})}})

    def _create(self, name: str, request: Request) -> Reply:
        if name in self.indices:
            return refusal(400, "resource_already_exists_exception", f"index [{name}/x] already exists", index=name)
        self.indices[name] = []
        self.mappings[name] = request.json.get("mappings", {}) if request.body else {}
        return ok({"acknowledged": True, "shards_acknowledged": True, "index": name})

    def _named(self, expression: str) -> list[str]:
        return [index for index in self.indices if any(fnmatchcase(index, wanted) for wanted in expression.split(","))]

    def _search(self, expression: str, search: dict) -> Reply:
        found = self._named(expression)
        if not found:
            return missing(expression)
        documents = [document for index in found for document in self.indices[index]]
        hits = [document for document in documents if matches(document, search.get("query", {"match_all": {}}))]
        answer = {
            "took": 1,
            "timed_out": False,
            "_shards": {"total": 1, "successful": 1, "skipped": 0, "failed": 0},
            "hits": {"total": {"value": len(hits), "relation": "eq"}, "max_score": None, "hits": []},
        }
        aggregations = search.get("aggs", search.get("aggregations"))
        if aggregations:
            answer["aggregations"] = aggregated(hits, aggregations, documents)
        return ok(answer)


def ok(body: dict, status: int = 200) -> Reply:
    return Reply(status, json=body, headers=PRODUCT)


def refusal(status: int, kind: str, reason: str, **more: object) -> Reply:
    """An error as Elasticsearch writes it."""
    cause = {"type": kind, "reason": reason, **more}
    return Reply(status, json={"error": {"root_cause": [cause], **cause}, "status": status}, headers=PRODUCT)


def missing(index: str) -> Reply:
    return refusal(404, "index_not_found_exception", f"no such index [{index}]", index=index)


def pairs(request: Request) -> list[tuple[dict, dict]]:
    """The lines of a `_bulk` or `_msearch`, two by two."""
    lines = [json.loads(line) for line in request.body.splitlines()]
    return list(zip(lines[::2], lines[1::2], strict=True))


def items(replies: Iterable[Reply]) -> Reply:
    """The answer to an `_msearch` of which these are the answers to each search."""
    return ok({"took": 1, "responses": [{**reply.json, "status": reply.status} for reply in replies]})


def bulk(replies: Iterable[Reply]) -> Reply:
    """The answer to a `_bulk` of which these would be the answers to each `create`."""
    written = [{**reply.json, "status": reply.status} for reply in replies]
    return ok({"took": 1, "errors": any("error" in item for item in written),
               "items": [{"create": item} for item in written]})


def aggregated(hits: list[dict], aggregations: dict, everything: list[dict]) -> dict:
    answers = {}
    for name, aggregation in aggregations.items():
        below = aggregation.get("aggs", aggregation.get("aggregations", {}))

        def bucket(documents: list[dict]) -> dict:
            return {"doc_count": len(documents), **aggregated(documents, below, everything)}

        if "filter" in aggregation:
            answers[name] = bucket([hit for hit in hits if matches(hit, aggregation["filter"])])
        elif "global" in aggregation:
            answers[name] = bucket(everything)
        elif "top_hits" in aggregation:
            answers[name] = {"hits": {"hits": top_hits(hits, aggregation["top_hits"])}}
        elif "max" in aggregation:
            times = [milliseconds(time) for hit in hits for time in values(hit, aggregation["max"]["field"])]
            answers[name] = {"value": max(times, default=None)}
        elif "composite" in aggregation:
            intervals = intervals_of(hits, aggregation["composite"])
            answers[name] = {"buckets": [{"key": {"ts": key}, **bucket(inside)} for key, inside in intervals]}
        else:
            filters = aggregation["filters"]["filters"]
            answers[name] = {"buckets": {key: bucket([hit for hit in hits if matches(hit, query)])
                                         for key, query in filters.items()}}
    return answers


def top_hits(hits: list[dict], search: dict) -> list[dict]:
    """The latest ones: whatever else it sorts by comes after the time."""
    assert search["sort"][0] == {"ts": {"order": "desc", "numeric_type": "date"}}
    latest = sorted(hits, key=lambda hit: milliseconds(hit["ts"]), reverse=True)[: search["size"]]
    return [{"fields": {field: values(hit, field) for field in search["docvalue_fields"]},
             "sort": [milliseconds(hit["ts"]), 0]} for hit in latest]


def intervals_of(hits: list[dict], composite: dict) -> list[tuple[int, list[dict]]]:
    (source,) = composite["sources"]
    every = int(source["ts"]["date_histogram"]["fixed_interval"].removesuffix("s"))
    intervals: dict[int, list[dict]] = {}
    for hit in hits:
        intervals.setdefault(milliseconds(hit["ts"]) // (every * 1000) * every * 1000, []).append(hit)
    after = composite.get("after", {"ts": -1})["ts"]
    return sorted((key, inside) for key, inside in intervals.items() if key > after)[: composite["size"]]


def milliseconds(ts: str) -> int:
    return calendar.timegm(time.strptime(ts, "%Y-%m-%dT%H:%M:%SZ")) * 1000


def matches(document: dict, query: dict) -> bool:
    ((kind, body),) = query.items()
    if kind == "match_all":
        return True
    if kind == "exists":
        return bool(values(document, body["field"]))
    if kind == "range":
        ((field, bounds),) = body.items()
        return any(bounds["gte"] <= value < bounds["lt"] for value in values(document, field))
    if kind == "term":
        ((field, wanted),) = body.items()
        wanted = wanted["value"] if isinstance(wanted, dict) else wanted
        return wanted in values(document, field)
    if kind == "bool":
        def clause(name: str) -> list[dict]:
            found = body.get(name, [])
            return found if isinstance(found, list) else [found]

        needed = clause("must") + clause("filter")
        return all(matches(document, each) for each in needed) and not any(
            matches(document, each) for each in clause("must_not")
        )
    raise NotImplementedError(f"query {kind}")


def values(document: object, path: str) -> list:
    """The values under a dotted path that Elasticsearch would index: no nulls, arrays flattened."""
    if isinstance(document, list):
        return [value for element in document for value in values(element, path)]
    if not path:
        inner = [] if document is None else [document]
        return inner if not isinstance(document, dict) else [v for key in document for v in values(document[key], "")]
    if not isinstance(document, dict):
        return []
    found = []
    for key, value in document.items():
        if path == key or path.startswith(key + "."):
            found += values(value, path[len(key) + 1 :])
        elif key.startswith(path + "."):
            found += values(value, "")
    return found


def healthy() -> FakeElasticsearch:
    return FakeElasticsearch(gmail_emails_v2=list(MIDWAY), backfill_health_v1=[])
