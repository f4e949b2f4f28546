"""GET / is for people: what they see in a real browser, and how it keeps up."""

import re
import signal
import time

import pytest

from support.emails import DONE, EMPTY_POPULATION, emails
from support.serving.browser import Page
from support.serving.front_page import INDEX, announced, bars, numbers, refresh, status
from support.stand_in import Reply

# Each would be an element, were it not text.
HOSTILE = {"index": 'a"><img src=x><u>', "name": "<script>", "field": "<b>due</b>", "derived": "\"'><i>&amp;"}


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

    def test_thousands_are_set_apart_and_what_is_nearly_all_is_not_all(self, page, exporter, files):
        index = files.load(emails(missing=1, with_dates=12_345, with_expires_at=12_344))
        serving = exporter("--es-url", files.url, "--index", index)
        serving.refresh()
        page.open(serving.url)
        assert "with dates[] 12,345 99.9 % of 12,346" in page.text(".numbers")
        assert [text.split()[-2:] for _, _, text in bars(page)] == [["99.9", "%"]] * 2

    def test_the_rate_and_the_time_that_is_left(self, shown, serving, server):
        assert shown.text(".pace") == "Too early to estimate the time left"
        waiting = [{"category": "bills"} for _ in range(1000)]
        server.script.indices[INDEX] += waiting
        serving.refresh()

        def filled() -> bool:
            for _ in range(5):
                waiting.pop()["dates"] = ["2025-10-10"]
            serving.refresh()
            return "About" in refresh(shown).text(".pace")

        shown.until(filled, "there is an estimate")
        assert re.fullmatch(r"Missing is (falling|rising) by [\d.]+/s in the last \S+\. "
                            r"About [\dhms ]+ left \([\dhms ]+ (to [\dhms ]+|or more)\), done at .* UTC",
                            shown.text(".pace"))

    def test_done_is_not_left(self, page, exporter, files):
        serving = exporter("--es-url", files.url, "--index", files.load(DONE))
        serving.refresh()
        page.open(serving.url)
        assert page.evaluate("document.querySelector('.pace')") is None

    def test_an_empty_population_is_not_well(self, page, exporter, files):
        serving = exporter("--es-url", files.url, "--index", files.load(EMPTY_POPULATION))
        serving.refresh()
        page.open(serving.url)
        assert set(numbers(page).values()) == {0}
        assert "CHECK" in page.text("main") and "no document matches category: bills" in page.text("main")
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
        assert re.match(r"Measuring has been failing since \d\d:\d\d:\d\d UTC \((just now|\d+s ago)\): ", status(failing))
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
        assert told.startswith("Measuring has been failing")
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
        gone = r"The exporter cannot be reached: this page was last updated at \d\d:\d\d:\d\d UTC\."
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
