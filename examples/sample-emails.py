#!/usr/bin/python3
"""Sample emails for demos, some of them bills to which a backfill adds `dates` and `expires_at`.

The same arguments give the same bytes. --backfilled is how far the backfill has come, so that several calls show the
index at several stages of it.

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
from dataclasses import dataclass

EMAILS = 3000
BILLS = 1243
# Bills that name no due date get dates, but no expires_at.
WITHOUT_DUE_DATE = 0.02

SENDERS = ["power", "water", "phone", "internet", "insurance", "rent"]
OTHER_CATEGORIES = ["offers", "interviews", "newsletters", "personal"]
FIRST_DAY = datetime.date(2025, 6, 1)


@dataclass
class Email:
    id: str
    document: dict  # as it arrived
    added: dict  # by the backfill; nothing, unless it is a bill
    turn: float  # when the backfill comes to it, in percent of its way

    def at(self, backfilled: int) -> dict:
        return self.document | self.added if self.turn < backfilled else self.document


def emails() -> Iterator[Email]:
    source = random.Random(2025)
    is_bill = [True] * BILLS + [False] * (EMAILS - BILLS)
    source.shuffle(is_bill)
    for number, bill in enumerate(is_bill):
        received = FIRST_DAY + datetime.timedelta(days=source.randrange(120))
        due = received + datetime.timedelta(days=source.randrange(7, 31))
        has_due_date = source.random() >= WITHOUT_DUE_DATE
        turn = source.random() * 100
        sender = source.choice(SENDERS)
        document = {
            "subject": f"Your {sender} bill" if bill else f"Message {number}",
            "sender": f"{sender}@example.com",
            "received_at": received.isoformat(),
            "category": "bills" if bill else source.choice(OTHER_CATEGORIES),
        }
        added = {"dates": [received.isoformat(), due.isoformat()]} if bill else {}
        if bill and has_due_date:
            added["expires_at"] = due.isoformat()
        yield Email(f"email-{number:04}", document, added, turn)


def lines(form: str, backfilled: int, since: int) -> Iterator[dict]:
    for email in emails():
        if form == "updates":
            if email.added and since <= email.turn < backfilled:
                yield {"update": {"_id": email.id}}
                yield {"doc": email.added}
        else:
            if form == "bulk":
                yield {"index": {"_id": email.id}}
            yield email.at(backfilled)


def main() -> None:
    arguments = argparse.ArgumentParser(description="Sample emails in the middle of a backfill, on stdout.")
    arguments.add_argument("--backfilled", type=int, default=40, metavar="PERCENT", help="how far the backfill has come")
    arguments.add_argument("--as", dest="form", choices=["ndjson", "bulk", "updates"], default="ndjson",
                           help="documents, or bulk actions that index them, or that update those filled since --since")
    arguments.add_argument("--since", type=int, default=0, metavar="PERCENT",
                           help="how far the backfill had come before")
    chosen = arguments.parse_args()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    for line in lines(chosen.form, chosen.backfilled, chosen.since):
        print(json.dumps(line))


if __name__ == "__main__":
    main()
