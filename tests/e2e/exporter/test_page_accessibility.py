"""The page without JavaScript, on a phone, in the dark, by keyboard and by screen reader."""

import re
import urllib.parse

import pytest

from support.serving.browser import Page
from support.serving.front_page import DESKTOP, HISTORY, PHONE, ends, numbers, refresh, snapshot, status

LONG = "an_index_" + "with_a_very_long_name_" * 10


class TestWithoutJavaScript:
    def test_shows_everything_and_is_loaded_again(self, page, serving):
        page.call("Emulation.setScriptExecutionDisabled", value=True)
        page.open(serving.url)
        assert status(page).startswith("Measured ")
        assert numbers(page)["missing dates[]"] == 2
        (reload,) = page.events("Page.frameScheduledNavigation")
        assert (reload["reason"], reload["delay"], reload["url"]) == ("metaTagRefresh", 15, serving.url + "/")

    def test_with_it_it_is_not_loaded_again(self, shown):
        assert shown.events("Page.frameScheduledNavigation") == []


class TestLooks:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("state", ["shown", "failing"])
    def test_every_text_stands_out(self, request, state, scheme):
        page = request.getfixturevalue(state)
        page.color_scheme(scheme)
        page.evaluate("document.querySelector('details').open = true")
        texts = page.evaluate(TEXTS)
        assert len(texts) > 20
        assert {text: (ink, paper) for text, ink, paper in texts if contrast(ink, paper) < 4.5} == {}
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (luminance(paper) < .2) == (scheme == "dark")

    @pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
    def test_nothing_is_wider_than_the_window(self, page, exporter, files, size):
        files.path(LONG).write_text("".join('{"category":"bills"}\n' for _ in range(100)))
        serving = exporter("--es-url", files.url, "--index", LONG)
        serving.refresh()
        files.remove(LONG)
        serving.refresh()
        page.size(*size)
        page.open(serving.url)
        page.evaluate("document.querySelector('details').open = true")
        assert LONG in page.text("h2") and LONG[:100] in status(page)
        assert page.evaluate("document.documentElement.scrollWidth") == size[0]
        wide = page.evaluate("[...document.querySelectorAll('main *, footer *')].filter(e => "
                             "e.getBoundingClientRect().right > innerWidth || e.getBoundingClientRect().left < 0)"
                             ".map(e => e.outerHTML)")
        assert wide == []

    def test_digits_stand_below_each_other(self, shown):
        assert shown.evaluate("[...document.querySelectorAll('dd, td, strong, .status')]"
                              ".every(e => getComputedStyle(e).fontVariantNumeric === 'tabular-nums')")


# Each text on the page, its colour, and the one behind it.
TEXTS = """(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
    while (walker.nextNode()) {
        const text = walker.currentNode.data.trim();
        let element = walker.currentNode.parentElement;
        if (text === "" || element.matches("script, style")) continue;
        const ink = getComputedStyle(element).color;
        while (getComputedStyle(element).backgroundColor === "rgba(0, 0, 0, 0)") element = element.parentElement;
        found.push([text, ink, getComputedStyle(element).backgroundColor]);
    }
    return found;
})()"""


def luminance(color: str) -> float:
    """As WCAG 2 defines it."""
    parts = re.fullmatch(r"rgb\((\d+), (\d+), (\d+)\)", color).groups()
    shares = [int(part) / 255 for part in parts]
    linear = [share / 12.92 if share <= .04045 else ((share + .055) / 1.055) ** 2.4 for share in shares]
    return .2126 * linear[0] + .7152 * linear[1] + .0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + .05) / (darker + .05)


class TestKeyboard:
    def test_reaches_everything_in_the_order_in_which_it_is_read(self, shown):
        expected = shown.evaluate("[...document.querySelectorAll('summary, a')].map(e => e.innerText)")
        assert len(expected) == 4 and expected[1:] == ["/metrics", "/readyz", "/healthz"]
        reached = []
        for _ in expected:
            shown.press("Tab", 9)
            text, style, width, seen = shown.evaluate(
                "(e => [e.innerText, getComputedStyle(e).outlineStyle, parseFloat(getComputedStyle(e).outlineWidth), "
                "contains(e)])(document.activeElement); function contains(e) { const r = e.getBoundingClientRect(); "
                "return r.top >= 0 && r.bottom <= innerHeight }")
            reached.append(text)
            assert (style, width, seen) == ("solid", 2, True), text
        assert reached == expected

    def test_unfolds_the_measurements(self, shown):
        assert not shown.evaluate("document.querySelector('table').checkVisibility()")
        shown.press("Tab", 9)
        shown.press("Enter", 13, "\r")
        assert shown.evaluate("document.querySelector('table').checkVisibility()")

    def test_the_links_lead_somewhere(self, shown, serving):
        for url in shown.evaluate("[...document.querySelectorAll('a')].map(a => a.href)"):
            assert serving.get(urllib.parse.urlsplit(url).path).status == 200


class TestScreenReader:
    @staticmethod
    def tree(page: Page) -> list[dict]:
        return [{"role": node["role"]["value"], "name": node.get("name", {}).get("value", ""),
                 **{each["name"]: each["value"].get("value") for each in node.get("properties", [])}}
                for node in page.call("Accessibility.getFullAXTree")["nodes"] if not node["ignored"]]

    def named(self, page: Page, role: str) -> list[str]:
        return [node["name"] for node in self.tree(page) if node["role"] == role]

    def test_headings_are_in_order(self, shown):
        headings = [(node["level"], node["name"]) for node in self.tree(shown) if node["role"] == "heading"]
        assert headings == [(1, "Backfill health"), (2, "Bills in gmail_emails_v2"), (2, "Engine"), (2, "Last errors")]
        assert self.named(shown, "main") and self.named(shown, "contentinfo")

    def test_what_is_drawn_has_a_name(self, shown, serving, server):
        server.script.indices[HISTORY].append(snapshot(3, 1240))
        shown.until(lambda: serving.refresh() and ends(refresh(shown)), "there is a chart")
        assert self.named(shown, "progressbar") == ["Filled: 20 of 22 have dates[]",
                                                    "Coverage: 18 of 20 have expires_at"]
        (chart,) = self.named(shown, "image")
        assert re.fullmatch(r"Missing dates\[\]: (1,240|2) at .*, 2 at .* UTC, (1,240|2) at most", chart)

    def test_the_status_is_a_live_region(self, failing):
        (live,) = [node for node in self.tree(failing) if node["role"] == "status"]
        assert live["live"] == "polite"
        assert "Measuring has been failing" in failing.text("[role=status]")
