"""`serve --web.config.file`: TLS and users, as in any exporter of Prometheus."""

import base64
import contextlib
import http.client
import json
import os
import pathlib
import re
import select
import shutil
import signal
import socket
import ssl
import statistics
import subprocess
import time
import urllib.parse
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
import yaml

from support.bcrypt import hash_of
from support.certificates import Authority, Certificate, self_signed
from support.emails import MIDWAY
from support.ports import free_ports
from support.program import Exporter, Response, parse_samples
from support.raw_http import connect, parse_answers, read_to_end, wait_for
from support.requirements import tool

USER = "prometheus"
PASSWORD = "Hütte: läuft!"
HANDSHAKE_SECONDS = 10
GO_CIPHERS = [f"TLS_ECDHE_{kind}_WITH_{cipher}" for kind in ("ECDSA", "RSA") for cipher in (
    "AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256", "AES_128_CBC_SHA", "AES_256_CBC_SHA")]
GO_CIPHERS_13 = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"]
HEADERS = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "deny",
    "X-XSS-Protection": "1",
    "Content-Security-Policy": "default-src 'self' *.example.net",
}


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def foreign(tmp_path_factory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("foreign"))


@pytest.fixture(scope="module")
def certificates(authority) -> dict[str, Certificate]:
    return {name: authority.issue(name) for name in ("server", "renewed", "client")}


def place(certificate: Certificate, folder: pathlib.Path) -> None:
    """As server.crt and server.key, at once each, as those do who renew certificates."""
    for source, name in ((certificate.certificate, "server.crt"), (certificate.key, "server.key")):
        shutil.copyfile(source, folder / "new")
        (folder / "new").replace(folder / name)


@pytest.fixture
def folder(tmp_path, authority, certificates) -> pathlib.Path:
    """Of a configuration file: with server.crt, server.key and ca.pem."""
    made = tmp_path / "web"
    made.mkdir()
    place(certificates["server"], made)
    shutil.copyfile(authority.file, made / "ca.pem")
    return made


TLS = {"cert_file": "server.crt", "key_file": "server.key"}


def write(folder: pathlib.Path, config: dict | str) -> pathlib.Path:
    path = folder / "web.yml"
    text = config if isinstance(config, str) else yaml.safe_dump(config, sort_keys=False)
    (folder / "new").write_text(text)
    (folder / "new").replace(path)
    return path


def basic(user: str = USER, password: str | bytes = PASSWORD) -> dict[str, str]:
    secret = password.encode() if isinstance(password, str) else password
    return {"Authorization": "Basic " + base64.b64encode(user.encode() + b":" + secret).decode()}


@dataclass
class Client:
    """Speaks to `serve` over TLS, or in clear text."""

    serving: Exporter
    authority: Authority
    headers: dict[str, str] = field(default_factory=dict)

    def context(self, certificate: Certificate | None = None) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.authority.file)
        if certificate:
            context.load_cert_chain(certificate.certificate, certificate.key)
        return context

    def connection(self, context: ssl.SSLContext | None = None) -> http.client.HTTPConnection:
        if self.serving.url.startswith("http:"):
            return http.client.HTTPConnection("localhost", self.serving.port, timeout=30)
        return http.client.HTTPSConnection("localhost", self.serving.port, timeout=30,
                                           context=context or self.context())

    def get(self, path: str = "/metrics", headers: dict[str, str] | None = None, method: str = "GET",
            context: ssl.SSLContext | None = None, on: http.client.HTTPConnection | None = None) -> Response:
        with contextlib.closing(on or self.connection(context)) if on is None else contextlib.nullcontext(on) as used:
            used.request(method, path, b"" if method == "POST" else None,
                         self.headers if headers is None else headers)
            answer = used.getresponse()
            return Response(answer.status, dict(answer.headers), answer.read())

    def wait_until_measured(self) -> None:
        wait_for(lambda: self.get("/readyz").status == 200)

    def certificate(self) -> str:
        """The common name of the one that is served to a new connection."""
        with socket.create_connection(("127.0.0.1", self.serving.port), 20) as raw:
            with self.context().wrap_socket(raw, server_hostname="localhost") as secured:
                subject = dict(pair for name in secured.getpeercert()["subject"] for pair in name)
                return subject["commonName"]


@pytest.fixture
def start(exporter, files, folder, authority) -> Callable[..., Client]:
    """start(config) serves with it."""

    def begin(config: dict | str, *arguments: object, headers: dict[str, str] | None = None,
              interval: str = "1h") -> Client:
        serving = exporter("--es-url", files.url, "--index", files.load(MIDWAY), "--refresh-interval", interval,
                           "--web.config.file", write(folder, config), *arguments)
        return Client(serving, authority, headers or {})

    return begin


def slow_hash(cost: int) -> str:
    """That no password matches: to make one that one matches would take as long as to check it."""
    return hash_of(PASSWORD).replace("$04$", f"${cost}$")


def users(cost: int = 4, **more: str) -> dict[str, dict[str, str]]:
    return {"basic_auth_users": {USER: hash_of(PASSWORD, cost), **more}}


class TestTls:
    def test_a_scrape(self, start):
        client = start({"tls_server_config": TLS})
        assert "address=https://127.0.0.1:" in client.serving.log
        client.wait_until_measured()
        answer = client.get()
        assert answer.status == 200 and parse_samples(answer.text)["bills_missing_dates"] == 2
        assert client.certificate() == "server"

    def test_curl(self, start, authority):
        client = start({"tls_server_config": TLS})
        done = subprocess.run([tool("curl", "curl"), "-sS", "--cacert", authority.file, "-w", "%{http_version}\n",
                               f"{client.serving.url}/healthz"], capture_output=True, text=True, timeout=30)
        assert (done.returncode, done.stdout, done.stderr) == (0, "ok\n1.1\n", "")

    def test_several_requests_on_one_connection(self, start):
        client = start({"tls_server_config": TLS})
        with contextlib.closing(client.connection()) as connection:
            statuses = [client.get(path, on=connection, method=method).status
                        for path, method in (("/metrics", "GET"), ("/", "GET"), ("/metrics/refresh", "POST"),
                                             ("/nothing", "GET"), ("/metrics", "HEAD"), ("/metrics", "GET"))]
        assert statuses == [200, 200, 200, 404, 200, 200]

    def test_many_requests_at_once_on_one_connection(self, start):
        """More than the kernel keeps, from one who does not read: the others get theirs, and in the end he too."""
        client = start({"tls_server_config": TLS})
        count = 3000
        with contextlib.closing(client.connection()) as connection:
            connection.connect()
            connection.sock.setblocking(False)
            requests = memoryview(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" * count)
            received = bytearray()
            for reading in (False, True):
                deadline = time.monotonic() + (30 if reading else 1)
                while time.monotonic() < deadline and received.count(b"HTTP/1.1 200 OK") < count:
                    with contextlib.suppress(ssl.SSLWantWriteError, ssl.SSLWantReadError):
                        if requests:
                            requests = requests[connection.sock.send(requests[:16384]):]
                    with contextlib.suppress(ssl.SSLWantReadError):
                        if reading:
                            received += connection.sock.recv(1 << 16)
                began = time.monotonic()
                assert client.get("/healthz").status == 200
                assert time.monotonic() - began < 1
        assert received.count(b"HTTP/1.1 200 OK") == count

    @pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
    def test_old_protocols_are_refused(self, start, version):
        client = start({"tls_server_config": TLS})
        context = client.context()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = context.maximum_version = version
        context.set_ciphers("ALL:@SECLEVEL=0")
        with pytest.raises(ssl.SSLError, match="(?i)version|protocol"):
            client.get(context=context)
        assert client.get().status == 200

    @pytest.mark.parametrize(("settings", "spoken"), [
        ({}, "TLSv1.3"),
        ({"max_version": "TLS12"}, "TLSv1.2"),
        ({"min_version": "TLS13"}, "TLSv1.3"),
    ])
    def test_versions(self, start, settings, spoken):
        client = start({"tls_server_config": TLS | settings})
        with contextlib.closing(client.connection()) as connection:
            connection.connect()
            assert connection.sock.version() == spoken

    def test_a_client_below_the_least_version(self, start):
        client = start({"tls_server_config": TLS | {"min_version": "TLS13"}})
        context = client.context()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises(ssl.SSLError):
            client.get(context=context)

    @pytest.mark.parametrize(("mine", "theirs", "chosen"), [(True, True, 0), (False, False, 1)])
    def test_whose_ciphers_come_first(self, start, mine, theirs, chosen):
        suites = ["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"]
        names = ["ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256"]
        client = start({"tls_server_config": TLS | {"cipher_suites": suites, "prefer_server_cipher_suites": mine,
                                                    "max_version": "TLS12"}})
        context = client.context()
        context.set_ciphers(":".join(reversed(names)))
        with contextlib.closing(client.connection(context)) as connection:
            connection.connect()
            assert connection.sock.cipher()[0] == names[chosen]
        context.set_ciphers("ECDHE-ECDSA-CHACHA20-POLY1305")
        with pytest.raises(ssl.SSLError):
            client.get(context=context)

    def test_without_forward_secrecy(self, start):
        client = start({"tls_server_config": TLS})
        context = client.context()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("AES256-SHA256:AES128-GCM-SHA256")
        with pytest.raises(ssl.SSLError):
            client.get(context=context)

    def test_curves(self, start):
        client = start({"tls_server_config": TLS | {"curve_preferences": ["CurveP384"]}})
        for curve, works in (("secp384r1", True), ("prime256v1", False)):
            context = client.context()
            context.set_ecdh_curve(curve)
            with contextlib.nullcontext() if works else pytest.raises(ssl.SSLError):
                assert client.get(context=context).status == 200

    def test_a_session_is_resumed(self, start):
        client = start({"tls_server_config": TLS | {"client_auth_type": "RequireAndVerifyClientCert",
                                                    "client_ca_file": "ca.pem", "max_version": "TLS12"}})
        certificate = client.authority.issue("resuming")
        context = client.context(certificate)
        session = None
        for resumed in (False, True):
            with socket.create_connection(("127.0.0.1", client.serving.port), 20) as raw:
                with context.wrap_socket(raw, server_hostname="localhost", session=session) as secured:
                    secured.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
                    assert secured.recv(100).startswith(b"HTTP/1.1 200 ")
                    session = secured.session
                    assert secured.session_reused == resumed

    def test_its_end_is_said(self, start):
        """close_notify: an answer that was cut off is told from one that is whole."""
        client = start({"tls_server_config": TLS})
        with socket.create_connection(("127.0.0.1", client.serving.port), 20) as raw:
            with client.context().wrap_socket(raw, server_hostname="localhost", suppress_ragged_eofs=False) as secured:
                secured.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
                received = b""
                while data := secured.recv(1000):
                    received += data
        assert received.endswith(b"ok\n")

    def test_a_client_that_says_its_end_hears_ours(self, start):
        client = start({"tls_server_config": TLS})
        with socket.create_connection(("127.0.0.1", client.serving.port), 20) as raw:
            with client.context().wrap_socket(raw, server_hostname="localhost", suppress_ragged_eofs=False) as secured:
                secured.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                assert secured.recv(1000).endswith(b"ok\n")
                secured.unwrap()

    @pytest.mark.parametrize("request_bytes", [b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n",
                                               b"POST /metrics/refresh HTTP/1.1\r\nHost: x\r\n\r\n"])
    def test_clear_text_gets_400(self, start, request_bytes):
        client = start({"tls_server_config": TLS})
        with connect(client.serving.port) as raw:
            raw.sendall(request_bytes)
            (answer,) = parse_answers(read_to_end(raw))
        assert (answer.status, answer.ends_connection) == (400, True) and b"HTTPS" in answer.body

    def test_nonsense_is_no_handshake(self, start):
        client = start({"tls_server_config": TLS})
        for nonsense in (b"\0" * 100, b"\x16\x03\x01\xff\xff" + b"x" * 5000, b"SSH-2.0-x\r\n", os.urandom(500)):
            with connect(client.serving.port) as raw:
                with contextlib.suppress(ConnectionError):
                    raw.sendall(nonsense)
                    raw.shutdown(socket.SHUT_WR)
                assert b"HTTP" not in read_to_end(raw)
        assert client.get().status == 200


class TestSlowHandshakes:
    def test_they_cost_nothing_to_others(self, start):
        client = start({"tls_server_config": TLS})
        hello = self.hello(client)
        with contextlib.ExitStack() as stack:
            slow = [stack.enter_context(connect(client.serving.port)) for _ in range(500)]
            seconds = []
            for at in range(20):
                for raw in slow:
                    raw.sendall(hello[at : at + 1])
                began = time.monotonic()
                assert client.get().status == 200
                seconds.append(time.monotonic() - began)
        print(f"a scrape among 500 slow handshakes: longest {1000 * max(seconds):.1f} ms")
        assert max(seconds) < 1

    @pytest.mark.slow
    def test_they_have_ten_seconds(self, start):
        client = start({"tls_server_config": TLS})
        hello = self.hello(client)
        with connect(client.serving.port) as silent, connect(client.serving.port) as dripping:
            began = time.monotonic()
            ended: dict[str, float] = {}
            position = 0
            while len(ended) < 2 and time.monotonic() - began < HANDSHAKE_SECONDS + 5:
                for name, raw in (("silent", silent), ("dripping", dripping)):
                    if name not in ended and select.select([raw], [], [], 0)[0]:
                        ended[name] = time.monotonic() - began
                with contextlib.suppress(ConnectionError):
                    dripping.sendall(hello[position : position + 1])
                position += 1
                time.sleep(0.1)
        print("ended after", ended)
        assert len(ended) == 2 and min(ended.values()) > HANDSHAKE_SECONDS - 1

    def test_the_end_does_not_wait_for_them(self, start):
        client = start({"tls_server_config": TLS})
        with connect(client.serving.port) as silent, contextlib.closing(client.connection()) as idle:
            assert client.get(on=idle).status == 200
            began = time.monotonic()
            client.serving.stop()
            assert time.monotonic() - began < 2
            assert read_to_end(silent) == b""

    def hello(self, client: Client) -> bytes:
        outgoing = ssl.MemoryBIO()
        with contextlib.suppress(ssl.SSLWantReadError):
            client.context().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost").do_handshake()
        return outgoing.read()


class TestClientCertificates:
    # What a client shows, and whether it comes in.
    OUTCOMES = {
        "NoClientCert": {"none": True, "foreign": True, "client": True},
        "RequestClientCert": {"none": True, "foreign": True, "client": True},
        "RequireAnyClientCert": {"none": False, "foreign": True, "client": True},
        "VerifyClientCertIfGiven": {"none": True, "foreign": False, "client": True},
        "RequireAndVerifyClientCert": {"none": False, "foreign": False, "client": True},
    }

    @pytest.mark.parametrize("kind", OUTCOMES)
    def test_kinds(self, start, certificates, foreign, kind):
        authorities = {} if kind == "NoClientCert" else {"client_ca_file": "ca.pem"}
        client = start({"tls_server_config": TLS | {"client_auth_type": kind} | authorities})
        shown = {"none": None, "foreign": foreign, "client": certificates["client"]}
        for name, comes_in in self.OUTCOMES[kind].items():
            with contextlib.nullcontext() if comes_in else pytest.raises(OSError):
                assert client.get(context=client.context(shown[name])).status == 200, name

    def test_they_do_not_replace_passwords(self, start, certificates):
        client = start({"tls_server_config": TLS | {"client_auth_type": "RequireAndVerifyClientCert",
                                                    "client_ca_file": "ca.pem"}, **users()})
        context = client.context(certificates["client"])
        assert client.get(context=context).status == 401
        assert client.get(context=context, headers=basic()).status == 200


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
            while not select.select([checked.sock], [], [], 0)[0]:
                began = time.monotonic()
                assert client.get("/healthz").status == 200
                seconds.append(time.monotonic() - began)
            assert checked.getresponse().status == 401
        print(f"{len(seconds)} answers meanwhile, the longest took {1000 * max(seconds):.1f} ms")
        assert len(seconds) > 10 and statistics.median(seconds) < 0.05

    def test_the_time_does_not_tell_who_exists(self, start):
        client = start(users(cost=9))

        def seconds(user: str) -> float:
            taken = []
            for number in range(15):
                began = time.monotonic()
                assert client.get(headers=basic(user, f"wrong {number}")).status == 401
                taken.append(time.monotonic() - began)
            return statistics.median(taken)

        known, unknown = seconds(USER), seconds("nobody")
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
            began = time.monotonic()
            client.serving.stop()
            assert time.monotonic() - began < 3
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


class TestChanges:
    """Of the files, without a restart."""

    def test_a_new_certificate_is_served(self, start, folder, certificates):
        client = start({"tls_server_config": TLS})
        with contextlib.closing(client.connection()) as kept:
            assert client.get(on=kept).status == 200
            place(certificates["renewed"], folder)
            wait_for(lambda: client.certificate() == "renewed")
            assert client.get(on=kept).status == 200

    def test_a_broken_one_is_not(self, start, folder, certificates):
        client = start({"tls_server_config": TLS})
        (folder / "server.crt").write_text("no certificate")
        wait_for(lambda: client.certificate() == "server" and "level=error" in client.serving.log)
        (folder / "server.key").unlink()
        wait_for(lambda: client.certificate() == "server" and client.serving.log.count("level=error") == 2)
        looked = time.monotonic()
        while time.monotonic() - looked < 2.5:
            assert client.certificate() == "server"
        (one, other) = [line for line in client.serving.log.splitlines() if "level=error" in line]
        assert "server.crt" in one and "stays as it was" in one and one != other
        place(certificates["renewed"], folder)
        wait_for(lambda: client.certificate() == "renewed")

    def test_a_key_of_another_certificate(self, start, folder, certificates):
        client = start({"tls_server_config": TLS})
        shutil.copyfile(certificates["renewed"].certificate, folder / "server.crt")
        wait_for(lambda: client.certificate() == "server" and "level=error" in client.serving.log)
        shutil.copyfile(certificates["renewed"].key, folder / "server.key")
        wait_for(lambda: client.certificate() == "renewed")

    def test_users_come_and_go(self, start, folder):
        client = start(users(), headers=basic())
        assert client.get().status == 200
        write(folder, {"basic_auth_users": {"alice": hash_of("wonder")}})
        wait_for(lambda: client.get(headers=basic("alice", "wonder")).status == 200)
        assert client.get().status == 401
        write(folder, {"basic_auth_users": {USER: hash_of("another")}})
        wait_for(lambda: client.get(headers=basic(password="another")).status == 200)
        assert client.get().status == 401

    def test_users_are_added_where_there_were_none(self, start, folder):
        client = start({"tls_server_config": TLS})
        assert client.get().status == 200
        write(folder, {"tls_server_config": TLS, **users()})
        wait_for(lambda: client.get().status == 401)
        assert client.get(headers=basic()).status == 200

    @pytest.mark.parametrize("config", ["", "basic_auth_users:\n", "basic_auth_users: [", None,
                                        {"tls_server_config": TLS | {"min_version": "TLS13"}}])
    def test_protection_is_not_lost(self, start, folder, config):
        """By a file that is being written, that was emptied, or is gone."""
        client = start({"tls_server_config": TLS, **users()}, headers=basic())
        if config is None:
            (folder / "web.yml").unlink()
        else:
            write(folder, config)
        wait_for(lambda: client.get(headers={}).status == 401 and "level=error" in client.serving.log)
        assert client.get().status == 200 and client.get(headers={}).status == 401
        with connect(client.serving.port) as raw:
            raw.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert parse_answers(read_to_end(raw))[0].status == 400


GOOD = {
    "an empty file": "",
    "a comment": "# nothing\n",
    "TLS": {"tls_server_config": TLS},
    "users": users(),
    "TLS and users": {"tls_server_config": TLS, **users()},
    "nothing in its places": "tls_server_config:\nbasic_auth_users:\nhttp_server_config:\n",
    "empty values": {"tls_server_config": TLS | {"client_ca_file": "", "client_auth_type": ""}},
    "ciphers": {"tls_server_config": TLS | {"cipher_suites": GO_CIPHERS + GO_CIPHERS_13}},
    "ciphers of TLS 1.3 only": {"tls_server_config": TLS | {"cipher_suites": GO_CIPHERS_13}},
    "curves": {"tls_server_config": TLS | {"curve_preferences": ["CurveP256", "CurveP384", "CurveP521", "X25519"]}},
    "versions": {"tls_server_config": TLS | {"min_version": "TLS12", "max_version": "TLS13"}},
    "whose order": {"tls_server_config": TLS | {"prefer_server_cipher_suites": False}},
    "clients": {"tls_server_config": TLS | {"client_auth_type": "RequireAndVerifyClientCert",
                                            "client_ca_file": "ca.pem"}},
    "clients without authorities": {"tls_server_config": TLS | {"client_auth_type": "VerifyClientCertIfGiven"}},
    "an older name": {"tls_server_config": TLS | {"client_auth_type": "RequireClientCert"}},
    "headers": {"http_server_config": {"headers": HEADERS}},
    "HTTP/1.1": {"http_server_config": {"http2": False}},
}

# What the line of the failure says: the line in the file, the key, and what to do.
BAD = {
    "no YAML": ("tls_server_config: [", "line 1", "not YAML"),
    "no mapping": ("hello", "line 1", "not a mapping", "key: value"),
    "an unknown key": ("tls_servers: {}", "line 1", "tls_servers is not known", "docs/serve.md"),
    "an unknown key below": ("tls_server_config:\n  cert_file: server.crt\n  keyfile: server.key\n",
                             "line 3", "tls_server_config.keyfile is not known"),
    "a doubled key": ("basic_auth_users:\nhttp_server_config:\nbasic_auth_users:\n",
                      "line 3", "basic_auth_users is there twice", "take one out"),
    "a doubled user": (f"basic_auth_users:\n  a: {hash_of('x')}\n  a: {hash_of('y')}\n", "line 3",
                       "basic_auth_users.a is there twice"),
    "an unknown header": ("http_server_config:\n  headers:\n    Server: x\n", "line 3",
                          "http_server_config.headers.Server", "X-Frame-Options"),
    "a value of a header": ("http_server_config:\n  headers:\n    X-Frame-Options: all\n", "line 3",
                            "X-Frame-Options", "deny, sameorigin"),
    "no hash": ("basic_auth_users:\n  alice: wonder\n", "line 2", "basic_auth_users.alice is not a bcrypt hash",
                "htpasswd"),
    "a hash that is cut off": (f"basic_auth_users:\n  alice: {hash_of('x')[:-2]}\n", "line 2", "not a bcrypt hash"),
    "no key": ({"tls_server_config": {"cert_file": "server.crt"}}, "tls_server_config has no key_file", "add"),
    "no certificate": ({"tls_server_config": {"key_file": "server.key"}}, "has no cert_file"),
    "an absent certificate": ({"tls_server_config": TLS | {"cert_file": "absent.crt"}}, "absent.crt", "PEM"),
    "a certificate that is none": ({"tls_server_config": TLS | {"cert_file": "server.key"}}, "server.key"),
    "a key that is none": ({"tls_server_config": TLS | {"key_file": "server.crt"}}, "server.crt"),
    "authorities for nothing": ({"tls_server_config": TLS | {"client_ca_file": "ca.pem"}}, "client_ca_file",
                                "client_auth_type: RequireAndVerifyClientCert"),
    "a kind of clients": ("tls_server_config:\n  client_auth_type: Always\n", "line 2",
                          "tls_server_config.client_auth_type", "RequireAndVerifyClientCert"),
    "a version": ("tls_server_config:\n  min_version: SSL3\n", "line 2", "tls_server_config.min_version", "TLS12"),
    "a cipher": ("tls_server_config:\n  cipher_suites:\n  - TLS_RSA_WITH_RC4_128_SHA\n", "line 3",
                 "tls_server_config.cipher_suites", "docs/serve.md"),
    "a curve": ("tls_server_config:\n  curve_preferences: [Curve25519]\n", "line 2",
                "tls_server_config.curve_preferences"),
    "no list": ("tls_server_config:\n  cipher_suites: {}\n", "line 2", "cipher_suites is not a list"),
    "no boolean": ("tls_server_config:\n  prefer_server_cipher_suites: 7\n", "line 2", "neither true nor false"),
    "a list for a file": ("tls_server_config:\n  cert_file: [a]\n", "line 2", "cert_file is not one value"),
}

# What exporter-toolkit has, and we do not.
UNSUPPORTED = {
    "a certificate inline": ("tls_server_config:\n  cert: x\n", "line 2", "tls_server_config.cert is not supported",
                             "cert_file"),
    "a key inline": ("tls_server_config:\n  key: x\n", "line 2", "tls_server_config.key is not supported", "key_file"),
    "authorities inline": ("tls_server_config:\n  client_ca: x\n", "line 2", "client_ca is not", "client_ca_file"),
    "names of clients": ("tls_server_config:\n  client_allowed_sans: [x]\n", "line 2",
                         "tls_server_config.client_allowed_sans is not supported", "take it out"),
    "a rate": ("rate_limit:\n  interval: 1s\n", "line 1", "rate_limit is not supported", "take it out"),
    "HTTP/2": ("http_server_config:\n  http2: true\n", "line 2", "http_server_config.http2", "take it out"),
    "TLS 1.1": ("tls_server_config:\n  min_version: TLS11\n", "line 2", "min_version", "TLS12, TLS13"),
    "nothing left": ({"tls_server_config": TLS | {"min_version": "TLS13", "max_version": "TLS12"}},
                     "tls_server_config leaves no TLS version"),
    "two documents": ("{}\n---\n{}\n", "line 3", "several documents"),
    "a user with a colon": (f"basic_auth_users:\n  'a:b': {hash_of('x')}\n", "line 2", "nobody can log in"),
    "two lines in a header": ('http_server_config:\n  headers:\n    X-XSS-Protection: "1\\r\\nX: y"\n', "line 3",
                              "control character"),
}


class TestConfiguration:
    def promtool(self, path: pathlib.Path) -> subprocess.CompletedProcess:
        return subprocess.run([tool("promtool", "prometheus"), "check", "web-config", path], capture_output=True,
                              text=True, timeout=60)

    @pytest.mark.parametrize("config", GOOD.values(), ids=GOOD)
    def test_good_ones(self, start, folder, config):
        client = start(config)
        with contextlib.suppress(ssl.SSLError):
            assert client.get("/healthz").status == 200
        done = self.promtool(folder / "web.yml")
        assert done.returncode == 0 and "SUCCESS" in done.stderr, done

    @pytest.mark.parametrize(("config", "words"), [(case[0], case[1:]) for case in BAD.values()], ids=BAD)
    def test_bad_ones(self, run, folder, config, words):
        path = write(folder, config)
        run("serve", "--listen", "127.0.0.1:0", "--web.config.file", path).failed(2, *words)
        assert self.promtool(path).returncode != 0

    @pytest.mark.parametrize(("config", "words"), [(case[0], case[1:]) for case in UNSUPPORTED.values()],
                             ids=UNSUPPORTED)
    def test_those_that_only_others_take(self, run, folder, config, words):
        line = run("serve", "--listen", "127.0.0.1:0", "--web.config.file", write(folder, config)).failed(2, *words)
        assert "web.yml" in line

    def test_no_file(self, run, tmp_path):
        for path in (tmp_path / "absent.yml", tmp_path):
            run("serve", "--listen", "127.0.0.1:0", "--web.config.file", path).failed(2, str(path)[-20:])

    def test_the_variable(self, exporter, files, folder):
        serving = exporter("--es-url", files.url, env={"BACKFILL_HEALTH_WEB_CONFIG_FILE": str(write(folder, users()))})
        assert serving.get("/metrics").status == 401

    def test_an_encrypted_key_asks_nobody(self, run, folder):
        subprocess.run(["openssl", "pkcs8", "-topk8", "-in", folder / "server.key", "-out", folder / "encrypted.key",
                        "-passout", "pass:canary"], check=True, capture_output=True, timeout=60)
        path = write(folder, {"tls_server_config": TLS | {"key_file": "encrypted.key"}})
        run("serve", "--listen", "127.0.0.1:0", "--web.config.file", path).failed(2, "encrypted.key")


class TestSecrets:
    def test_no_password_and_no_hash_is_shown(self, run, start, folder):
        """In no log, page or metric, and not when the file is bad."""
        password, hashed = "canary-0f8fad5b", hash_of("canary-0f8fad5b")
        client = start({"tls_server_config": TLS, "basic_auth_users": {USER: hashed}}, "--log-level", "trace")
        shown = [client.get(path, headers).text for path in ("/", "/metrics", "/nothing", "/healthz")
                 for headers in ({}, basic(password=password), basic(password=password + "x"))]
        bad = [f"basic_auth_users:\n  {USER}: {hashed}x\n", f"basic_auth_users:\n  {hashed}: {USER}\n",
               f"{hashed}: {USER}\n", f"basic_auth_users:\n  {USER} {hashed}\n", f"basic_auth_users: {hashed}\n",
               f"{hashed}", f"basic_auth_users:\n- {USER}: {hashed}\n", f'basic_auth_users:\n  {USER}: "{hashed}\n',
               f"basic_auth_users:\n  {USER}: &{hashed}\n", f"basic_auth_users:\n  {USER}: *{hashed}\n",
               f"basic_auth_users:\n  {USER}: !{hashed} x\n"]
        for text in bad:
            failed = run("serve", "--listen", "127.0.0.1:0", "--web.config.file", write(folder, text))
            shown.append(failed.failed(2))
        wait_for(lambda: client.get("/healthz").status == 200 and "level=error" in client.serving.log)
        shown.append(pathlib.Path(f"/proc/{client.serving.process.pid}/cmdline").read_text())
        client.serving.stop()
        shown.append(client.serving.log)
        pieces = {text[at : at + 8] for text in (password, hashed[7:], basic(password=password)["Authorization"][6:])
                  for at in range(len(text) - 7)}
        assert not [piece for piece in pieces for text in shown if piece in text]


class TestMemory:
    @pytest.mark.parametrize(("config", "limit"), [({}, 10 << 20), ({"tls_server_config": TLS, **users()}, 14 << 20)],
                             ids=["clear text", "TLS"])
    def test_it_is_small(self, own_memory, start, config, limit):
        client = start(config, headers=basic())
        with contextlib.closing(client.connection()) as kept:
            for _ in range(200):
                assert client.get(on=kept).status == 200
                assert client.get().status == 200
            used = memory(client.serving)
        print(f"{used:,} bytes")
        assert used < limit

    def test_idle_connections_need_little(self, own_memory, start):
        client = start({"tls_server_config": TLS})
        context = client.context()
        before = memory(client.serving)
        with contextlib.ExitStack() as stack:
            for _ in range(300):
                connection = stack.enter_context(contextlib.closing(client.connection(context)))
                assert client.get(on=connection).status == 200
            each = (memory(client.serving) - before) / 300
        print(f"{each:,.0f} bytes for an idle connection")
        assert each < 40_000


class TestPrometheus:
    def test_a_real_one_scrapes(self, start, authority, tmp_path):
        client = start({"tls_server_config": TLS | {"client_auth_type": "RequireAndVerifyClientCert",
                                                    "client_ca_file": "ca.pem"}, **users()})
        certificate = authority.issue("scraper")
        (port,) = free_ports(1)
        (tmp_path / "prometheus.yml").write_text(yaml.safe_dump({"scrape_configs": [{
            "job_name": "backfill-health", "scrape_interval": "1s", "scheme": "https",
            "basic_auth": {"username": USER, "password": PASSWORD},
            "tls_config": {"ca_file": str(authority.file), "cert_file": str(certificate.certificate),
                           "key_file": str(certificate.key)},
            "static_configs": [{"targets": [f"localhost:{client.serving.port}"]}],
        }]}))
        command = ["setpriv", "--pdeathsig", "KILL", tool("prometheus", "prometheus"),
                   f"--config.file={tmp_path}/prometheus.yml", f"--storage.tsdb.path={tmp_path}/data",
                   f"--web.listen-address=127.0.0.1:{port}"]
        with (tmp_path / "prometheus.log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            wait_for(lambda: self.query(port, "bills_missing_dates") == ["2"], 60)
            assert self.query(port, "up") == ["1"]
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)

    def query(self, port: int, expression: str) -> list[str]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        with contextlib.closing(connection), contextlib.suppress(OSError, ValueError, KeyError):
            connection.request("GET", "/api/v1/query?" + urllib.parse.urlencode({"query": expression}))
            return [row["value"][1] for row in json.load(connection.getresponse())["data"]["result"]]
        return []


def memory(serving: Exporter) -> int:
    status = pathlib.Path(f"/proc/{serving.process.pid}/status").read_text()
    return 1024 * int(re.search(r"VmRSS:\s+(\d+)", status)[1])


def processor_seconds(serving: Exporter) -> float:
    fields = pathlib.Path(f"/proc/{serving.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
