"""What Kibana's Lens asks Elasticsearch for the columns of a layer, and what it computes from the answer.

Only of what Kibana was seen to draw: another operation is an error here.
"""

import re
from collections.abc import Iterator

Row = dict[str, object]


def search(columns: dict[str, dict], order: list[str], since: str, until: str, only: str | None = None) -> dict:
    """The body of the search for this range of time; only: the index that the control has chosen."""
    filters = [{"range": {"ts": {"gte": since, "lte": until}}}]
    if only:
        filters.append({"term": {"index": only}})
    aggregations = {name: _metric(columns[name], until) for name in order if "sourceField" in columns[name]
                    and not columns[name]["isBucketed"]}
    for name in reversed(_buckets(columns, order)):
        aggregations = {name: _bucket(columns[name]) | {"aggs": aggregations}}
    return {"size": 0, "query": {"bool": {"filter": filters}}, "aggs": aggregations}


def rows(columns: dict[str, dict], order: list[str], answer: dict) -> list[Row]:
    return [_computed(columns, row) for row in _rows(columns, _buckets(columns, order), answer["aggregations"], {})]


def _buckets(columns: dict[str, dict], order: list[str]) -> list[str]:
    return [name for name in order if columns[name]["isBucketed"]]


def _bucket(column: dict) -> dict:
    params, field = column["params"], column["sourceField"]
    match column["operationType"]:
        case "date_histogram":
            return {"date_histogram": {"field": field, "fixed_interval": params["interval"],
                                       "min_doc_count": 0 if params["includeEmptyRows"] else 1}}
        case "terms":
            assert params["orderBy"] == {"type": "alphabetical"}
            return {"terms": {"field": field, "size": params["size"], "order": {"_key": params["orderDirection"]}}}
    raise NotImplementedError(column["operationType"])


def _metric(column: dict, until: str) -> dict:
    field, filters = column["sourceField"], []
    if "filter" in column:
        (exists,) = re.fullmatch(r"(\w+): \*", column["filter"]["query"]).groups()
        filters.append({"exists": {"field": exists}})
    if "reducedTimeRange" in column:
        filters.append({"range": {"ts": {"gte": f"{until}||-{column['reducedTimeRange']}", "lte": until}}})
    match column["operationType"]:
        case "average":
            value = {"avg": {"field": field}}
        case "last_value":
            assert column["params"]["showArrayValues"], "top_metrics is of x-pack"
            value = {"top_hits": {"size": 1, "sort": [{column["params"]["sortField"]: "desc"}], "_source": [field]}}
        case other:
            raise NotImplementedError(other)
    return {"filter": {"bool": {"filter": filters}}, "aggs": {"value": value}}


def _rows(columns: dict[str, dict], buckets: list[str], answer: dict, row: Row) -> Iterator[Row]:
    if buckets:
        name, *inner = buckets
        for bucket in answer[name]["buckets"]:
            yield from _rows(columns, inner, bucket, row | {name: bucket.get("key_as_string", bucket["key"])})
    else:
        yield row | {name: _value(columns[name], answer[name]["value"]) for name in columns if name in answer}


def _value(column: dict, answer: dict) -> float | None:
    if column["operationType"] == "average":
        return answer["value"]
    hits = answer["hits"]["hits"]
    return hits[0]["_source"][column["sourceField"]] if hits else None


def _computed(columns: dict[str, dict], row: Row) -> Row:
    for name, column in columns.items():
        if column["operationType"] == "math":
            row[name] = _math(column["params"]["tinymathAst"], row)
    for name, column in columns.items():
        if column["operationType"] == "formula":
            (computed,) = column["references"]
            row[name] = row[computed]
    return row


def _math(term: object, row: Row) -> float | None:
    if isinstance(term, str):
        return row[term]
    assert (term["type"], term["name"]) == ("function", "divide"), term
    dividend, divisor = (_math(each, row) for each in term["args"])
    return dividend / divisor if dividend is not None and divisor else None
