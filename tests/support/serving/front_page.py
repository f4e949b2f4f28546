"""The page of `serve` in a browser, as people read it."""

import time

from support.serving.browser import Page

INDEX = "gmail_emails_v2"
HISTORY = "backfill_health_v1"
HOUR = 3600
PHONE = (360, 740)
DESKTOP = (1280, 900)


def refresh(page: Page) -> Page:
    page.evaluate("refresh()")
    return page


def snapshot(hours_ago: float, missing: int) -> dict:
    seconds = time.time() // HOUR * HOUR - hours_ago * HOUR
    return {"index": INDEX, "missing": missing, "with_dates": 20, "with_expires_at": 18,
            "ts": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))}


def numbers(page: Page) -> dict[str, int]:
    """The large ones, by what stands above them. Their shares stand below."""
    shown = page.evaluate("[...document.querySelectorAll('.numbers div')]"
                          ".map(e => [...e.children].map(c => c.innerText))")
    return {label: int(number.replace(",", "")) for label, number, *_ in shown}


def bars(page: Page) -> list[tuple[str, float, str]]:
    """The name of each, its filled share, and the text above it."""
    found = page.evaluate("[...document.querySelectorAll('progress')].map(e => "
                          "[e.getAttribute('aria-label'), e.position, e.parentElement.innerText])")
    return [(name, share, " ".join(text.split())) for name, share, text in found]


def status(page: Page) -> str:
    return page.text(".status")


def announced(page: Page) -> str:
    """What a screen reader has been told."""
    return page.evaluate("document.querySelector('[role=status]').textContent")


def ends(page: Page) -> list[tuple[float, float]]:
    """Where each piece of the line begins and ends on the screen."""
    return [tuple(place) for place in page.evaluate("""(() => {
        const line = document.querySelector("svg .line"), matrix = line?.getScreenCTM();
        if (!line) return [];
        const pieces = line.getAttribute("d").split("M").slice(1);
        return pieces.flatMap(piece => [piece.split("L")[0], piece.split("L").at(-1)])
            .map(place => place.split(" ").map(parseFloat)).map(([x, y]) => new DOMPoint(x, y).matrixTransform(matrix))
            .map(({ x, y }) => [x, y]);
    })()""")]


def labels(page: Page, axis: str) -> list[str]:
    """Those that are shown: a narrow window has fewer."""
    return page.evaluate(f"[...document.querySelectorAll('{axis} span')].filter(e => e.checkVisibility())"
                         ".map(e => e.innerText)")
