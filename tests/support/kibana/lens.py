"""What Kibana's Lens asks Elasticsearch for the columns of a layer, and what it computes from the answer.

Only of what Kibana was seen to draw: another operation is an error here.
"""

import math
import operator
import re
from collections.abc import Iterator

Row = dict[str, object]

ARITHMETIC = {"add": operator.add, "multiply": operator.mul, "divide": operator.truediv, "floor": math.floor}
COLLAPSES = {"sum": sum, "max": max}


def search(columns: dict[str, dict], order: list[str], since: str, until: str, only: str | None = None) -> dict:
    """The body of the search for this range of time; only: the index that the control has chosen."""
    filters = [{"range": {"ts": {"gte": since, "lte": until}}}]
    if only:
        filters.append({"term": {"index": only}})
    aggregations = {name: _metric(columns[name]) for name in order if "sourceField" in columns[name]
                    and not columns[name]["isBucketed"]}
    for name in reversed(_buckets(columns, order)):
        aggregations = {name: _bucket(columns[name]) | {"aggs": aggregations}}
    return {"size": 0, "query": {"bool": {"filter": filters}}, "aggs": aggregations}


def rows(columns: dict[str, dict], order: list[str], answer: dict) -> list[Row]:
    asked = list(_rows(columns, _buckets(columns, order), answer["aggregations"], {}))
    for name in _in_order_of_computation(columns):
        _compute(name, columns, asked)
    return asked


def shown_by_tile(visualization: dict, answered: list[Row]) -> object:
    """The one number of a tile."""
    values = [row[visualization["metricAccessor"]] for row in answered]
    if "collapseFn" not in visualization:
        (value,) = values
        return value
    known = [value for value in values if value is not None]
    return COLLAPSES[visualization["collapseFn"]](known) if known else None


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


def _metric(column: dict) -> dict:
    field, filters = column["sourceField"], []
    if "filter" in column:
        (exists,) = re.fullmatch(r"(\w+): \*", column["filter"]["query"]).groups()
        filters.append({"exists": {"field": exists}})
    match column["operationType"]:
        case "average":
            value = {"avg": {"field": field}}
        case "max":
            value = {"max": {"field": field}}
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


def _value(column: dict, answer: dict) -> object:
    if column["operationType"] == "last_value":
        hits = answer["hits"]["hits"]
        return hits[0]["_source"][column["sourceField"]] if hits else None
    return answer.get("value_as_string", answer["value"]) if answer["value"] is not None else None


def _in_order_of_computation(columns: dict[str, dict]) -> list[str]:
    """What is computed from other columns, after those."""
    waiting = [name for name, column in columns.items() if column.get("references")]
    order: list[str] = []
    while waiting:
        ready = [name for name in waiting if not set(columns[name]["references"]) & set(waiting)]
        assert ready, f"{waiting} are computed from each other"
        order += ready
        waiting = [name for name in waiting if name not in ready]
    return order


def _compute(name: str, columns: dict[str, dict], answered: list[Row]) -> None:
    column = columns[name]
    match column["operationType"]:
        case "overall_sum":
            # Of all rows, as long as none of the buckets is a date's.
            assert all(each["operationType"] == "terms" for each in columns.values() if each["isBucketed"])
            (summed,) = column["references"]
            known = [row[summed] for row in answered if row[summed] is not None]
            for row in answered:
                row[name] = sum(known) if known else None
        case "math":
            for row in answered:
                row[name] = _math(column["params"]["tinymathAst"], row)
        case "formula":
            (computed,) = column["references"]
            for row in answered:
                row[name] = row[computed]
        case other:
            raise NotImplementedError(other)


def _math(term: object, row: Row) -> float | None:
    """Without a value, or with a divisor of 0, Kibana draws nothing."""
    if isinstance(term, str):
        return row[term]
    if isinstance(term, int):
        return term
    assert term["type"] == "function", term
    values = [_math(each, row) for each in term["args"]]
    if None in values or (term["name"] == "divide" and values[1] == 0):
        return None
    return ARITHMETIC[term["name"]](*values)
