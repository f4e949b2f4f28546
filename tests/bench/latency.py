"""How long single scrapes take, at a rate that leaves the server mostly idle."""

import contextlib
import random
import re
import socket
import time
from collections.abc import Sequence

from servers import Failure

SCRAPES_PER_SECOND = 400


def scrape_times(ports: Sequence[int], seconds: float, choose: random.Random) -> list[list[float]]:
    """Each server's times, over a connection that is kept. They are asked one by one, in an order left to chance, so that
    what disturbs disturbs them equally."""
    out: list[list[float]] = [[] for _ in ports]
    with contextlib.ExitStack() as stack:
        streams = [stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10)) for port in ports]
        start = time.perf_counter()
        for turn in range(int(seconds * SCRAPES_PER_SECOND)):
            time.sleep(max(0, start + turn / SCRAPES_PER_SECOND - time.perf_counter()))
            for server in choose.sample(range(len(ports)), len(ports)):
                sent = time.perf_counter()
                scrape(streams[server])
                out[server].append(time.perf_counter() - sent)
    return out


def scrape(stream: socket.socket) -> None:
    stream.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
    received = b""
    while b"\r\n\r\n" not in received:
        received += received_some(stream)
    head, _, body = received.partition(b"\r\n\r\n")
    missing = int(re.search(rb"(?i)content-length: (\d+)", head)[1]) - len(body)
    while missing > 0:
        missing -= len(received_some(stream))


def received_some(stream: socket.socket) -> bytes:
    if part := stream.recv(1 << 16):
        return part
    raise Failure("a server closed a connection that was to be kept")


def p99(times: Sequence[float]) -> float:
    return sorted(times)[int(0.99 * len(times))]
