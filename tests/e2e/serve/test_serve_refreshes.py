"""`POST /metrics/refresh`: a crowd that asks is served by few measurements."""

import concurrent.futures
import json
import select
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from support.fake_elasticsearch import FakeElasticsearch
from support.program import Exporter, parse_samples
from support.requests.http_requests import (METRICS, MOST_CONNECTIONS, answers_with, refresh_with, seconds_of_prompt_scrape,
                                            seconds_of_scrape)
from support.requests.raw_http import connect, connections, exchange, read_answers, settle, wait_for
from support.serving.process import descriptors
from support.stand_in import Reply, Request


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
        assert seconds_of_scrape(measuring) < seconds_of_prompt_scrape()

    def ask(self, serving: Exporter, clients: list[socket.socket]) -> None:
        for client in clients:
            client.sendall(refresh_with(b""))
        settle(serving.port)

    def all_are_answered(self, clients: list[socket.socket]) -> None:
        for client in clients:
            answer = read_answers(client, 1)[0]
            assert (answer.status, json.loads(answer.body)) == (200, {"ok": True})


def parse_bills(page: bytes) -> float:
    return parse_samples(page.decode())["bills_missing_dates"]
