#!/usr/bin/python3
"""Takes the README's two pictures in the middle of its walk: docs/pictures/page.png, and `watch` on stdout."""

import argparse
import base64
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support.program import Exporter, Program  # noqa: E402
from support.serving.browser import Page, chromium  # noqa: E402
from support.terminals.screen import ScreenProgram  # noqa: E402

STAGES = range(40, 98)  # percent, one a second
MOMENT = 47  # seconds after the first


def emails(backfilled: int) -> str:
    sample = [ROOT / "examples/sample-emails.py", "--backfilled", str(backfilled)]
    return subprocess.run(sample, check=True, capture_output=True, text=True, timeout=60).stdout


def put(folder: pathlib.Path, text: str) -> None:
    (folder / "next").write_text(text)
    (folder / "next").rename(folder / "gmail_emails_v2.ndjson")


def take(page: Page, url: str, target: pathlib.Path) -> None:
    """As far as the backfill goes; below that is the engine."""
    page.size(1000, 800)
    page.open(url)
    page.size(1000, page.evaluate("""(() => {
        const titles = [...document.querySelectorAll("h2")];
        return Math.floor(titles.find(e => e.innerText == "Engine").getBoundingClientRect().top);
    })()"""))
    target.write_bytes(base64.b64decode(page.call("Page.captureScreenshot", format="png")["data"]))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--page", type=pathlib.Path, default=ROOT / "docs/pictures/page.png", metavar="FILE")
    chosen = arguments.parse_args()
    stages = [emails(percent) for percent in STAGES]
    with tempfile.TemporaryDirectory() as home, chromium() as browser, browser.page() as page:
        folder = pathlib.Path(home) / "emails"
        folder.mkdir()
        (folder / "backfill_health_v1.ndjson").touch()
        put(folder, stages[0])
        program = Program(pathlib.Path(home))
        env = {"ES_URL": "file:emails"}
        exporter = Exporter(program, "--refresh-interval", "5s", env=env)
        with ScreenProgram(program, "watch", env=env) as screen:
            begun = time.monotonic()
            while (passed := time.monotonic() - begun) < MOMENT:
                put(folder, stages[int(passed)])
                deadline = time.monotonic() + 1
                screen.until(lambda _: time.monotonic() >= deadline)
            print(screen.text, flush=True)
            take(page, exporter.url, chosen.page)
        exporter.stop()


if __name__ == "__main__":
    main()
