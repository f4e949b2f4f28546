#!/usr/bin/python3
"""Sample emails for demos, some of them bills that a backfill is giving `dates` and `expires_at`.

The same arguments give the same bytes. --backfilled says how far the backfill has come, so that two calls show the index
before and after a stretch of it.

    sample-emails.py --backfilled 40 > gmail_emails_v2.ndjson
    sample-emails.py --backfilled 40 --as bulk    | curl ... localhost:9200/gmail_emails_v2/_bulk --data-binary @-
    sample-emails.py --backfilled 70 --as updates --since 40 | curl ...
"""

import argparse
import datetime
import json
import random
import signal
from collections.abc import Iterator

EMAILS = 3000
BILLS = 1243
# Bills that name no due date get dates, but no expires_at.
WITHOUT_DUE_DATE = 0.02

SENDERS = ["power", "water", "phone", "internet", "insurance", "rent"]
OTHER_CATEGORIES = ["offers", "interviews", "newsletters", "personal"]
FIRST_DAY = datetime.date(2025, 6, 1)


def emails(backfilled: int) -> Iterator[tuple[str, dict, dict]]:
    """Of each email: its id, the document as it came, and what the backfill has added to it so far."""
    source = random.Random(2025)
    is_bill = [True] * BILLS + [False] * (EMAILS - BILLS)
    source.shuffle(is_bill)
    for number, bill in enumerate(is_bill):
        received = FIRST_DAY + datetime.timedelta(days=source.randrange(120))
        due = received + datetime.timedelta(days=source.randrange(7, 31))
        has_due_date = source.random() >= WITHOUT_DUE_DATE
        # Its place in the order in which the backfill works, from 0 to 100.
        turn = source.random() * 100
        sender = source.choice(SENDERS)
        document = {
            "subject": f"Your {sender} bill" if bill else f"Message {number}",
            "sender": f"{sender}@example.com",
            "received_at": received.isoformat(),
            "category": "bills" if bill else source.choice(OTHER_CATEGORIES),
        }
        added = {}
        if bill and turn < backfilled:
            added = {"dates": [received.isoformat(), due.isoformat()]}
            if has_due_date:
                added["expires_at"] = due.isoformat()
        yield f"email-{number:04}", document, added


def lines(form: str, backfilled: int, since: int) -> Iterator[dict]:
    if form == "updates":
        before = {id for id, _, added in emails(since) if added}
        for id, _, added in emails(backfilled):
            if added and id not in before:
                yield {"update": {"_id": id}}
                yield {"doc": added}
        return
    for id, document, added in emails(backfilled):
        if form == "bulk":
            yield {"index": {"_id": id}}
        yield document | added


def main() -> None:
    arguments = argparse.ArgumentParser(description="Sample emails in the middle of a backfill, on stdout.")
    arguments.add_argument("--backfilled", type=int, default=40, metavar="PERCENT", help="how far the backfill has come")
    arguments.add_argument("--as", dest="form", choices=["ndjson", "bulk", "updates"], default="ndjson",
                           help="documents, or bulk actions that index them, or that update what --since lacks")
    arguments.add_argument("--since", type=int, default=0, metavar="PERCENT")
    chosen = arguments.parse_args()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    for line in lines(chosen.form, chosen.backfilled, chosen.since):
        print(json.dumps(line))


if __name__ == "__main__":
    main()
