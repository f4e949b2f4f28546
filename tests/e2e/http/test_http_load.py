"""The server of `serve` among clients that are broken, slow, greedy or hostile: they get an end, and the others their scrape."""

import contextlib
import resource
import select
import shlex
import socket
import statistics
import time

import pytest

from support.emails import MIDWAY
from support.program import Exporter, is_sanitized
from support.requests.http_requests import (CHUNKED, HEAD_LIMIT, HEALTHZ, METRICS, MOST_CONNECTIONS, REFRESH,
                                            SLOW_HEAD, answers_with, head_of, refresh_with, seconds_of_prompt_scrape,
                                            seconds_of_scrape)
from support.requests.raw_http import connect, connections, read_answers, reset, settle, wait_for
from support.serving.process import descriptors, memory, processor_seconds

RECEIVE_SECONDS = 10


def is_closed(client: socket.socket) -> bool:
    """By the server, while nothing was to be read."""
    if not select.select([client], [], [], 0)[0]:
        return False
    with contextlib.suppress(ConnectionResetError):
        assert client.recv(1) == b""
    return True


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
                assert seconds_of_scrape(serving) < seconds_of_prompt_scrape()
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
        assert max(seconds) < seconds_of_prompt_scrape()

    def test_one_that_does_not_read(self, serving):
        count = 4000  # more than the kernel keeps for it
        with connect(serving.port) as client:
            client.sendall(METRICS * count)
            seconds = [seconds_of_scrape(serving) for _ in range(20)]
            print(f"a scrape beside one that does not read: {describe(seconds)}")
            assert max(seconds) < seconds_of_prompt_scrape()
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
        assert seconds_of_scrape(serving) < seconds_of_prompt_scrape()
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
        wait_for(lambda: descriptors(serving) <= before)  # while some wait to be accepted, the kernel may drop another
        assert seconds_of_scrape(serving) < seconds_of_prompt_scrape()

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
            # Some of the first may have been idle and made room, and some of the last have been turned away: these
            # have something to read.
            ended = set(select.select(clients, [], [], 0)[0])
            let_in = [client for client in clients if client not in ended]
            assert len(let_in) > self.LIMIT / 2
            for client in (let_in[0], let_in[-1]):
                client.sendall(b"y\r\n\r\n" + METRICS)
                assert [answer.status for answer in read_answers(client, 2)] == [200, 200]
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


def describe(seconds: list[float]) -> str:
    return f"median {1000 * statistics.median(seconds):.1f} ms, longest {1000 * max(seconds):.1f} ms"
