"""A backfill, an engine that stops and comes back, and what Prometheus, Alertmanager and Grafana make of them.

What is in prometheus/ runs here thirty times as fast; that each alert needs the time it should is for promtool to tell.
"""

import json
from dataclasses import dataclass

import pytest

from support.elasticsearch import Elasticsearch
from support.emails import bill
from support.forward import Forward
from support.prometheus import Alertmanager, Prometheus, eventually, hurried, queries, query, watching
from support.stand_in import Close, Reply, StandIn

MISSING, WITH_DATES = 600, 100
STEP = 20


class Backfill:
    """At work in an index of its own."""

    def __init__(self, engine: Elasticsearch, index: str) -> None:
        self._engine = engine
        self._index = engine.create(index)
        self.missing = MISSING
        documents = [bill()] * MISSING + [bill(["2025-10-01"], "2025-10-31")] * WITH_DATES
        self._bulk("index", dict(enumerate(documents)))

    def go_on(self, count: int) -> None:
        self.missing -= count
        added = {"doc": bill(["2025-10-01"], "2025-10-31")}
        self._bulk("update", {number: added for number in range(self.missing, self.missing + count)})

    def _bulk(self, action: str, sources: dict[int, dict]) -> None:
        lines = ((json.dumps({action: {"_id": str(number)}}), json.dumps(source)) for number, source in sources.items())
        self._engine.bulk(self._index, "".join(f"{head}\n{source}\n" for head, source in lines))


@dataclass
class Watch:
    """What people see of it."""

    prometheus: Prometheus
    alertmanager: Alertmanager
    webhook: StandIn

    def shows(self, metric: str, value: float) -> None:
        eventually(metric, lambda: self.prometheus.value(metric), value)

    def alerts(self, **states: str) -> None:
        """These fire in Prometheus, no others, and are in these states in Alertmanager. BackfillFinished comes and goes
        by itself.
        """
        def seen() -> tuple[set[str], dict[str, str]]:
            states = self.alertmanager.alerts()
            states.pop("BackfillFinished", None)
            return self.prometheus.firing() - {"BackfillFinished"}, states

        eventually("alerts", seen, (set(states), states))

    def notified(self, status: str) -> set[str]:
        """The alerts that the team has a message about, as `firing` or as `resolved`."""
        messages = list(self.webhook.requests)
        assert {message.path for message in messages} <= {"/team"}
        return {alert["labels"]["alertname"] for message in messages for alert in message.json["alerts"]
                if alert["status"] == status}

    def await_notification(self, name: str, status: str) -> None:
        eventually(f"the team is told that {name} is {status}", lambda: name in self.notified(status))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_backfill_is_watched(indices, stand_in, exporter, tmp_path):
    index = indices.unused_name("emails")
    backfill = Backfill(indices.engine, index)
    works = Forward(indices.url)
    engine, webhook = stand_in(Close()), stand_in(Reply())
    serving = exporter("--es-url", engine.url, "--index", index, "--timeout", "1s", "--rule", 'dates != "never"',
                       "--refresh-interval", hurried("15s"), "--max-stale", hurried("15m"))

    with watching(tmp_path, f"127.0.0.1:{serving.port}", webhook.address) as (prometheus, alertmanager):
        watch = Watch(prometheus, alertmanager, webhook)

        # Before the first success the age is "never", and nothing else is said of the bills.
        watch.shows("backfill_health_up", 0)
        watch.shows(query("Age"), -1)
        assert [prometheus.value(query(title)) for title in ("Missing", "Done", "Coverage", "Time left")] == [
            None] * 4
        engine.script = works
        watch.shows("bills_missing_dates", MISSING)

        # While it goes on, the number goes down, and every panel of the dashboard has something to draw.
        blank = queries()
        while blank:
            assert backfill.missing > STEP, f"there was never any data for {blank}"
            backfill.go_on(STEP)
            watch.shows("bills_missing_dates", backfill.missing)
            blank = [query for query in blank if not prometheus.draws(*query)]
        watch.alerts(BackfillMissingDatesHigh="active")
        watch.await_notification("BackfillMissingDatesHigh", "firing")

        backfill.go_on(backfill.missing)
        watch.shows("bills_missing_dates", 0)
        watch.alerts()
        watch.await_notification("BackfillFinished", "firing")
        watch.shows(query("Done"), 1)
        watch.shows(query("Time left"), 0)

        # The engine stops.
        engine.script = Close()
        watch.shows("backfill_health_up", 0)
        watch.alerts(BackfillMetricsStale="suppressed", BackfillHealthDown="active", BackfillDown="active")
        watch.await_notification("BackfillHealthDown", "firing")

        # It comes back.
        engine.script = works
        watch.shows("backfill_health_up", 1)
        watch.shows("bills_missing_dates", 0)
        watch.alerts()
        watch.await_notification("BackfillHealthDown", "resolved")
        assert "BackfillMetricsStale" not in watch.notified("firing")
