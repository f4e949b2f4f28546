"""Requests for a server whose limits are documented, and how it takes them."""

import contextlib
import functools

from support.hold_ups import Stopwatch
from support.program import Exporter, binary, is_sanitized
from support.requests.raw_http import connect, exchange, parse_answers, read_to_end

HEAD_LIMIT = 8192
BODY_LIMIT = 1024
MOST_CONNECTIONS = 4096

HEALTHZ = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
METRICS = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
REFRESH = b"POST /metrics/refresh HTTP/1.1\r\nHost: x\r\n"
CHUNKED = REFRESH + b"Transfer-Encoding: chunked\r\n\r\n"
SLOW_HEAD = b"GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: "


def refresh_with(body: bytes) -> bytes:
    return REFRESH + b"Content-Length: %d\r\n\r\n" % len(body) + body


def head_of(size: int) -> bytes:
    start = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Pad: "
    return start + b"x" * (size - len(start) - 4) + b"\r\n\r\n"


@functools.cache
def seconds_of_prompt_scrape() -> int:
    """With a sanitizer, half of what the server gives to a slow client, for whom nobody else should wait."""
    return 5 if is_sanitized(binary()) else 1


def seconds_of_scrape(serving: Exporter) -> float:
    stopwatch = Stopwatch()
    assert exchange(serving.port, METRICS).status == 200
    return stopwatch.seconds()


def answers_with(serving: Exporter, status: int) -> bool:
    """Whether a newcomer gets this status. It may have to wait to be let in, or be turned away without a word."""
    with connect(serving.port) as client:
        client.settimeout(1)
        with contextlib.suppress(TimeoutError, ConnectionError):
            client.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            return [answer.status for answer in parse_answers(read_to_end(client))] == [status]
    return False
