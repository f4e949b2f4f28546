"""`serve --web.config.file`: users and headers, as in any exporter of Prometheus."""

import base64
import contextlib
import select
import statistics
import time

import pytest
import yaml

from support.hold_ups import Stopwatch
from support.prometheus import PrometheusServer, eventually
from support.requests.raw_http import wait_for
from support.serving.bcrypt import hash_of
from support.serving.process import processor_seconds
from support.serving.web import HEADERS, PASSWORD, TLS, USER, Client, basic, users


def slow_hash(cost: int) -> str:
    """That no password matches: to make one that one matches would take as long as to check it."""
    return hash_of(PASSWORD).replace("$04$", f"${cost}$")


class TestUsers:
    @pytest.fixture(params=["TLS", "clear text"])
    def guarded(self, request, start) -> Client:
        return start(({"tls_server_config": TLS} if request.param == "TLS" else {}) | users(alice=hash_of("wonder")))

    @pytest.mark.parametrize(("headers", "status"), [
        (basic(), 200),
        (basic("alice", "wonder"), 200),
        ({"Authorization": basic()["Authorization"].replace("Basic", "bAsIc")}, 200),
        ({}, 401),
        (basic(password="wrong"), 401),
        (basic(password=""), 401),
        (basic(password=PASSWORD + "\0"), 401),
        (basic(password=PASSWORD.encode() + b"\0wrong"), 401),
        (basic(password="x" * 600), 401),
        (basic("alice"), 401),
        (basic("nobody", PASSWORD), 401),
        (basic("", PASSWORD), 401),
        (basic("Prometheus"), 401),
        ({"Authorization": "Basic"}, 401),
        ({"Authorization": "Basic !!!"}, 401),
        ({"Authorization": "Basic " + base64.b64encode(USER.encode()).decode()}, 401),
        ({"Authorization": basic()["Authorization"].replace("Basic", "Bearer")}, 401),
    ])
    def test_who_comes_in(self, guarded, headers, status):
        guarded.wait_until_measured()
        for _ in range(2):
            answer = guarded.get(headers=headers)
            assert answer.status == status
            assert answer.headers.get("WWW-Authenticate", "").startswith("Basic ") == (status == 401)
            assert (b"bills" in answer.body) == (status == 200)

    def test_every_page_but_the_probes(self, guarded):
        wait_for(lambda: guarded.get("/readyz").status == 200)
        paths = [("GET", "/"), ("GET", "/metrics"), ("HEAD", "/metrics"), ("POST", "/metrics/refresh"),
                 ("GET", "/metrics/refresh"), ("GET", "/nothing"), ("GET", "/healthz/"), ("GET", "//healthz"),
                 ("GET", "/healthz/../metrics"), ("GET", "/metrics?/healthz")]
        for method, path in paths:
            assert guarded.get(path, {}, method).status == 401, (method, path)
            assert guarded.get(path, basic(), method).status in (200, 404, 405), (method, path)
        assert [guarded.get(path, {}).status for path in ("/healthz", "/readyz", "/healthz?verbose")] == [200] * 3

    def test_an_answer_that_comes_later(self, start):
        """A password that has to be checked first, and then a measurement."""
        client = start(users(), interval="0")
        assert client.get(headers=basic()).status == 200
        assert client.get("/metrics/refresh", basic(), "POST").text == '{"ok": true}'

    @pytest.mark.parametrize("kind", ["2a", "2b", "2y"])
    def test_kinds_of_hashes(self, start, kind):
        client = start({"basic_auth_users": {USER: hash_of(PASSWORD, 4, kind)}})
        assert [client.get(headers=basic(password=text)).status for text in (PASSWORD, "wrong")] == [200, 401]

    def test_a_hash_whose_salt_has_bits_that_do_not_count(self, start):
        # The last of 22 characters of a salt has two bits of it. Not everybody writes the others as 0.
        made = hash_of(PASSWORD)
        assert made[28] in ".Oeu"
        odd = made[:28] + {".": "/", "O": "P", "e": "f", "u": "v"}[made[28]] + made[29:]
        client = start({"basic_auth_users": {USER: odd}})
        assert [client.get(headers=basic(password=text)).status for text in (PASSWORD, "wrong")] == [200, 401]

    def test_a_scrape_every_15_seconds_costs_one_check(self, start):
        client = start(users(cost=12))
        before = processor_seconds(client.serving)
        assert client.get(headers=basic()).status == 200
        one = processor_seconds(client.serving) - before
        for _ in range(100):
            assert client.get(headers=basic()).status == 200
        others = processor_seconds(client.serving) - before - one
        print(f"the first request: {one:.2f} s of the processor; a hundred others: {others:.2f} s")
        assert others < 3 * one

    def test_checks_do_not_hold_up_others(self, start):
        client = start({"basic_auth_users": {USER: slow_hash(14)}})
        with contextlib.closing(client.connection()) as checked:
            checked.request("GET", "/metrics", headers=basic())
            seconds = []
            deadline = time.monotonic() + 60
            while not select.select([checked.sock], [], [], 0)[0]:
                began = time.monotonic()
                assert began < deadline, "the check does not end"
                assert client.get("/healthz").status == 200
                seconds.append(time.monotonic() - began)
            assert checked.getresponse().status == 401
        print(f"{len(seconds)} answers meanwhile, the longest took {1000 * max(seconds):.1f} ms")
        assert len(seconds) > 10 and statistics.median(seconds) < 0.05

    def test_the_time_does_not_tell_who_exists(self, start):
        client = start(users(cost=9))

        seconds: dict[str, list[float]] = {USER: [], "nobody": []}
        for number in range(15):
            for user, taken in seconds.items():  # in turn, so that a busy machine meets both
                began = time.monotonic()
                assert client.get(headers=basic(user, f"wrong {number}")).status == 401
                taken.append(time.monotonic() - began)
        known, unknown = map(statistics.median, seconds.values())
        print(f"wrong password: {1000 * known:.1f} ms, unknown user: {1000 * unknown:.1f} ms")
        assert 0.5 < known / unknown < 2

    def test_those_that_wait_are_limited(self, start):
        client = start(users(cost=11))
        with contextlib.ExitStack() as stack:
            waiting = [stack.enter_context(contextlib.closing(client.connection())) for _ in range(60)]
            for number, each in enumerate(waiting):
                each.request("GET", "/metrics", headers=basic(password=f"wrong {number}"))
            statuses = [each.getresponse().status for each in waiting]
        print(f"{statuses.count(401)} were checked, {statuses.count(503)} were not")
        assert set(statuses) == {401, 503} and statuses.count(401) >= 30
        assert client.get(headers=basic()).status == 200

    def test_the_end_does_not_wait_for_checks(self, start):
        client = start({"basic_auth_users": {USER: slow_hash(17)}})
        with contextlib.closing(client.connection()) as first, contextlib.closing(client.connection()) as second:
            for each in (first, second):
                each.request("GET", "/metrics", headers=basic())
            assert client.get("/healthz").status == 200
            stopwatch = Stopwatch()
            client.serving.stop()
            assert stopwatch.seconds() < 3
            assert [each.getresponse().status for each in (first, second)] == [503, 503]


class TestHeaders:
    def test_they_are_set(self, start):
        client = start({"http_server_config": {"headers": HEADERS, "http2": False}, **users()})
        for headers, status in ((basic(), 200), ({}, 401)):
            answer = client.get(headers=headers)
            assert answer.status == status
            assert {name: answer.headers[name] for name in HEADERS} == HEADERS

    def test_the_page_has_its_own_policy(self, start):
        client = start({"http_server_config": {"headers": HEADERS}})
        answer = client.get("/")
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.headers["X-Frame-Options"] == "deny"

    def test_answers_that_come_later(self, start):
        client = start({"http_server_config": {"headers": HEADERS}}, interval="0")
        assert client.get().headers["X-Frame-Options"] == "deny"


class TestPrometheus:
    def test_a_real_one_scrapes(self, start, authority, tmp_path):
        client = start({"tls_server_config": TLS | {"client_auth_type": "RequireAndVerifyClientCert",
                                                    "client_ca_file": "ca.pem"}, **users()})
        certificate = authority.issue("scraper")
        prometheus = PrometheusServer(tmp_path, yaml.safe_dump({"scrape_configs": [{
            "job_name": "backfill-health", "scrape_interval": "1s", "scheme": "https",
            "basic_auth": {"username": USER, "password": PASSWORD},
            "tls_config": {"ca_file": str(authority.file), "cert_file": str(certificate.certificate),
                           "key_file": str(certificate.key)},
            "static_configs": [{"targets": [f"localhost:{client.serving.port}"]}],
        }]}))
        try:
            eventually("the missing bills are scraped", lambda: prometheus.value("bills_missing_dates"), 2)
            assert prometheus.value("up") == 1
        finally:
            prometheus.stop()
