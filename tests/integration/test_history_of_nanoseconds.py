"""`history` of a health index whose times an engine keeps in nanoseconds."""

import json
import time


def test_the_same_as_of_milliseconds(run, engine, indices):
    ts = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 7200))
    snapshot = {"index": "emails", "missing": 3, "with_dates": 7, "with_expires_at": 6, "ts": ts}
    numbers = {name: {"type": "integer"} for name in ("missing", "with_dates", "with_expires_at")}
    index = engine.load(indices.unused_name("nanoseconds"), [snapshot],
                        {"properties": {"index": {"type": "keyword"}, "ts": {"type": "date_nanos"}, **numbers}})
    shown = json.loads(run("history", "--es-url", engine.url, "--health-index", index, "--index", "emails",
                           "--json").succeeded())
    assert [(point["ts"], point["missing"]) for point in shown["points"]] == [(ts, 3)]
