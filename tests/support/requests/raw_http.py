"""HTTP by hand: requests that no client library would send, and what comes back for them."""

import contextlib
import itertools
import re
import socket
import struct
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LIMIT_SECONDS = 20  # for what should come at once, on a machine that is busy
BATCH = 128
START = b"HTTP/1.1 "
_sources = itertools.count()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes

    @property
    def ends_connection(self) -> bool:
        return self.headers.get("connection") == "close"


def parse_answers(received: bytes) -> list[Answer]:
    """Split where a status line stands, not by Content-Length: answers to HEAD have one, and no body."""
    pieces = re.split(rb"(?=HTTP/1\.1 \d{3} )", received)
    assert pieces[0] == b"", f"this is no answer: {received[:200]!r}"
    return [_parse_answer(piece) for piece in pieces[1:]]


def _parse_answer(piece: bytes) -> Answer:
    head, end, body = piece.partition(b"\r\n\r\n")
    assert end, f"a head without an end: {piece!r}"
    status_line, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    if body:
        assert len(body) == int(headers["content-length"]), piece
    return Answer(int(status_line.split()[1]), headers, body)


def connect(port: int) -> socket.socket:
    """From one of many addresses: a machine has less than 30,000 ports for each."""
    client = socket.socket()
    client.settimeout(LIMIT_SECONDS)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        client.bind((f"127.0.0.{2 + next(_sources) % 250}", 0))
        client.connect(("127.0.0.1", port))
    except OSError:
        client.close()
        raise
    return client


@contextlib.contextmanager
def connections(port: int, count: int) -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(connect(port)) for _ in range(count)]


def read_to_end(client: socket.socket) -> bytes:
    """All that comes until the server ends the connection. It need not read all of a request that it refuses."""
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while data := client.recv(65536):
            received += data
    return received


def read_answers(client: socket.socket, count: int) -> list[Answer]:
    """So many answers with their whole bodies, on a connection that stays open. The last is not to HEAD."""
    received = bytearray()
    seen = 0
    while seen < count or not _ends_whole(received):
        data = client.recv(65536)
        assert data, f"the connection ended after {bytes(received[-500:])!r}"
        seen += (received[1 - len(START):] + data).count(START)
        received += data
    return parse_answers(bytes(received))


def _ends_whole(received: bytearray) -> bool:
    head, end, body = bytes(received[received.rindex(START):]).partition(b"\r\n\r\n")
    length = re.search(rb"\r\nContent-Length: (\d+)", head)
    return bool(end) and (not length or len(body) >= int(length[1]))


def converse(port: int, request: bytes) -> list[Answer]:
    """The answers to these bytes, up to the end of the connection, which is the server's to make."""
    with connect(port) as client:
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            client.sendall(request)
        return parse_answers(read_to_end(client))


def exchange(port: int, request: bytes) -> Answer:
    """One request on a connection of its own, and its one answer."""
    with connect(port) as client:
        client.sendall(request)
        return read_answers(client, 1)[0]


def reset(client: socket.socket) -> None:
    """RST in place of FIN."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def settle(port: int) -> None:
    """Returns when the server, which has one thread, has read what it was sent before: it takes turns."""
    for _ in range(2):
        assert exchange(port, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").status == 200


def replay(port: int, payloads: Iterable[list[bytes]]) -> Iterator[bytes]:
    """What came back for each payload. The server reads each piece before the next is sent; a FIN is last."""
    remaining = iter(payloads)
    while batch := list(itertools.islice(remaining, BATCH)):
        with connections(port, len(batch)) as clients:
            for turn in range(max(map(len, batch))):
                if turn:
                    settle(port)
                for client, pieces in zip(clients, batch):
                    _send_piece(client, pieces, turn)
            for client in clients:
                yield read_to_end(client)


def _send_piece(client: socket.socket, pieces: list[bytes], turn: int) -> None:
    with contextlib.suppress(OSError):  # the server may have ended it already
        if turn < len(pieces):
            client.sendall(pieces[turn])
        if turn == len(pieces) - 1:
            client.shutdown(socket.SHUT_WR)


def wait_for(condition, seconds: float = LIMIT_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not become true"
        time.sleep(0.01)
