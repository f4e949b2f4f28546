"""The paths of `serve`, their methods, and the page at /."""

import json
import re
import socket

import pytest

from support.emails import MIDWAY
from support.program import Exporter


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
        assert "absent" in page and ("index_missing" in page or "does not exist" in page)

    def test_escapes_what_it_shows(self, exporter, files):
        name = "<script>alert(1)&"
        files.path(name).write_text("")
        serving = exporter("--es-url", files.url, "--index", name)
        serving.refresh()
        assert "<script>alert" not in serving.get("/").text
