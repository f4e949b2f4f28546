#!/usr/bin/python3
"""What the sample bills should have in `expires_at`: the last of their `dates`.

    backfill-health validate --verify 300 --expect examples/expected-expiry.py

It reads a document on each line, as {"_index": …, "_id": …, "_source": {…}}, and prints a line for each.
"""

import datetime
import json
import sys


def expected(document: dict) -> dict:
    dates = document.get("dates") or []
    days = [datetime.date.fromisoformat(day) for day in (dates if isinstance(dates, list) else [dates])]
    # null: the field should be absent. A field that is left out, such as "dates" here, is not judged.
    return {"expires_at": max(days).isoformat() if days else None}


for line in sys.stdin:
    print(json.dumps(expected(json.loads(line)["_source"])))
