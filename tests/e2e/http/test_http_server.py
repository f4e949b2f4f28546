"""`serve` among clients that are broken, slow, greedy or hostile: they get an end, and the others their scrape."""

import concurrent.futures
import contextlib
import json
import os
import pathlib
import resource
import select
import shlex
import signal
import socket
import statistics
import threading
import time
from collections.abc import Iterator

import pytest

from support.emails import MIDWAY
from support.fake_elasticsearch import FakeElasticsearch
from support.program import Exporter, is_sanitized, parse_samples
from support.raw_http import (connect, connections, converse, exchange, parse_answers, read_answers, read_to_end, reset,
                              settle, wait_for)
from support.requirements import unavailable
from support.stand_in import Reply, Request, Silence

HEAD_LIMIT = 8192
BODY_LIMIT = 1024
MOST_CONNECTIONS = 4096
RECEIVE_SECONDS = 10
STOP_SECONDS = 5

HEALTHZ = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
METRICS = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
REFRESH = b"POST /metrics/refresh HTTP/1.1\r\nHost: x\r\n"
CHUNKED = REFRESH + b"Transfer-Encoding: chunked\r\n\r\n"
SLOW_HEAD = b"GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: "


@pytest.fixture
def serving(exporter, files) -> Exporter:
    return exporter("--es-url", files.url, "--index", files.load(MIDWAY), "--refresh-interval", "1h")


@pytest.fixture
def hanging(exporter, stand_in) -> Exporter:
    """Its measurement gets no answer."""
    server = stand_in(Silence())
    started = exporter("--es-url", server.url, "--timeout", "1h", "--refresh-interval", "1h")
    wait_for(lambda: server.requests)
    return started


@pytest.fixture
def many_descriptors() -> Iterator[None]:
    """Enough for this process to hold more connections than `serve` lets in."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = MOST_CONNECTIONS + 500
    if hard != resource.RLIM_INFINITY and hard < needed:
        unavailable(f"a process may not open {needed} files (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def refresh_with(body: bytes) -> bytes:
    return REFRESH + b"Content-Length: %d\r\n\r\n" % len(body) + body


def chunks(*parts: bytes) -> bytes:
    return CHUNKED + b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def head_of(size: int) -> bytes:
    start = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Pad: "
    return start + b"x" * (size - len(start) - 4) + b"\r\n\r\n"


def head_with(count: int) -> bytes:
    return b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * (count - 1) + b"\r\n"


def seconds_of_scrape(serving: Exporter) -> float:
    start = time.monotonic()
    assert exchange(serving.port, METRICS).status == 200
    return time.monotonic() - start


def descriptors(serving: Exporter) -> int:
    return len(os.listdir(f"/proc/{serving.process.pid}/fd"))


def memory(serving: Exporter) -> int:
    """Resident bytes."""
    pages = int(pathlib.Path(f"/proc/{serving.process.pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def is_closed(client: socket.socket) -> bool:
    """By the server, while nothing was to be read."""
    if not select.select([client], [], [], 0)[0]:
        return False
    with contextlib.suppress(ConnectionResetError):
        assert client.recv(1) == b""
    return True


ACCEPTED = {
    "a head of 8 KB": head_of(HEAD_LIMIT),
    "a hundred headers": head_with(100),
    "an empty line before the request": b"\r\n" + HEALTHZ,
    "an empty Host": b"GET /healthz HTTP/1.1\r\nHost:\r\n\r\n",
    "bytes above ASCII in a value": b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: caf\xc3\xa9\r\n\r\n",
    "a query": b"GET /healthz?verbose=1&x=%20 HTTP/1.1\r\nHost: x\r\n\r\n",
    "the absolute form": b"GET http://exporter:8003/healthz HTTP/1.1\r\nHost: x\r\n\r\n",
    "the absolute form, in capitals": b"GET HTTP://exporter/healthz HTTP/1.1\r\nHost: x\r\n\r\n",
    "the absolute form without a path": b"GET http://exporter:8003 HTTP/1.1\r\nHost: x\r\n\r\n",
    "a GET with a body": b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
    "an empty body": refresh_with(b""),
    "no body at all": REFRESH + b"\r\n",
    "a small body": refresh_with(b"{}"),
    "a body of 1 KB": refresh_with(b"x" * BODY_LIMIT),
    "an empty chunked body": chunks(),
    "a small chunked body": chunks(b"hello", b" world"),
    "a chunked body of 1 KB": chunks(b"x" * 1000, b"x" * 24),
    "chunk extensions and trailers": CHUNKED + b'5;a=b;c="d e"\r\nhello\r\n0;last\r\nX-Sum: 1\r\n\r\n',
    "zeros before a chunk's size": CHUNKED + b"0005\r\nhello\r\n000\r\n\r\n",
}

REFUSED = {
    400: {
        "no Host": b"GET /metrics HTTP/1.1\r\n\r\n",
        "two Hosts": b"GET /metrics HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
        "a Host that is none": b"GET /metrics HTTP/1.1\r\nHost: a b\r\n\r\n",
        "no request": b"nonsense\r\n\r\n",
        "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        "HTTP/0.9": b"GET /metrics\r\n\r\n",
        "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "a target that is no path": b"GET metrics HTTP/1.1\r\nHost: x\r\n\r\n",
        "an absolute form without a host": b"GET http:///metrics HTTP/1.1\r\nHost: x\r\n\r\n",
        "a target with bytes above ASCII": b"GET /\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n",
        "a target with a NUL": b"GET /metrics\0 HTTP/1.1\r\nHost: x\r\n\r\n",
        "a fragment": b"GET /metrics#x HTTP/1.1\r\nHost: x\r\n\r\n",
        "a proxy's job": b"CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\n\r\n",
        "lines that end with LF": b"GET /metrics HTTP/1.1\nHost: x\n\n",
        "one line that ends with LF": b"GET /metrics HTTP/1.1\r\nHost: x\r\nA: b\nC: d\r\n\r\n",
        "a CR in a value": b"GET /metrics HTTP/1.1\r\nHost: x\r\nA: b\rC: d\r\n\r\n",
        "a NUL in a value": b"GET /metrics HTTP/1.1\r\nHost: x\r\nA: b\0\r\n\r\n",
        "a blank before the colon": b"POST /metrics/refresh HTTP/1.1\r\nHost: x\r\nContent-Length : 0\r\n\r\n",
        "a folded header": b"GET /metrics HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
        "a blank before the first header": b"GET /metrics HTTP/1.1\r\n Host: x\r\n\r\n",
        "two empty lines before the request": b"\r\n\r\n" + METRICS,
        "a length that is none": REFRESH + b"Content-Length: two\r\n\r\n",
        "a negative length": REFRESH + b"Content-Length: -1\r\n\r\n",
        "a signed length": REFRESH + b"Content-Length: +0\r\n\r\n",
        "an empty length": REFRESH + b"Content-Length:\r\n\r\n",
        "a list of lengths": REFRESH + b"Content-Length: 0, 0\r\n\r\n",
        "two lengths": REFRESH + b"Content-Length: 0\r\nContent-Length: 5\r\n\r\nhello",
        "the same length twice": REFRESH + b"Content-Length: 0\r\nContent-Length: 0\r\n\r\n",
        "a length over 64 bits": REFRESH + b"Content-Length: 18446744073709551616\r\n\r\n",
        "a length and chunks": REFRESH + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "an unknown transfer coding": REFRESH + b"Transfer-Encoding: xyz\r\n\r\n",
        "gzip as a transfer coding": REFRESH + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "identity as a transfer coding": REFRESH + b"Transfer-Encoding: identity\r\n\r\n",
        "an unknown coding after chunked": REFRESH + b"Transfer-Encoding: chunked, xyz\r\n\r\n0\r\n\r\n",
        "chunked twice": REFRESH + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "chunks on HTTP/1.0": b"POST /metrics/refresh HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "a chunk's size that is none": CHUNKED + b"zz\r\nhello\r\n0\r\n\r\n",
        "a signed chunk's size": CHUNKED + b"+5\r\nhello\r\n0\r\n\r\n",
        "a chunk's size with 0x": CHUNKED + b"0x5\r\nhello\r\n0\r\n\r\n",
        "no chunk's size": CHUNKED + b"\r\nhello\r\n0\r\n\r\n",
        "a blank behind a chunk's size": CHUNKED + b"5 \r\nhello\r\n0\r\n\r\n",
        "a chunk's size over 64 bits": CHUNKED + b"1000000000000000005\r\nhello\r\n0\r\n\r\n",
        "a chunk that is longer than its size": CHUNKED + b"5\r\nhello world\r\n0\r\n\r\n",
        "a chunk that ends with LF": CHUNKED + b"5\r\nhello\n0\r\n\r\n",
        "a chunk's size that ends with CR": CHUNKED + b"5\rhello\r\n0\r\n\r\n",
        "an LF in a chunk extension": CHUNKED + b"5;a\nb\r\nhello\r\n0\r\n\r\n",
        "an LF in a quoted chunk extension": CHUNKED + b'5;a="\n"\r\nhello\r\n0\r\n\r\n',
        "a trailer that is none": CHUNKED + b"0\r\nno trailer\r\n\r\n",
        "a length among the trailers": CHUNKED + b"0\r\nContent-Length: 5\r\n\r\nhello",
    },
    413: {
        "a body over 1 KB": refresh_with(b"x" * (BODY_LIMIT + 1)),
        "a length of many digits": REFRESH + b"Content-Length: 999999999999999999\r\n\r\n",
        "a GET with a body over 1 KB": b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1025\r\n\r\n" + b"x" * 1025,
        "a chunk over 1 KB": chunks(b"x" * (BODY_LIMIT + 1)),
        "chunks that are over 1 KB together": chunks(b"x" * 1000, b"x" * 25),
        "a chunk's size of 64 bits": CHUNKED + b"ffffffffffffffff\r\n",
        "a chunk extension without an end": CHUNKED + b"5;" + b"a" * 20_000,
        "trailers without an end": CHUNKED + b"0\r\n" + b"X: y\r\n" * 4000,
    },
    414: {
        "a target over 8 KB": b"GET /" + b"x" * HEAD_LIMIT + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        "a target without an end": b"GET /" + b"x" * 100_000,
        "a method without an end": b"G" * 100_000,
    },
    431: {
        "a head over 8 KB": head_of(HEAD_LIMIT + 1),
        "a head without an end": head_of(100_000)[:-4],
        "headers over 8 KB": b"GET /metrics HTTP/1.1\r\nHost: x\r\n" + b"A-Header: of some length\r\n" * 400 + b"\r\n",
        "a hundred and one headers": head_with(101),
    },
}


def rows(table: dict[int, dict[str, bytes]]) -> list:
    return [pytest.param(status, request, id=name)
            for status, cases in table.items() for name, request in cases.items()]


class TestRequests:
    @pytest.mark.parametrize("request_bytes", ACCEPTED.values(), ids=ACCEPTED)
    def test_good_ones_are_answered_and_the_connection_stays(self, serving, request_bytes):
        with connect(serving.port) as client:
            client.sendall(request_bytes + HEALTHZ)
            first, second = read_answers(client, 2)
            assert (first.status, second.status, second.body) == (200, 200, b"ok\n")

    @pytest.mark.parametrize(("status", "request_bytes"), rows(REFUSED))
    def test_bad_ones_are_refused_and_what_follows_is_not_answered(self, serving, status, request_bytes):
        answers = converse(serving.port, request_bytes + HEALTHZ * 3)
        assert [answer.status for answer in answers] == [status]
        assert answers[0].ends_connection and answers[0].headers["content-type"].startswith("text/plain")
        assert answers[0].body.count(b"\n") == 1
        assert exchange(serving.port, HEALTHZ).status == 200

    @pytest.mark.parametrize("cut", [1, 2, 3])
    def test_empty_lines_count_wherever_the_network_cuts_them(self, serving, cut):
        with connect(serving.port) as client:
            data = b"\r\n\r\n" + HEALTHZ
            client.sendall(data[:cut])
            settle(serving.port)
            client.sendall(data[cut:])
            assert [answer.status for answer in parse_answers(read_to_end(client))] == [400]

    def test_a_body_that_does_not_come_whole(self, serving):
        with connect(serving.port) as client:
            client.sendall(REFRESH + b"Content-Length: 5\r\n\r\nhel")
            client.shutdown(socket.SHUT_WR)
            assert [answer.status for answer in parse_answers(read_to_end(client))] == [400]

    def test_a_large_body_is_refused_before_it_comes(self, serving):
        with connect(serving.port) as client:
            client.sendall(REFRESH + b"Expect: 100-continue\r\nContent-Length: 100000000\r\n\r\n")
            assert read_answers(client, 1)[0].status == 413

    def test_a_body_that_waits_to_be_asked_for(self, serving):
        with connect(serving.port) as client:
            client.sendall(REFRESH + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            assert client.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
            client.sendall(b"{}")
            assert read_answers(client, 1)[0].status == 200

    def test_http_1_0_knows_no_100(self, serving):
        answers = converse(serving.port, b"POST /metrics/refresh HTTP/1.0\r\nExpect: 100-continue\r\n"
                                         b"Content-Length: 2\r\n\r\n{}")
        assert [answer.status for answer in answers] == [200]

    def test_http_1_0_ends_after_one_request(self, serving):
        answers = converse(serving.port, b"GET /healthz HTTP/1.0\r\n\r\n" + HEALTHZ)
        assert [(answer.status, answer.ends_connection) for answer in answers] == [(200, True)]

    def test_http_1_0_may_ask_to_go_on(self, serving):
        with connect(serving.port) as client:
            client.sendall(b"GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + HEALTHZ)
            first, _ = read_answers(client, 2)
            assert first.headers["connection"] == "keep-alive"

    @pytest.mark.parametrize("connection", [b"Connection: close", b"connection: Close", b"Connection: x, close",
                                            b"Connection: keep-alive\r\nConnection: close"])
    def test_the_end_can_be_asked_for(self, serving, connection):
        answers = converse(serving.port, b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + connection + b"\r\n\r\n" + HEALTHZ)
        assert [(answer.status, answer.ends_connection) for answer in answers] == [(200, True)]

    def test_pipelined_requests_are_answered_in_order(self, serving):
        requests = [(b"GET", b"/healthz", 200), (b"GET", b"/nothing", 404), (b"HEAD", b"/metrics", 200),
                    (b"POST", b"/metrics/refresh", 200), (b"DELETE", b"/metrics", 405), (b"GET", b"/readyz", 200),
                    (b"OPTIONS", b"*", 404), (b"GET", b"/metrics", 200)] * 25
        with connect(serving.port) as client:
            client.sendall(b"".join(b"%s %s HTTP/1.1\r\nHost: x\r\n\r\n" % request[:2] for request in requests))
            answers = read_answers(client, len(requests))
        assert [answer.status for answer in answers] == [status for *_, status in requests]
        bodies = [answer.body for answer in answers[:8]]
        assert bodies[0] == b"ok\n" and bodies[2] == b"" and json.loads(bodies[3]) == {"ok": True}
        assert bodies[5] == b"ready\n" and b"bills_missing_dates 2.0\n" in bodies[7]

    def test_a_client_that_says_no_more_gets_its_answers(self, serving):
        with connect(serving.port) as client:
            client.sendall(METRICS + refresh_with(b"") + HEALTHZ)
            client.shutdown(socket.SHUT_WR)
            assert [answer.status for answer in parse_answers(read_to_end(client))] == [200, 200, 200]


class TestSlowClients:
    @pytest.mark.slow
    def test_a_request_must_come_within_ten_seconds(self, serving):
        """Whichever part of it drips or never comes; and the scrapes of others come at once meanwhile."""
        dripping = {
            "a request line": b"GET /metri",
            "a head": SLOW_HEAD,
            "a body": REFRESH + b"Content-Length: 1000\r\n\r\n",
            "a chunk": CHUNKED + b"400\r\n",
            "a chunk extension": CHUNKED + b"5;a",
            "a trailer": CHUNKED + b"0\r\nX: ",
            "a second request": HEALTHZ + SLOW_HEAD,
        }
        silent = {
            "half an empty line": b"\r",
            "half a head": SLOW_HEAD,
            "half a body": REFRESH + b"Content-Length: 10\r\n\r\nhello",
        }
        idle = {"no request": b"", "one request": HEALTHZ}
        limited = dripping.keys() | silent.keys()
        ended: dict[str, float] = {}
        with connections(serving.port, len(limited) + len(idle)) as clients:
            named = dict(zip(dripping | silent | idle, clients))
            started = time.monotonic()
            for name, data in (dripping | silent | idle).items():
                named[name].sendall(data)
            for name in ("a second request", "one request"):
                assert read_answers(named[name], 1)[0].status == 200
            while ended.keys() != limited and time.monotonic() - started < RECEIVE_SECONDS + 5:
                assert seconds_of_scrape(serving) < 1
                for name in named.keys() - ended.keys():
                    if is_closed(named[name]):
                        ended[name] = time.monotonic() - started
                    elif name in dripping:
                        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                            named[name].sendall(b"x")
                time.sleep(0.1)
        print("ended after", {name: round(seconds, 1) for name, seconds in ended.items()})
        assert ended.keys() == limited
        assert min(ended.values()) > RECEIVE_SECONDS - 1

    def test_many_that_drip_do_not_delay_a_scrape(self, serving):
        with connections(serving.port, 500) as clients:
            for client in clients:
                client.sendall(SLOW_HEAD)
            seconds = []
            for _ in range(20):
                for client in clients:
                    client.sendall(b"x")
                seconds.append(seconds_of_scrape(serving))
        print(f"a scrape among 500 that drip: {describe(seconds)}")
        assert max(seconds) < 1

    def test_one_that_does_not_read(self, serving):
        count = 4000  # more than the kernel keeps for it
        with connect(serving.port) as client:
            client.sendall(METRICS * count)
            seconds = [seconds_of_scrape(serving) for _ in range(20)]
            print(f"a scrape beside one that does not read: {describe(seconds)}")
            assert max(seconds) < 1
            assert {answer.status for answer in read_answers(client, count)} == {200}

    def test_those_that_vanish_leave_nothing_behind(self, serving):
        before = descriptors(serving)
        for left_at in (b"", b"GET", SLOW_HEAD, REFRESH + b"Content-Length: 10\r\n\r\nhello", CHUNKED + b"5\r\nhe",
                        METRICS * 20, refresh_with(b""), b"nonsense\r\n\r\n"):
            for leave in (socket.socket.close, reset):
                for _ in range(25):
                    client = connect(serving.port)
                    client.sendall(left_at)
                    leave(client)
        assert seconds_of_scrape(serving) < 1
        wait_for(lambda: descriptors(serving) <= before)


class TestManyConnections:
    def test_one_too_many_takes_the_place_of_who_was_idle_longest(self, many_descriptors, serving):
        with connections(serving.port, MOST_CONNECTIONS) as clients, contextlib.ExitStack() as stack:
            for client in clients[:3]:  # these are idle for a shorter time now than all others
                client.sendall(HEALTHZ)
                assert read_answers(client, 1)[0].status == 200
            started = time.monotonic()
            newcomers = [stack.enter_context(connect(serving.port)) for _ in range(5)]
            for newcomer in newcomers:
                newcomer.sendall(HEALTHZ)
                assert read_answers(newcomer, 1)[0].status == 200
            assert time.monotonic() - started < 5
            assert [is_closed(client) for client in clients[:9]] == 3 * [False] + 5 * [True] + [False]
            for client in (clients[0], clients[-1]):
                client.sendall(HEALTHZ)
                assert read_answers(client, 1)[0].status == 200

    def test_1000_that_are_idle_do_not_delay_a_scrape(self, serving):
        with connections(serving.port, 1000) as clients:
            for client in clients[::2]:
                client.sendall(HEALTHZ)
            assert all(read_answers(client, 1)[0].status == 200 for client in clients[::2])
            seconds = [seconds_of_scrape(serving) for _ in range(100)]
        print(f"a scrape among 1,000 idle connections: {describe(seconds)}")
        assert statistics.median(seconds) < 0.1

    def test_10000_come_and_go(self, serving):
        before = descriptors(serving)
        start = time.monotonic()
        for number in range(10_000):
            client = connect(serving.port)
            if number % 3:
                client.sendall((SLOW_HEAD, HEALTHZ)[number % 2])
            (socket.socket.close, reset)[number % 5 == 0](client)
        seconds = time.monotonic() - start
        print(f"10,000 connections opened and dropped in {seconds:.1f} s")
        assert seconds_of_scrape(serving) < 1
        wait_for(lambda: descriptors(serving) <= before)

    def test_memory_is_bounded(self, own_memory, serving):
        def visit(count: int) -> None:
            for _ in range(count // 100):
                with connections(serving.port, 100) as clients:
                    for client, data in zip(clients, (HEALTHZ, SLOW_HEAD, METRICS * 10, head_of(100_000)) * 25):
                        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                            client.sendall(data)

        visit(1000)
        wait_for(lambda: descriptors(serving) < 50)
        warm = memory(serving)
        visit(5000)
        wait_for(lambda: descriptors(serving) < 50)
        grown = memory(serving) - warm
        with connections(serving.port, 1000) as clients:
            for client in clients:
                client.sendall(head_of(HEAD_LIMIT)[:-4])
            settle(serving.port)
            held = memory(serving)
        print(f"{warm:,} bytes when warm, {grown:+,} after 5,000 visits, {held:,} with 1,000 heads of 8 KB held")
        assert grown < 4_000_000
        assert held < 64_000_000


class TestDescriptors:
    """Which the clients must not take from the measurements."""

    LIMIT = 256

    @pytest.fixture
    def limited(self, run, exporter, files, tmp_path) -> Exporter:
        script = tmp_path / "limited"
        script.write_text(f"#!/bin/sh\nulimit -n {self.LIMIT}\nexec {shlex.quote(str(run.path))} \"$@\"\n")
        script.chmod(0o755)
        run.path = script
        return exporter("--es-url", files.url, "--index", files.load(MIDWAY), "--refresh-interval", "1h")

    def test_the_limit_leaves_some_to_the_measurements(self, limited):
        with connect(limited.port) as client:
            client.sendall(SLOW_HEAD)
            settle(limited.port)
            with connections(limited.port, 2 * self.LIMIT):
                wait_for(lambda: descriptors(limited) > self.LIMIT / 2)
                client.sendall(b"y\r\n\r\n" + refresh_with(b"") + METRICS)
                statuses = [answer.status for answer in read_answers(client, 3)]
                assert statuses == [200, 200, 200]

    def test_one_too_many_gets_503_when_none_is_idle(self, limited):
        """However many there are, those that were let in go on."""
        with connections(limited.port, self.LIMIT) as clients:
            for client in clients:
                with contextlib.suppress(ConnectionError):
                    client.sendall(SLOW_HEAD)
            wait_for(lambda: answers_with(limited, 503))
            # Some of the first may have been idle and made room, and some of the last have been turned away.
            middle = clients[self.LIMIT // 2]
            middle.sendall(b"y\r\n\r\n" + METRICS)
            assert [answer.status for answer in read_answers(middle, 2)] == [200, 200]
        wait_for(lambda: answers_with(limited, 200))

    def test_running_out_of_them_ends_nothing(self, binary, serving):
        if is_sanitized(binary):
            pytest.skip("a sanitizer opens pipes, and takes memory for bad when it cannot")
        with connect(serving.port) as client:
            client.sendall(HEALTHZ)
            read_answers(client, 1)
            few = descriptors(serving) + 5
            resource.prlimit(serving.process.pid, resource.RLIMIT_NOFILE, (few, few))
            with connections(serving.port, 100):
                wait_for(lambda: descriptors(serving) == few)
                before, start = processor_seconds(serving), time.monotonic()
                for _ in range(10):
                    client.sendall(METRICS)
                    assert read_answers(client, 1)[0].status == 200
                    time.sleep(0.1)
                share = (processor_seconds(serving) - before) / (time.monotonic() - start)
                print(f"{share:.0%} of a processor while there is no descriptor left")
                assert share < 0.5
            wait_for(lambda: answers_with(serving, 200))
            client.sendall(refresh_with(b""))
            assert read_answers(client, 1)[0].status == 200


class Held:
    """A healthy Elasticsearch, each of whose answers, as things were when it was asked, waits for release()."""

    def __init__(self) -> None:
        self.bills: list[dict] = []
        self.begun = 0
        self.under_way = 0
        self.most_under_way = 0
        self._lock = threading.Lock()
        self._permits = threading.Semaphore(0)

    def __call__(self, request: Request) -> Reply:
        with self._lock:
            answer = FakeElasticsearch(gmail_emails_v2=list(self.bills))(request)
            self.begun += 1
            self.under_way += 1
            self.most_under_way = max(self.most_under_way, self.under_way)
        self._permits.acquire(timeout=60)
        with self._lock:
            self.under_way -= 1
        return answer

    def release(self, count: int = 1) -> None:
        self._permits.release(count)


class TestRefreshes:
    @pytest.fixture
    def held(self) -> Iterator[Held]:
        script = Held()
        yield script
        script.release(1000)

    @pytest.fixture
    def measuring(self, held, exporter, stand_in) -> Exporter:
        """Its first measurement is under way."""
        server = stand_in(held)
        started = exporter("--es-url", server.url, "--timeout", "1h", "--refresh-interval", "1h")
        wait_for(lambda: held.begun == 1)
        return started

    def test_all_who_ask_share_the_next_one(self, measuring, held):
        with connections(measuring.port, 100) as clients:
            early, late = clients[:50], clients[50:]
            self.ask(measuring, early)
            assert held.begun == 1
            held.bills.append({"category": "bills"})
            held.release()
            wait_for(lambda: held.begun == 2)
            self.ask(measuring, late)
            assert held.begun == 2
            # The measurement that was under way when they came is no answer to them.
            assert not select.select(clients, [], [], 0)[0]
            held.release()
            self.all_are_answered(early)
            assert parse_bills(exchange(measuring.port, METRICS).body) == 1
            assert not select.select(late, [], [], 0)[0]
            held.bills.append({"category": "bills"})
            wait_for(lambda: held.begun == 3)
            held.release()
            self.all_are_answered(late)
        assert (held.begun, held.most_under_way) == (3, 1)

    def test_the_measurement_begins_after_the_request_came(self, measuring, held):
        held.release()
        with connect(measuring.port) as client:
            for count in range(1, 6):
                wait_for(lambda: held.under_way == 0)
                held.bills.append({"category": "bills"})
                client.sendall(refresh_with(b""))
                held.release()
                self.all_are_answered([client])
                assert parse_bills(exchange(measuring.port, METRICS).body) == count

    def test_a_crowd_is_served_by_few_measurements(self, measuring, held):
        held.release(1000)
        wait_for(lambda: held.under_way == 0)
        with concurrent.futures.ThreadPoolExecutor(32) as pool:
            answers = list(pool.map(lambda _: exchange(measuring.port, refresh_with(b"")).status, range(500)))
        print(f"500 refreshes by 32 clients: {held.begun - 1} measurements")
        assert set(answers) == {200}
        assert held.most_under_way == 1
        assert held.begun - 1 < 400

    def test_those_that_left_take_no_room(self, many_descriptors, measuring):
        """However long the measurement takes that they asked for."""
        for _ in range(MOST_CONNECTIONS + 100):
            with connect(measuring.port) as client:
                client.sendall(refresh_with(b""))
        settled = time.monotonic()
        wait_for(lambda: answers_with(measuring, 200), 5)
        print(f"{descriptors(measuring)} descriptors, {time.monotonic() - settled:.1f} s")
        assert seconds_of_scrape(measuring) < 1

    def ask(self, serving: Exporter, clients: list[socket.socket]) -> None:
        for client in clients:
            client.sendall(refresh_with(b""))
        settle(serving.port)

    def all_are_answered(self, clients: list[socket.socket]) -> None:
        for client in clients:
            answer = read_answers(client, 1)[0]
            assert (answer.status, json.loads(answer.body)) == (200, {"ok": True})


class TestTheEnd:
    @pytest.mark.slow
    def test_within_five_seconds_whoever_is_slow(self, hanging):
        with connections(hanging.port, 300) as clients, connect(hanging.port) as refreshing:
            for client, data in zip(clients, (b"", HEALTHZ, SLOW_HEAD, CHUNKED + b"5\r\n", METRICS * 1000) * 60):
                client.sendall(data)
            refreshing.sendall(refresh_with(b""))
            settle(hanging.port)
            start = time.monotonic()
            hanging.stop()
            seconds = time.monotonic() - start
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
            start = time.monotonic()
            assert hanging.end(by) in (128 + by, -by)
            assert time.monotonic() - start < 1


def describe(seconds: list[float]) -> str:
    return f"median {1000 * statistics.median(seconds):.1f} ms, longest {1000 * max(seconds):.1f} ms"


def parse_bills(page: bytes) -> float:
    return parse_samples(page.decode())["bills_missing_dates"]


def answers_with(serving: Exporter, status: int) -> bool:
    """Whether a newcomer gets this status. It may have to wait to be let in, or be turned away without a word."""
    with connect(serving.port) as client:
        client.settimeout(1)
        with contextlib.suppress(TimeoutError, ConnectionError):
            client.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            return [answer.status for answer in parse_answers(read_to_end(client))] == [status]
    return False


def processor_seconds(serving: Exporter) -> float:
    fields = pathlib.Path(f"/proc/{serving.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
