"""GET / is for people: as they see it in a real browser."""

import json
import re
import signal
import time
import urllib.parse
from collections.abc import Iterator

import pytest

from support.browser import Browser, Page, chromium
from support.emails import EMPTY_POPULATION, MIDWAY, emails
from support.fake_elasticsearch import FakeElasticsearch
from support.program import Exporter
from support.stand_in import Reply, StandIn

INDEX = "gmail_emails_v2"
HISTORY = "backfill_health_v1"
HOUR = 3600
PHONE = (360, 740)
DESKTOP = (1280, 900)
# Each would be an element, were it not text.
HOSTILE = {"index": 'a"><img src=x><u>', "name": "<script>", "field": "<b>due</b>", "derived": "\"'><i>&amp;"}
LONG = "an_index_" + "with_a_very_long_name_" * 10


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def page(browser) -> Iterator[Page]:
    with browser.page() as opened:
        opened.size(*DESKTOP)
        yield opened


@pytest.fixture
def server(stand_in) -> StandIn:
    return stand_in(FakeElasticsearch(**{INDEX: list(MIDWAY), HISTORY: []}))


@pytest.fixture
def serving(exporter, server) -> Exporter:
    """Has measured the numbers of MIDWAY."""
    served = exporter("--es-url", server.url, "--refresh-interval", "1h", "--retries", "0")
    assert served.refresh().status == 200
    return served


@pytest.fixture
def shown(page, serving) -> Page:
    page.open(serving.url)
    return page


@pytest.fixture
def failing(shown, serving, server) -> Page:
    server.stop()
    assert serving.refresh().status == 503
    refresh(shown)
    return shown


def refresh(page: Page) -> Page:
    page.evaluate("refresh()")
    return page


def snapshot(hours_ago: float, missing: int) -> dict:
    seconds = time.time() // HOUR * HOUR - hours_ago * HOUR
    return {"index": INDEX, "missing": missing, "with_dates": 20, "with_expires_at": 18,
            "ts": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))}


def numbers(page: Page) -> dict[str, int]:
    """The large ones, by what stands above them."""
    shown = page.evaluate("[...document.querySelectorAll('.numbers div')]"
                          ".map(e => [...e.children].map(c => c.innerText))")
    return {label: int(number.replace(",", "")) for label, number in shown}


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


class TestLoading:
    def test_without_a_complaint_and_from_nowhere_else(self, shown, serving):
        refresh(shown)
        asked = [event["request"]["url"] for event in shown.events("Network.requestWillBeSent")]
        assert [url for url in asked if not url.startswith("data:")] == [serving.url + "/"] * 2
        assert complaints(shown) == []

    def test_the_policy_stops_what_would_go_elsewhere(self, shown):
        for code in ("fetch('http://127.0.0.1:1/').catch(() => 0)", "new Image().src = 'http://127.0.0.1:1/x.png'",
                     "document.body.append(Object.assign(document.createElement('script'), {src: '/metrics'}))"):
            seen = len(complaints(shown))
            shown.evaluate(code)
            shown.until(lambda: len(complaints(shown)) > seen, f"there is a complaint about {code}")
            assert "Content Security Policy" in str(complaints(shown)[seen:])

    def test_hostile_names_are_text(self, page, exporter, files):
        files.path(HOSTILE["index"]).write_text("{}\n")
        options = [part for key, value in HOSTILE.items() for part in (f"--{key}", value)]
        serving = exporter("--es-url", files.url, *options, "--population", "a=<hr>")
        serving.refresh()
        page.open(serving.url)
        for name in HOSTILE.values():
            assert name in page.text("main")
        assert page.evaluate("document.querySelectorAll('img, u, b, i, hr, main script').length") == 0
        assert complaints(page) == []


def complaints(page: Page) -> list[dict]:
    return page.events("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")


class TestNumbers:
    def test_are_those_of_the_metrics(self, shown, serving):
        metrics = serving.metrics()
        assert numbers(shown) == {"missing dates[]": metrics["bills_missing_dates"],
                                  "with dates[]": metrics["bills_with_dates"],
                                  "with expires_at": metrics["bills_with_expires_at"]}
        assert shown.text("h2") == "Bills in gmail_emails_v2"
        assert "CHECK" in shown.text(".verdict")
        measured = time.strftime("%H:%M:%S", time.gmtime(metrics["backfill_health_last_run_timestamp"]))
        assert re.fullmatch(rf"Measured (just now|\d+s ago) \({measured} UTC\)", status(shown))

    def test_bars(self, shown):
        filled, coverage = bars(shown)
        assert filled == ("Filled: 20 of 22 have dates[]", pytest.approx(20 / 22),
                          "Filled: 20 of 22 have dates[] 90.9 %")
        assert coverage == ("Coverage: 18 of 20 have expires_at", pytest.approx(.9),
                            "Coverage: 18 of 20 have expires_at 90.0 %")

    def test_numbers_are_plain_digits_and_what_is_nearly_all_is_not_all(self, page, exporter, files):
        index = files.load(emails(missing=1, with_dates=12_345, with_expires_at=12_344))
        serving = exporter("--es-url", files.url, "--index", index)
        serving.refresh()
        page.open(serving.url)
        assert "12345" in page.text(".numbers")
        assert [text.split()[-2:] for _, _, text in bars(page)] == [["99.9", "%"]] * 2

    def test_an_empty_population_is_not_well(self, page, exporter, files):
        serving = exporter("--es-url", files.url, "--index", files.load(EMPTY_POPULATION))
        serving.refresh()
        page.open(serving.url)
        assert set(numbers(page).values()) == {0}
        assert "CHECK" in page.text("main") and "No document matches category: bills" in page.text("main")
        assert bars(page) == []


class TestUpdates:
    def test_by_itself(self, page, serving, server):
        # Its clock is turned forward: nobody waits for its five seconds.
        page.call("Page.addScriptToEvaluateOnNewDocument",
                  source="const wait = setInterval; window.setInterval = (work, pause) => wait(work, pause / 100)")
        page.open(serving.url)
        server.script.indices[INDEX].append({"category": "bills"})
        serving.refresh()
        page.until(lambda: numbers(page)["missing dates[]"] == 3, "the new number is shown")
        assert "3 missing" in page.evaluate("document.title")

    def test_what_is_unfolded_selected_and_focused_stays(self, shown, serving, server):
        summary = "document.querySelector('summary')"
        shown.evaluate(f"{summary}.click(); {summary}.focus();"
                       "getSelection().selectAllChildren(document.querySelector('h2'))")
        good = server.script
        good.indices[INDEX].append({"category": "bills"})
        for expected in (200, 503, 200):
            server.script = Reply(503) if expected == 503 else good
            assert serving.refresh().status == expected
            refresh(shown)
            assert shown.evaluate(f"document.activeElement === {summary} && {summary}.parentElement.open")
            assert shown.evaluate("getSelection().toString()") == "Bills in gmail_emails_v2"
        assert numbers(shown)["missing dates[]"] == 3
        results = shown.evaluate("[...document.querySelectorAll('tbody tr')].map(row => row.lastChild.innerText)")
        assert results[:4] == ["ok", "rejected", "ok", "ok"]

    def test_is_the_page_that_a_new_visitor_sees(self, shown, serving, server):
        server.script.indices[INDEX] += [{"category": "bills"}] * 5
        serving.refresh()
        server.stop()
        serving.refresh()
        refresh(shown)
        updated = shown.text("main")
        shown.open(serving.url)
        age = re.compile(r"just now|\d+s ago")
        assert age.sub("AGE", shown.text("main")) == age.sub("AGE", updated)


class TestTrouble:
    def test_the_engine_stops_and_comes_back(self, failing, serving, server, stand_in):
        assert re.match(r"Measuring fails since \d\d:\d\d:\d\d UTC \((just now|\d+s ago)\): ", status(failing))
        assert server.address in status(failing)
        assert re.search(r"the last good ones, measured (just now|\d+s ago)\.", status(failing))
        assert numbers(failing)["missing dates[]"] == 2
        assert "fails" in failing.evaluate("document.title")
        assert "unreachable after" in failing.text(".facts")
        error = failing.text("li")
        assert error.startswith("unreachable") and server.address in error

        stand_in(server.script, port=server.port)
        assert serving.refresh().status == 200
        refresh(failing)
        assert status(failing).startswith("Measured ")
        assert "ok after" in failing.text(".facts")
        assert failing.text("li") == error

    def test_only_trouble_is_announced_and_once(self, shown, serving, server, stand_in):
        refresh(shown)
        assert announced(shown) == ""
        server.stop()
        serving.refresh()
        refresh(shown)
        told = announced(shown)
        assert told.startswith("Measuring fails")
        serving.refresh()
        refresh(shown)
        assert announced(shown) == told
        stand_in(server.script, port=server.port)
        serving.refresh()
        refresh(shown)
        assert announced(shown) == ""

    def test_the_same_error_again_and_again_is_one(self, failing, serving):
        serving.refresh()
        serving.refresh()
        refresh(failing)
        assert failing.evaluate("document.querySelectorAll('li').length") == 1
        assert "3 times since" in failing.text("li")

    def test_no_numbers_at_all(self, page, exporter, files):
        serving = exporter("--es-url", files.url, "--index", "absent", "--refresh-interval", "1h")
        serving.refresh()
        page.open(serving.url)
        assert "There are no numbers" in status(page)
        assert page.evaluate("document.querySelectorAll('dl.numbers, progress, svg').length") == 0

    def test_the_exporter_is_gone(self, shown, serving):
        before = numbers(shown)
        serving.stop()
        refresh(shown)
        gone = r"The exporter cannot be reached: what is shown here is of \d\d:\d\d:\d\d UTC\."
        assert re.fullmatch(gone, status(shown))
        assert shown.evaluate("document.querySelector('.status').classList.contains('bad')")
        assert announced(shown) == status(shown)
        assert "not reachable" in shown.evaluate("document.title")
        assert numbers(shown) == before

    def test_the_exporter_hangs_and_goes_on(self, shown, serving):
        serving.process.send_signal(signal.SIGSTOP)
        try:
            shown.evaluate("const patience = AbortSignal.timeout; AbortSignal.timeout = time => patience(time / 100)")
            refresh(shown)
            assert "cannot be reached" in status(shown)
        finally:
            serving.process.send_signal(signal.SIGCONT)
        shown.evaluate("AbortSignal.timeout = patience")
        refresh(shown)
        assert status(shown).startswith("Measured ")
        assert announced(shown) == ""


class TestTrend:
    @pytest.fixture
    def trend(self, page, serving, server) -> Page:
        """1,240 four days ago, then less every hour but for some in which nobody looked, and 2 now."""
        history = server.script.indices[HISTORY]
        history += [snapshot(hours, 1240 * hours // 96) for hours in range(96, 0, -1) if not 48 < hours < 56]
        page.open(serving.url)
        # It is read because somebody looks, and after that.
        page.until(lambda: ends(refresh(page)), "there is a trend")
        return page

    def test_is_drawn_from_the_history_and_what_was_seen(self, trend):
        top, bottom, left, right = trend.evaluate(
            "(r => [r.top, r.bottom, r.left, r.right])(document.querySelector('svg').getBoundingClientRect())")
        assert right - left > 600 and bottom - top > 100
        first, before_the_gap, after_it, now = ends(trend)
        most = 1500  # of the labels
        assert labels(trend, ".counts") == ["0", "500", "1k", "1.5k"]
        assert first == (pytest.approx(left, abs=2), pytest.approx(bottom - (bottom - top) * 1240 / most, abs=2))
        assert now == (pytest.approx(right, abs=2), pytest.approx(bottom - (bottom - top) * 2 / most, abs=2))
        gap = (right - left) * 8 / 96
        assert after_it[0] - before_the_gap[0] == pytest.approx(gap, rel=.1)
        assert after_it[1] > before_the_gap[1] > first[1]
        # It is as thick in one direction as in the other, however the drawing is stretched.
        style = trend.evaluate("(s => [s.strokeWidth, s.vectorEffect])"
                               "(getComputedStyle(document.querySelector('.line')))")
        assert style == ["2px", "non-scaling-stroke"]

    @pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
    def test_its_labels_can_be_read(self, trend, size):
        trend.size(*size)
        days = labels(trend, ".times")
        assert len(days) >= 3 and all(re.fullmatch(r"\d+ [A-Z][a-z]{2}", day) for day in days)
        title = r"Missing dates\[\] over time \d+ \w+ \d\d:00 – \d+ \w+ \d\d:\d\d UTC"
        assert re.fullmatch(title, trend.text("figcaption"))
        for axis, near, far in ((".times", "left", "right"), (".counts", "bottom", "top")):
            edges = trend.evaluate(f"[...document.querySelectorAll('{axis} span')].map(e => e.getBoundingClientRect())"
                                   f".map(r => [r.{near}, r.{far}])")
            for (_, end), (begin, _) in zip(edges, edges[1:]):
                assert begin - end > 4 if axis == ".times" else end - begin > 4, edges
        assert trend.evaluate("Math.min(...[...document.querySelectorAll('.chart span')]"
                              ".map(e => parseFloat(getComputedStyle(e).fontSize)))") >= 12

    def test_of_this_process_alone(self, shown, serving, server):
        server.script.indices[INDEX] += [{"category": "bills"}] * 6
        shown.until(lambda: serving.refresh() and len(set(ends(refresh(shown)))) == 2, "there is a line")
        first, now = ends(shown)
        assert now[0] > first[0] and now[1] < first[1]


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
    return page.evaluate(f"[...document.querySelectorAll('{axis} span')].map(e => e.innerText)")


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
        assert re.fullmatch(r"Missing dates\[\]: (1240|2) at .*, 2 at .* UTC, (1240|2) at most", chart)

    def test_the_status_is_a_live_region(self, failing):
        (live,) = [node for node in self.tree(failing) if node["role"] == "status"]
        assert live["live"] == "polite"
        assert "Measuring fails" in failing.text("[role=status]")


class TestHistory:
    @staticmethod
    def asked(server: StandIn, index: str) -> int:
        return sum(request.path.startswith(f"/{index}/") for request in server.requests)

    def test_is_read_once_a_minute_and_only_when_somebody_looks(self, page, server, exporter):
        serving = exporter("--es-url", server.url, "--refresh-interval", "50ms")

        def measure_on(times: int) -> None:
            since = self.asked(server, INDEX)
            page.until(lambda: self.asked(server, INDEX) >= since + times, "it is measured")

        measure_on(5)
        for path in ("/metrics", "/readyz", "/healthz"):
            serving.get(path)
        measure_on(2)
        assert self.asked(server, HISTORY) == 0

        page.open(serving.url)
        page.until(lambda: self.asked(server, HISTORY) > 0, "the history is read")
        once = self.asked(server, HISTORY)
        for _ in range(10):
            refresh(page)
        measure_on(5)
        assert self.asked(server, HISTORY) == once == 1
