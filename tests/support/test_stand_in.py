"""The stand-in must misbehave in exactly the way it was told to, or the tests that use it prove nothing."""

import contextlib
import gzip
import http.client
import json
import socket
import ssl
import time
import urllib.request

import pytest

from support.certificates import Authority, self_signed
from support.fake_elasticsearch import FakeElasticsearch
from support.forward import Forward, edit_json
from support.ports import refusing_port
from support.stand_in import Close, Delay, Drip, Endless, Raw, Reply, Reset, Silence, StandIn, Truncate


def exchange(server: StandIn, request: bytes = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", timeout: float = 5) -> bytes:
    """Everything that comes back until the end."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=timeout) as client:
        client.sendall(request)
        received = b""
        while data := client.recv(65536):
            received += data
        return received


def ask(server: StandIn, path: str = "/", method: str = "GET", body: object = None) -> tuple[int, object]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request(method, path, json.dumps(body) if body is not None else None)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response.status, json.loads(content or "null")


def post_lines(server: StandIn, path: str, *lines: object) -> dict:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request("POST", path, "".join(json.dumps(line) + "\n" for line in lines))
    with contextlib.closing(connection):
        return json.loads(connection.getresponse().read())


def test_replies_in_turn_and_the_last_one_stays(stand_in):
    server = stand_in([Reply(503), Reply(429), Reply(200)])
    assert [ask(server)[0] for _ in range(4)] == [503, 429, 200, 200]


def test_keeps_connections_and_records_requests(stand_in):
    server = stand_in(lambda request: Reply(json={"path": request.path}))
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    for path in ("/a?x=1", "/b"):
        connection.request("POST", path, b"body", {"X-Test": "yes"})
        connection.getresponse().read()
    connection.close()
    assert [(r.method, r.path, r.body, r.connection) for r in server.requests] == [
        ("POST", "/a", b"body", 1), ("POST", "/b", b"body", 1)
    ]
    assert server.requests[0].query == {"x": "1"}
    assert server.requests[0].headers["x-test"] == "yes"
    assert server.requests[0].raw.startswith(b"POST /a?x=1 HTTP/1.1\r\n") and server.requests[0].raw.endswith(b"body")


def test_reads_chunked_bodies(stand_in):
    server = stand_in(Reply(keep=False))
    exchange(server, b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    assert server.requests[0].body == b"abcde"


def test_gzip(stand_in):
    received = exchange(stand_in(Reply(json={"a": 1}, gzip=True, keep=False)))
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"Content-Encoding: gzip" in head
    assert json.loads(gzip.decompress(body)) == {"a": 1}


@pytest.mark.parametrize(
    ("answer", "received"),
    [
        (Raw(b"\x00garbage"), b"\x00garbage"),
        (Close(), b""),
        (Truncate(Reply(body="0123456789"), 0.99), Reply(body="0123456789").encoded()[:-1]),
    ],
    ids=["garbage", "close", "truncate"],
)
def test_bytes_and_then_the_end(stand_in, answer, received):
    assert exchange(stand_in(answer)) == received


def test_reset(stand_in):
    with pytest.raises(ConnectionResetError):
        exchange(stand_in(Reset()))


def test_silence(stand_in):
    with pytest.raises(TimeoutError):
        exchange(stand_in(Silence()), timeout=0.3)


def test_drips_one_byte_at_a_time(stand_in):
    reply = Reply(body="ab", keep=False)
    server = stand_in([Drip(reply, every=0.002), Close()])
    start = time.monotonic()
    received = exchange(server, b"GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n")
    assert received == reply.encoded()
    assert time.monotonic() - start >= 0.002 * len(received)


def test_delay(stand_in):
    start = time.monotonic()
    assert ask(stand_in(Delay(0.2, Reply(204))))[0] == 204
    assert time.monotonic() - start >= 0.2


def test_endless_body_ends_with_the_server():
    with StandIn(Endless()) as server, socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        received = 0
        while received < 10_000_000:
            received += len(client.recv(1 << 20))


def test_greeting_comes_before_any_request(stand_in):
    assert exchange(stand_in(Reply(), greeting=Raw(b"SSH-2.0-server\r\n")), b"") == b"SSH-2.0-server\r\n"


def test_refusing_port():
    with refusing_port() as port, pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_forward_edits_what_comes_back(stand_in):
    behind = stand_in(lambda request: Reply(json={"path": request.target, "n": 1}))

    def add_one(value):
        value["n"] += 1

    front = stand_in(Forward(behind.url, edit_json(add_one)))
    assert ask(front, "/a?b=c") == (200, {"path": "/a?b=c", "n": 2})


@pytest.mark.parametrize("kind", ["good", "expired", "other host", "self-signed"])
def test_certificates(stand_in, tmp_path, kind):
    authority = Authority(tmp_path / "ca")
    certificate = {
        "good": lambda: authority.issue("good"),
        "expired": lambda: authority.issue("expired", expired=True),
        "other host": lambda: authority.issue("other", ("DNS:elsewhere.example",)),
        "self-signed": lambda: self_signed(tmp_path),
    }[kind]()
    server = stand_in(Reply(body="secret"), tls=certificate.server_context())
    trusting = ssl.create_default_context(cafile=authority.file)
    if kind == "good":
        assert urllib.request.urlopen(server.url, context=trusting, timeout=5).read() == b"secret"
    else:
        expected = {"expired": "expired", "other host": "mismatch", "self-signed": "self-signed"}[kind]
        with pytest.raises(urllib.error.URLError, match=expected):
            urllib.request.urlopen(server.url, context=trusting, timeout=5)


@pytest.mark.parametrize(
    ("document", "exists"),
    [
        ({}, False),
        ({"a": None}, False),
        ({"a": []}, False),
        ({"a": [None, []]}, False),
        ({"a": {"b": None}}, False),
        ({"a": 0}, True),
        ({"a": [[["x"]]]}, True),
        ({"a": {"b": "x"}}, True),
        ({"a.b": "x"}, True),
        ({"ab": "x"}, False),
    ],
)
def test_fake_elasticsearch_counts(stand_in, document, exists):
    server = stand_in(FakeElasticsearch(emails=[document]))
    search = {
        "query": {"bool": {"must_not": [{"term": {"category": "offers"}}]}},
        "aggs": {"one": {"filter": {"exists": {"field": "a"}}},
                 "many": {"filters": {"filters": {"in": {"exists": {"field": "a"}}}}}},
    }
    status, answer = ask(server, "/emails/_search", "POST", search)
    assert status == 200
    assert answer["aggregations"]["one"]["doc_count"] == exists
    assert answer["aggregations"]["many"]["buckets"]["in"]["doc_count"] == exists


def test_fake_elasticsearch_stores_what_it_is_given(stand_in):
    fake = FakeElasticsearch()
    server = stand_in(fake)
    assert ask(server, "/health", "PUT", {"mappings": {"properties": {}}})[0] == 200
    assert ask(server, "/health", "PUT", {})[0] == 400
    answer = post_lines(server, "/health/_bulk", {"create": {"_id": "1"}}, {"a": 1}, {"create": {"_id": "2"}}, {"a": 2})
    assert [item["create"]["status"] for item in answer["items"]] == [201, 201] and answer["errors"] is False
    assert fake.indices["health"] == [{"a": 1}, {"a": 2}]
    found = post_lines(server, "/_msearch", {"index": "health"}, {}, {"index": "other"}, {})
    assert [item["status"] for item in found["responses"]] == [200, 404]
    assert found["responses"][0]["hits"]["total"]["value"] == 2
    assert ask(server, "/other/_search", "POST", {})[0] == 404
