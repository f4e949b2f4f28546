"""When `serve` measures, and what it shows before, meanwhile and after a failure."""

import concurrent.futures
import json
import re
import signal
import time

import pytest

from support.emails import DONE, MIDWAY
from support.fake_elasticsearch import FakeElasticsearch
from support.hold_ups import Stopwatch
from support.program import parse_samples
from support.requests.raw_http import wait_for
from support.stand_in import Delay, Reply, Silence


class TestReload:
    def test_sighup_measures_with_the_secrets_that_are_there_now(self, exporter, stand_in, tmp_path):
        server = stand_in(FakeElasticsearch(gmail_emails_v2=list(MIDWAY)))
        secret = tmp_path / "key"
        secret.write_text("first-secret-of-all\n")
        serving = exporter("--es-url", server.url, "--api-key-file", secret, "--refresh-interval", "1h")
        serving.refresh()
        secret.write_text("second-secret-of-all\n")
        serving.process.send_signal(signal.SIGHUP)
        wait_for(lambda: server.requests[-1].headers["authorization"] == "ApiKey second-secret-of-all")
        assert serving.get("/readyz").status == 200

    def test_what_cannot_be_read_changes_nothing(self, exporter, stand_in, tmp_path):
        server = stand_in(FakeElasticsearch(gmail_emails_v2=list(MIDWAY)))
        secret = tmp_path / "key"
        secret.write_text("first-secret-of-all\n")
        serving = exporter("--es-url", server.url, "--api-key-file", secret, "--refresh-interval", "1h")
        serving.refresh()
        secret.unlink()
        asked = len(server.requests)
        serving.process.send_signal(signal.SIGHUP)
        wait_for(lambda: len(server.requests) > asked)
        assert server.requests[-1].headers["authorization"] == "ApiKey first-secret-of-all"
        wait_for(lambda: str(secret) in serving.log and "keeping the old settings" in serving.log)


class TestMeasuring:
    def test_before_the_first_success_there_are_no_numbers(self, exporter, files):
        serving = exporter("--es-url", files.url, "--index", "absent", "--refresh-interval", "1h")
        wait_for(lambda: serving.metrics()['backfill_health_refreshes_total{result="error"}'] == 1)
        text = serving.get("/metrics").text
        samples = parse_samples(text)
        assert not re.search(r"^bills_", text, re.M)
        assert samples["backfill_health_last_run_timestamp"] == 0
        assert samples["backfill_health_up"] == 0
        assert samples['backfill_health_refresh_errors_total{reason="index_missing"}'] == 1
        assert (serving.get("/readyz").status, serving.get("/healthz").status) == (503, 200)

        files.path("absent").write_text('{"category":"bills"}\n')
        assert serving.refresh().status == 200
        assert serving.metrics()["bills_missing_dates"] == 1
        assert serving.get("/readyz").status == 200

    def test_a_failure_keeps_the_last_good_numbers(self, serving, files):
        good = serving.metrics()
        files.remove("emails-0")
        answer = serving.refresh()
        assert answer.status == 503
        failure = json.loads(answer.text)
        assert failure["ok"] is False and "emails-0" in failure["error"]
        failing = serving.metrics()
        for name in ("bills_missing_dates", "bills_with_dates", "bills_with_expires_at",
                     "backfill_health_last_run_timestamp"):
            assert failing[name] == good[name]
        assert failing["backfill_health_up"] == 0
        assert failing['backfill_health_refreshes_total{result="error"}'] == 1
        assert failing['backfill_health_refresh_errors_total{reason="index_missing"}'] == 1
        assert serving.get("/readyz").status == 503

    def test_numbers_that_are_too_old_are_left_out(self, exporter, files):
        serving = exporter("--es-url", files.url, "--index", files.load(DONE), "--refresh-interval", "100ms",
                           "--max-stale", "1s")
        serving.refresh()
        files.remove("emails-0")
        wait_for(lambda: serving.metrics()["backfill_health_up"] == 0)
        assert "bills_with_dates" in serving.metrics()
        wait_for(lambda: "bills_with_dates" not in serving.metrics())
        samples = serving.metrics()
        assert not [name for name in samples if name.startswith("bills_")]
        assert samples["backfill_health_last_run_timestamp"] > 0

    def test_measures_on_its_own(self, exporter, files):
        index = files.load(MIDWAY)
        serving = exporter("--es-url", files.url, "--index", index, "--refresh-interval", "50ms")
        wait_for(lambda: serving.metrics().get("bills_missing_dates") == 2)
        files.path(index).write_text('{"category":"bills"}\n')
        wait_for(lambda: serving.metrics()["bills_missing_dates"] == 1)

    def test_interval_0_measures_on_every_scrape(self, exporter, files):
        index = files.load(MIDWAY)
        serving = exporter("--es-url", files.url, "--index", index, "--refresh-interval", "0")
        for count in range(3):
            files.path(index).write_text('{"category":"bills"}\n' * count)
            assert serving.metrics()["bills_missing_dates"] == count

    def test_interval_0_waits_as_long_as_the_scraper_does(self, exporter, stand_in):
        """Less half a second; then it gets the last page, which says that it is old."""
        fake = FakeElasticsearch(gmail_emails_v2=list(MIDWAY))
        server = stand_in(fake)
        serving = exporter("--es-url", server.url, "--refresh-interval", "0", "--timeout", "3s")
        good = serving.metrics()
        server.script = Silence()
        stopwatch = Stopwatch()
        answer = serving.get("/metrics", **{"X-Prometheus-Scrape-Timeout-Seconds": "1.5"})
        assert time.monotonic() - stopwatch.began > 0.9 and stopwatch.seconds() < 1.5
        assert parse_samples(answer.text)["bills_missing_dates"] == good["bills_missing_dates"]
        server.script = lambda request: Delay(0.2, fake(request))
        assert serving.get("/metrics", **{"X-Prometheus-Scrape-Timeout-Seconds": "60"}).status == 200

    @pytest.mark.parametrize("seconds", ["", "soon", "-1", "nan", "1e99"])
    def test_a_time_of_the_scraper_that_is_none(self, exporter, files, seconds):
        serving = exporter("--es-url", files.url, "--index", files.load(MIDWAY), "--refresh-interval", "0")
        answer = serving.get("/metrics", **{"X-Prometheus-Scrape-Timeout-Seconds": seconds})
        assert parse_samples(answer.text)["bills_missing_dates"] == 2

    def test_a_scrape_never_waits_for_the_engine(self, exporter, stand_in):
        server = stand_in(FakeElasticsearch(gmail_emails_v2=list(MIDWAY)))
        serving = exporter("--es-url", server.url, "--refresh-interval", "50ms", "--timeout", "30s")
        serving.refresh()
        server.script = Silence()
        asked = len(server.requests)
        wait_for(lambda: len(server.requests) > asked)
        for _ in range(20):
            stopwatch = Stopwatch()
            assert serving.metrics()["bills_missing_dates"] == 2
            assert stopwatch.seconds() < 0.5

    def test_refreshes_are_shared(self, exporter, stand_in):
        fake = FakeElasticsearch(gmail_emails_v2=list(MIDWAY))
        server = stand_in(fake)
        serving = exporter("--es-url", server.url, "--refresh-interval", "1h")
        serving.refresh()
        asked = len(server.requests)
        server.script = lambda request: Delay(0.3, fake(request))
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: serving.refresh().status, range(20)))
        assert answers == [200] * 20
        # One under way and one next; a straggler may have come after both.
        assert 1 <= len(server.requests) - asked <= 3

    def test_logs_a_change_and_not_every_failure(self, exporter, stand_in):
        fake = FakeElasticsearch(gmail_emails_v2=list(MIDWAY))
        server = stand_in(fake)
        serving = exporter("--es-url", server.url, "--refresh-interval", "1h", "--retries", "0")
        serving.refresh()
        server.script = Reply(500)
        for _ in range(5):
            serving.refresh()
        server.script = fake
        for _ in range(5):
            serving.refresh()
        serving.stop()  # then all of its log has been read
        assert re.findall(r'msg=(\w+|"[^"]+")', serving.log) == [
            "listening", '"measuring fails"', '"measuring works again"', "stopping"]

    def test_connections_to_the_engine_are_kept(self, exporter, stand_in):
        server = stand_in(FakeElasticsearch(gmail_emails_v2=list(MIDWAY)))
        serving = exporter("--es-url", server.url, "--refresh-interval", "1h")
        for _ in range(10):
            assert serving.refresh().status == 200
        assert server.connections == 1


def test_memory(own_memory, serving):
    for _ in range(200):
        serving.get("/metrics")
    assert serving.metrics()["process_resident_memory_bytes"] < 12_000_000


def test_the_real_engine(exporter, engine, indices):
    index = indices.load(MIDWAY)
    serving = exporter("--es-url", engine.url, "--index", index, "--refresh-interval", "1h")
    assert serving.refresh().status == 200
    assert serving.metrics()["bills_missing_dates"] == 2
    engine.bulk(index, '{"index":{}}\n{"category":"bills"}\n')
    serving.refresh()
    assert serving.metrics()["bills_missing_dates"] == 3
    engine.delete(index)
    assert serving.refresh().status == 503
    assert serving.metrics()["bills_missing_dates"] == 3
