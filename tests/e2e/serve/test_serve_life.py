"""How `serve` begins, what it logs, and how it ends."""

import json
import re
import signal
import socket

import pytest

from support.emails import MIDWAY
from support.hold_ups import Stopwatch
from support.program import Exporter
from support.requests.http_requests import CHUNKED, HEALTHZ, METRICS, SLOW_HEAD, refresh_with
from support.requests.raw_http import connect, connections, parse_answers, read_to_end, settle, wait_for
from support.stand_in import Silence


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
        stopwatch = Stopwatch()
        serving.stop()
        assert stopwatch.seconds() < 5

    def test_an_idle_scraper_does_not_delay_the_end(self, exporter, files):
        serving = exporter("--es-url", files.url, "--index", files.load(MIDWAY))
        with socket.create_connection(("127.0.0.1", serving.port)) as idle:
            idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            idle.recv(1000)
            stopwatch = Stopwatch()
            serving.stop()
            assert stopwatch.seconds() < 5

    def test_an_address_in_the_environment(self, run, files):
        files.path("gmail_emails_v2").write_text("")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            run("serve", env={"BACKFILL_HEALTH_LISTEN": address, "ES_URL": files.url}).failed(3, address)


STOP_SECONDS = 5


@pytest.fixture
def hanging(exporter, stand_in) -> Exporter:
    """Its measurement gets no answer."""
    server = stand_in(Silence())
    started = exporter("--es-url", server.url, "--timeout", "1h", "--refresh-interval", "1h")
    wait_for(lambda: server.requests)
    return started


class TestTheEnd:
    @pytest.mark.slow
    def test_within_five_seconds_whoever_is_slow(self, hanging):
        with connections(hanging.port, 300) as clients, connect(hanging.port) as refreshing:
            for client, data in zip(clients, (b"", HEALTHZ, SLOW_HEAD, CHUNKED + b"5\r\n", METRICS * 1000) * 60):
                client.sendall(data)
            refreshing.sendall(refresh_with(b""))
            settle(hanging.port)
            stopwatch = Stopwatch()
            hanging.stop()
            seconds = stopwatch.seconds()
            print(f"ended {seconds:.1f} s after the signal")
            assert seconds < STOP_SECONDS
            answer = parse_answers(read_to_end(refreshing))[0]
            assert (answer.status, json.loads(answer.body)["ok"], answer.ends_connection) == (503, False, True)

    def test_a_request_that_had_begun_is_finished(self, serving):
        with connect(serving.port) as client, connect(serving.port) as idle:
            client.sendall(SLOW_HEAD)
            settle(serving.port)
            serving.process.send_signal(signal.SIGTERM)
            assert read_to_end(idle) == b""
            with pytest.raises(ConnectionRefusedError):
                connect(serving.port)
            client.sendall(b"y\r\n\r\n" + HEALTHZ)
            answers = parse_answers(read_to_end(client))
        assert [(answer.status, answer.ends_connection) for answer in answers] == [(200, True)]
        assert serving.end(signal.SIGCONT) == 0

    @pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
    def test_the_second_signal_ends_it_at_once(self, hanging, by):
        with connect(hanging.port) as client:
            client.sendall(SLOW_HEAD)
            settle(hanging.port)
            hanging.process.send_signal(signal.SIGTERM)
            wait_for(lambda: "stopping" in hanging.log)
            stopwatch = Stopwatch()
            assert hanging.end(by) in (128 + by, -by)
            assert stopwatch.seconds() < 1
