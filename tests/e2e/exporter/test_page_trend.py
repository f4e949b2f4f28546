"""The chart of the page, and the history that it is drawn from."""

import re

import pytest

from support.serving.browser import Page
from support.serving.front_page import DESKTOP, HISTORY, INDEX, PHONE, ends, labels, refresh, snapshot
from support.stand_in import Reply, StandIn


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
            edges = trend.evaluate(f"[...document.querySelectorAll('{axis} span')].filter(e => e.checkVisibility())"
                                   f".map(e => e.getBoundingClientRect()).map(r => [r.{near}, r.{far}])")
            for (_, end), (begin, _) in zip(edges, edges[1:]):
                assert begin - end > 4 if axis == ".times" else end - begin > 4, edges
        assert trend.evaluate("Math.min(...[...document.querySelectorAll('.chart span')]"
                              ".map(e => parseFloat(getComputedStyle(e).fontSize)))") >= 12

    @pytest.mark.parametrize("hours", [3, 5, 7, 11, 14, 25, 40, 70, 100, 150])
    def test_there_are_labels_enough_whatever_the_time_is_long(self, page, serving, server, hours):
        server.script.indices[HISTORY] += [snapshot(ago, 100 + ago) for ago in range(hours, 0, -1)]
        page.open(serving.url)
        # That of this process alone is too short for so many labels.
        page.until(lambda: len(labels(refresh(page), ".times")) >= 3, "there is a trend of the stored snapshots")
        for size, fewest, most in ((PHONE, 2, 5), (DESKTOP, 3, 8)):
            page.size(*size)
            assert fewest <= len(labels(page, ".times")) <= most, labels(page, ".times")

    def test_an_outage_is_a_gap(self, shown, serving, server):
        good = server.script
        shown.until(lambda: serving.refresh() and len(set(ends(refresh(shown)))) == 2, "there is a line")
        server.script = Reply(503)
        assert serving.refresh().status == 503
        good.indices[INDEX] += [{"category": "bills"}] * 6
        server.script = good
        shown.until(lambda: serving.refresh() and len(set(ends(refresh(shown)))) == 4, "there is another line")
        before, end, begin, after = ends(shown)
        assert before[0] < end[0] <= begin[0] < after[0]
        assert before[1] == end[1] > begin[1] == after[1]

    def test_of_this_process_alone(self, shown, serving, server):
        server.script.indices[INDEX] += [{"category": "bills"}] * 6
        shown.until(lambda: serving.refresh() and len(set(ends(refresh(shown)))) == 2, "there is a line")
        first, now = ends(shown)
        assert now[0] > first[0] and now[1] < first[1]


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
