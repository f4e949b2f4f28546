"""Each request that the server of `serve` takes, and each that it refuses."""

import json
import socket

import pytest

from support.requests.http_requests import BODY_LIMIT, CHUNKED, HEAD_LIMIT, HEALTHZ, METRICS, REFRESH, head_of, refresh_with
from support.requests.raw_http import connect, converse, exchange, parse_answers, read_answers, read_to_end, settle


def chunks(*parts: bytes) -> bytes:
    return CHUNKED + b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def head_with(count: int) -> bytes:
    return b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * (count - 1) + b"\r\n"


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
