"""`serve --web.config.file`: TLS, as in any exporter of Prometheus."""

import contextlib
import os
import select
import socket
import ssl
import subprocess
import time
import warnings

import pytest

from support.certificates import Certificate, self_signed
from support.hold_ups import Stopwatch
from support.program import parse_samples
from support.requests.raw_http import connect, parse_answers, read_to_end
from support.requirements import tool
from support.serving.process import memory
from support.serving.web import TLS, Client, basic, users

HANDSHAKE_SECONDS = 10


@pytest.fixture(scope="module")
def foreign(tmp_path_factory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("foreign"))


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
                stopwatch = Stopwatch()
                assert client.get("/healthz").status == 200
                assert stopwatch.seconds() < 1
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
                stopwatch = Stopwatch()
                assert client.get().status == 200
                seconds.append(stopwatch.seconds())
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
            stopwatch = Stopwatch()
            client.serving.stop()
            assert stopwatch.seconds() < 2
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
