#!/usr/bin/python3
"""Takes the README's two pictures of sample emails in mid-backfill: docs/pictures/page.png, and `watch` on stdout.

Both are of the same moment: the page shows four days of snapshots that are made up, with a gap of nine hours, and then
a minute that is measured.
"""

import argparse
import base64
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support.browser import Page, chromium  # noqa: E402
from support.program import Exporter, Program  # noqa: E402
from support.screen import ScreenProgram  # noqa: E402

SAMPLE = ROOT / "examples/sample-emails.py"
STAGES = range(40, 98)  # percent, one a second
MOMENT = 48  # seconds after the first
HOURS = 96
GAP = range(54, 63)


def emails(backfilled: int) -> str:
    return subprocess.run([SAMPLE, "--backfilled", str(backfilled)], check=True, capture_output=True, text=True).stdout


def put(folder: pathlib.Path, text: str) -> None:
    (folder / "next").write_text(text)
    (folder / "next").rename(folder / "gmail_emails_v2.ndjson")


def snapshot(hours_ago: int) -> dict:
    """Of a backfill that starts with nothing and slows down."""
    documents = [json.loads(line) for line in emails(round(STAGES[0] * (1 - (hours_ago / HOURS) ** 2))).splitlines()]
    bills = [document for document in documents if document["category"] == "bills"]
    at = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=hours_ago)
    return {"index": "gmail_emails_v2", "missing": sum("dates" not in bill for bill in bills),
            "with_dates": sum("dates" in bill for bill in bills),
            "with_expires_at": sum("expires_at" in bill for bill in bills), "ts": f"{at:%Y-%m-%dT%H:%M:%SZ}"}


def take(page: Page, url: str, target: pathlib.Path) -> None:
    page.size(1000, 800)
    page.open(url)
    page.size(1000, page.evaluate("document.documentElement.scrollHeight"))
    target.write_bytes(base64.b64decode(page.call("Page.captureScreenshot", format="png")["data"]))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--page", type=pathlib.Path, default=ROOT / "docs/pictures/page.png", metavar="FILE")
    chosen = arguments.parse_args()
    stages = {percent: emails(percent) for percent in STAGES}
    with tempfile.TemporaryDirectory() as home, chromium() as browser, browser.page() as page:
        folder = pathlib.Path(home) / "emails"
        folder.mkdir()
        snapshots = [snapshot(hours) for hours in range(HOURS, 0, -1) if hours not in GAP]
        (folder / "backfill_health_v1.ndjson").write_text("".join(json.dumps(each) + "\n" for each in snapshots))
        put(folder, stages[STAGES[0]])
        program = Program(pathlib.Path(home))
        env = {"ES_URL": "file:emails"}
        exporter = Exporter(program, env=env)
        with ScreenProgram(program, "watch", env=env) as screen:
            begun = time.monotonic()
            while (passed := time.monotonic() - begun) < MOMENT:
                put(folder, stages[min(STAGES[0] + int(passed), STAGES[-1])])
                deadline = time.monotonic() + 1
                screen.until(lambda _: time.monotonic() >= deadline)
            print(screen.text)
            exporter.refresh()
            take(page, exporter.url, chosen.page)
        exporter.stop()


if __name__ == "__main__":
    main()
