"""The metrics endpoint."""

import concurrent.futures
import gzip
import json
import pathlib
import re
import signal
import socket
import subprocess
import time

import pytest

from support.emails import DONE, EMPTY_POPULATION, MIDWAY
from support.fake_elasticsearch import FakeElasticsearch
from support.program import Exporter, parse_samples
from support.requirements import tool
from support.stand_in import Delay, Reply, Silence

BILLS = """\
# HELP bills_missing_dates Bills missing dates[] field
# TYPE bills_missing_dates gauge
bills_missing_dates 0.0
# HELP bills_with_dates Bills with dates[] populated
# TYPE bills_with_dates gauge
bills_with_dates 1243.0
# HELP bills_with_expires_at Bills with expires_at field set
# TYPE bills_with_expires_at gauge
bills_with_expires_at 1243.0
"""

REASONS = ["unreachable", "timeout", "unauthorized", "index_missing", "partial", "rejected", "bad_response"]

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
# As Prometheus 2.42 and 3 ask.
PROMETHEUS_2 = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
PROMETHEUS_3 = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"


@pytest.fixture
def serving(exporter, files) -> Exporter:
    """Has measured the numbers of BILLS."""
    served = exporter("--es-url", files.url, "--index", files.load(DONE), "--refresh-interval", "1h")
    assert served.refresh().status == 200
    return served


def wait_for(condition, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not become true"
        time.sleep(0.02)


def metadata(text: str) -> dict[str, tuple[str, str]]:
    """The help and the type of each family."""
    helps = dict(re.findall(r"^# HELP (\S+) (.*)$", text, re.M))
    types = dict(re.findall(r"^# TYPE (\S+) (.*)$", text, re.M))
    assert helps.keys() == types.keys()
    return {name: (helps[name], types[name]) for name in helps}


class TestText:
    def test_the_bills_are_exactly_these_lines(self, serving):
        answer = serving.get("/metrics")
        assert (answer.status, answer.headers["Content-Type"]) == (200, TEXT)
        assert BILLS in answer.text
        assert answer.text.endswith("\n") and "# EOF" not in answer.text

    def test_every_family(self, serving):
        families = metadata(serving.get("/metrics").text)
        assert families["backfill_health_last_run_timestamp"] == ("Last refresh timestamp (unix seconds)", "gauge")
        assert families["backfill_health_index_info"] == ("Index info (labels only)", "gauge")
        types = {name: type for name, (_, type) in families.items()}
        assert types == {
            "bills_missing_dates": "gauge",
            "bills_with_dates": "gauge",
            "bills_with_expires_at": "gauge",
            "backfill_health_last_run_timestamp": "gauge",
            "backfill_health_index_info": "gauge",
            "backfill_health_up": "gauge",
            "backfill_health_refreshes_total": "counter",
            "backfill_health_refresh_errors_total": "counter",
            "backfill_health_refresh_duration_seconds": "histogram",
            "backfill_health_build_info": "gauge",
            "process_cpu_seconds_total": "counter",
            "process_resident_memory_bytes": "gauge",
            "process_virtual_memory_bytes": "gauge",
            "process_start_time_seconds": "gauge",
            "process_open_fds": "gauge",
            "process_max_fds": "gauge",
        }

    def test_values(self, serving, run):
        now = time.time()
        samples = serving.metrics()
        assert now - 30 < samples["backfill_health_last_run_timestamp"] <= now
        assert samples['backfill_health_index_info{index="emails-0"}'] == 1
        assert samples["backfill_health_up"] == 1
        assert samples['backfill_health_refreshes_total{result="ok"}'] >= 1
        assert samples['backfill_health_refreshes_total{result="error"}'] == 0
        for reason in REASONS:
            assert samples[f'backfill_health_refresh_errors_total{{reason="{reason}"}}'] == 0
        (build,) = [name for name in samples if name.startswith("backfill_health_build_info")]
        assert re.fullmatch(r'backfill_health_build_info\{version="[^"]+",revision="[^"]+"\}', build)
        assert samples[build] == 1
        assert run("--version").succeeded().split()[1] in build

    def test_process_metrics_are_this_process(self, serving):
        samples = serving.metrics()
        pid = serving.process.pid
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        resident = int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024
        assert samples["process_resident_memory_bytes"] == pytest.approx(resident, rel=0.25)
        assert samples["process_virtual_memory_bytes"] > samples["process_resident_memory_bytes"]
        assert abs(samples["process_start_time_seconds"] - time.time()) < 60
        assert 3 <= samples["process_open_fds"] < 64
        assert samples["process_max_fds"] >= 256
        assert 0 <= samples["process_cpu_seconds_total"] < 60

    def test_the_duration_is_a_histogram_of_all_refreshes(self, serving):
        serving.refresh()
        samples = serving.metrics()
        refreshes = sum(value for name, value in samples.items() if name.startswith("backfill_health_refreshes_total"))
        name = "backfill_health_refresh_duration_seconds"
        buckets = [value for key, value in samples.items() if key.startswith(f"{name}_bucket")]
        assert buckets == sorted(buckets) and len(buckets) > 3
        assert samples[f'{name}_bucket{{le="+Inf"}}'] == samples[f"{name}_count"] == refreshes
        assert samples[f"{name}_sum"] > 0

    def test_another_backfill_has_its_own_names(self, exporter, files):
        index = files.load([{"kind": "x"}, {"kind": "x", "due": "y"}, {"kind": "x", "due": "y", "sent": "z"}])
        serving = exporter("--es-url", files.url, "--index", index, "--name", "invoices", "--population", "kind=x",
                           "--field", "due", "--derived", "sent")
        serving.refresh()
        samples = {name: value for name, value in serving.metrics().items() if name.startswith("invoices")}
        assert samples == {"invoices_missing_due": 1, "invoices_with_due": 2, "invoices_with_sent": 1}

    def test_labels_are_escaped(self, exporter, files):
        files.path('a"b\\c').write_text("")
        serving = exporter("--es-url", files.url, "--index", 'a"b\\c')
        assert 'backfill_health_index_info{index="a\\"b\\\\c"} 1' in serving.get("/metrics").text

    def test_an_empty_population_is_shown_as_zeros(self, exporter, files):
        serving = exporter("--es-url", files.url, "--index", files.load(EMPTY_POPULATION))
        serving.refresh()
        assert serving.metrics()["bills_missing_dates"] == 0


class TestFormats:
    @pytest.mark.parametrize(
        ("accept", "content_type"),
        [
            (None, TEXT),
            ("*/*", TEXT),
            ("text/plain", TEXT),
            ("text/html,application/xhtml+xml,*/*;q=0.8", TEXT),
            ("application/openmetrics-text", OPEN_METRICS),
            ("application/openmetrics-text; version=1.0.0", OPEN_METRICS),
            (PROMETHEUS_2, OPEN_METRICS),
            (PROMETHEUS_3, OPEN_METRICS),
            ("application/openmetrics-text;q=0.1,text/plain;q=0.9", TEXT),
            ("application/openmetrics-text;q=0,*/*", TEXT),
            ("nonsense;;;q=", TEXT),
        ],
    )
    def test_negotiation(self, serving, accept, content_type):
        answer = serving.request("GET", "/metrics", {"Accept": accept} if accept else {})
        assert (answer.status, answer.headers["Content-Type"]) == (200, content_type)
        assert answer.text.endswith("# EOF\n") == (content_type == OPEN_METRICS)

    def test_open_metrics_names_counters_without_their_ending(self, serving):
        text = serving.get("/metrics", Accept="application/openmetrics-text").text
        assert text.count("# EOF") == 1
        families = metadata(text)
        assert families["backfill_health_refreshes"][1] == "counter"
        assert "backfill_health_refreshes_total" not in families
        assert 'backfill_health_refreshes_total{result="ok"} ' in text
        assert BILLS in text

    def test_both_formats_have_the_same_samples(self, serving):
        volatile = ("process_", "#")
        plain, open_metrics = (
            {line for line in serving.get("/metrics", Accept=accept).text.splitlines() if not line.startswith(volatile)}
            for accept in ("text/plain", "application/openmetrics-text")
        )
        assert plain == open_metrics

    @pytest.mark.parametrize("accept", ["text/plain", "application/openmetrics-text"])
    def test_gzip(self, serving, accept):
        answer = serving.get("/metrics", Accept=accept, Accept_Encoding="gzip")
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert BILLS in gzip.decompress(answer.body).decode()
        assert len(answer.body) < len(gzip.decompress(answer.body)) / 2

    @pytest.mark.parametrize("encoding", ["identity", "gzip;q=0", "br", "deflate, br"])
    def test_no_gzip_where_it_was_not_asked_for(self, serving, encoding):
        answer = serving.get("/metrics", Accept_Encoding=encoding)
        assert answer.headers["Content-Encoding"] is None
        assert BILLS in answer.text

    def test_promtool_finds_nothing_to_say(self, serving):
        promtool = tool("promtool", "prometheus")
        check = subprocess.run([promtool, "check", "metrics"], input=serving.get("/metrics").body, capture_output=True)
        assert (check.returncode, check.stdout, check.stderr) == (0, b"", b"")


class TestRoutes:
    @pytest.mark.parametrize("path", ["/", "/healthz", "/readyz", "/metrics", "/metrics?x=1"])
    def test_get(self, serving, path):
        assert serving.get(path).status == 200

    def test_refresh_measures_now(self, serving, files):
        files.path("emails-0").write_text('{"category":"bills"}\n')
        assert serving.metrics()["bills_missing_dates"] == 0
        answer = serving.refresh()
        assert (answer.status, json.loads(answer.text)) == (200, {"ok": True})
        assert answer.headers["Content-Type"].startswith("application/json")
        assert serving.metrics()["bills_missing_dates"] == 1

    @pytest.mark.parametrize("path", ["/nothing", "/metrics/", "/metrics/nothing", "/healthz/x", "//metrics", "/Metrics"])
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_unknown_paths(self, serving, path, method):
        assert serving.request(method, path).status == 404

    @pytest.mark.parametrize(
        ("method", "path", "allowed"),
        [
            ("POST", "/metrics", {"GET", "HEAD"}),
            ("DELETE", "/metrics", {"GET", "HEAD"}),
            ("POST", "/", {"GET", "HEAD"}),
            ("PUT", "/healthz", {"GET", "HEAD"}),
            ("POST", "/readyz", {"GET", "HEAD"}),
            ("GET", "/metrics/refresh", {"POST"}),
            ("HEAD", "/metrics/refresh", {"POST"}),
        ],
    )
    def test_known_paths_with_another_method(self, serving, method, path, allowed):
        answer = serving.request(method, path)
        assert answer.status == 405
        assert set(re.split(r",\s*", answer.headers["Allow"])) == allowed

    @pytest.mark.parametrize("path", ["/metrics", "/healthz", "/readyz"])
    def test_head_is_get_without_its_body(self, serving, path):
        get, head = serving.request("GET", path), serving.request("HEAD", path)
        assert (head.status, head.body) == (get.status, b"")
        assert head.headers["Content-Type"] == get.headers["Content-Type"]
        assert abs(int(head.headers["Content-Length"]) - len(get.body)) < 10  # process_* change meanwhile

    def test_one_connection_serves_many_requests(self, serving):
        with socket.create_connection(("127.0.0.1", serving.port), timeout=5) as client:
            for _ in range(3):
                client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                assert client.recv(65536).startswith(b"HTTP/1.1 200 ")

    def test_the_end_of_a_connection_can_be_asked_for(self, serving):
        with socket.create_connection(("127.0.0.1", serving.port), timeout=5) as client:
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            while client.recv(65536):
                pass

    @pytest.mark.parametrize(
        "request_head",
        [
            b"GET /metrics HTTP/1.1\r\n\r\n",
            b"GET /metrics HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            b"nonsense\r\n\r\n",
            b"GET /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xyz\r\n\r\n",
            b"GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
            b"GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            b"GET /metrics HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\n",
            b"GET /metrics HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
        ],
        ids=["no host", "two hosts", "no request", "unknown coding", "bad length", "two lengths", "bad name", "folded"],
    )
    def test_malformed_requests_are_refused_and_the_connection_ends(self, serving, request_head):
        assert converse(serving, request_head).startswith(b"HTTP/1.1 400 ")

    def test_too_large_a_head(self, serving):
        request = b"GET /metrics HTTP/1.1\r\nHost: x\r\nX-Pad: " + b"x" * 100_000 + b"\r\n\r\n"
        assert converse(serving, request).startswith(b"HTTP/1.1 431 ")

    def test_too_large_a_body(self, serving):
        request = b"POST /metrics/refresh HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n"
        assert converse(serving, request).startswith(b"HTTP/1.1 413 ")

    def test_too_long_a_target(self, serving):
        request = b"GET /" + b"x" * 7000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"
        assert re.match(rb"HTTP/1.1 (404|414) ", converse(serving, request, half_close=True))


def converse(serving: Exporter, request: bytes, half_close: bool = False) -> bytes:
    """All that comes back until the server ends the connection."""
    with socket.create_connection(("127.0.0.1", serving.port), timeout=5) as client:
        received = b""
        try:
            client.sendall(request)
            if half_close:
                client.shutdown(socket.SHUT_WR)
            while data := client.recv(65536):
                received += data
        except (ConnectionResetError, BrokenPipeError):
            pass  # it need not read all of a request that it refuses
        return received


class TestPage:
    """GET / is for people."""

    def test_shows_the_numbers(self, exporter, files):
        index = files.load(MIDWAY)
        serving = exporter("--es-url", files.url, "--index", index, "--refresh-interval", "1h")
        serving.refresh()
        answer = serving.get("/")
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        text = " ".join(re.sub(r"<style>.*?</style>|<script>.*?</script>|<[^>]*>", " ", answer.text, flags=re.S).split())
        for shown in (index, "missing dates[] 2", "with dates[] 20", "with expires_at 18", "90.0 %", "CHECK"):
            assert shown in text, text

    def test_asks_nobody_else(self, serving):
        answer = serving.get("/")
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert not re.search(r"""(?:src|href|action)\s*=\s*["']?(?:https?:)?//""", answer.text)

    def test_says_what_is_wrong(self, exporter, files):
        serving = exporter("--es-url", files.url, "--index", "absent", "--refresh-interval", "1h")
        serving.refresh()
        page = serving.get("/").text
        assert "absent" in page and "index_missing" in page or "does not exist" in page

    def test_escapes_what_it_shows(self, exporter, files):
        name = "<script>alert(1)&"
        files.path(name).write_text("")
        serving = exporter("--es-url", files.url, "--index", name)
        serving.refresh()
        assert "<script>alert" not in serving.get("/").text


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
        assert str(secret) in serving.log and "the old ones stay" in serving.log


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
        start = time.monotonic()
        answer = serving.get("/metrics", **{"X-Prometheus-Scrape-Timeout-Seconds": "1.5"})
        assert 0.9 < time.monotonic() - start < 1.5
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
            start = time.monotonic()
            assert serving.metrics()["bills_missing_dates"] == 2
            assert time.monotonic() - start < 0.5

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
        quiet = serving.log.count("\n")
        server.script = Reply(500)
        for _ in range(5):
            serving.refresh()
        assert serving.log.count("\n") == quiet + 1
        server.script = fake
        for _ in range(5):
            serving.refresh()
        assert serving.log.count("\n") == quiet + 2

    def test_connections_to_the_engine_are_kept(self, exporter, stand_in):
        server = stand_in(FakeElasticsearch(gmail_emails_v2=list(MIDWAY)))
        serving = exporter("--es-url", server.url, "--refresh-interval", "1h")
        for _ in range(10):
            assert serving.refresh().status == 200
        assert server.connections == 1


class TestLife:
    def test_the_first_line_names_the_address(self, serving):
        assert f"127.0.0.1:{serving.port}" in serving.log.splitlines()[0]

    @pytest.mark.parametrize("log_format", ["logfmt", "json"])
    def test_log_formats(self, exporter, files, log_format):
        serving = exporter("--es-url", files.url, "--index", files.load(MIDWAY), "--log-format", log_format)
        first = serving.log.splitlines()[0]
        if log_format == "json":
            assert "127.0.0.1" in json.dumps(json.loads(first))
        else:
            assert re.search(r'\blevel=info\b', first) and re.search(r'\bmsg=', first)

    def test_a_port_in_use(self, run, files):
        files.path("gmail_emails_v2").write_text("")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            run("serve", "--listen", address, "--es-url", files.url).failed(3, address)

    @pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
    def test_signals_end_it_in_peace(self, exporter, files, by):
        serving = exporter("--es-url", files.url, "--index", files.load(MIDWAY))
        assert serving.get("/healthz").status == 200
        serving.stop(by)

    @pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
    def test_a_signal_right_after_the_first_line(self, exporter, files, by):
        for _ in range(20):
            exporter("--es-url", files.url, "--index", "absent").stop(by)

    def test_a_silent_engine_does_not_delay_the_end(self, exporter, stand_in):
        server = stand_in(Silence())
        serving = exporter("--es-url", server.url, "--timeout", "1h")
        wait_for(lambda: server.requests)
        start = time.monotonic()
        serving.stop()
        assert time.monotonic() - start < 5

    def test_an_idle_scraper_does_not_delay_the_end(self, exporter, files):
        serving = exporter("--es-url", files.url, "--index", files.load(MIDWAY))
        with socket.create_connection(("127.0.0.1", serving.port)) as idle:
            idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            idle.recv(1000)
            start = time.monotonic()
            serving.stop()
            assert time.monotonic() - start < 5

    def test_an_address_in_the_environment(self, run, files):
        files.path("gmail_emails_v2").write_text("")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            run("serve", env={"BACKFILL_HEALTH_LISTEN": address, "ES_URL": files.url}).failed(3, address)


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
