"""A server that answers as a test tells it to, well or badly, and remembers what it was asked.

    with StandIn(Reply(json={"ok": True})) as server: ...          # always the same
    StandIn([Reply(503), Reply(200, "fine")])                      # in turn; the last one stays
    StandIn(lambda request: Silence() if request.method == "PUT" else Reply(200))

A script is an Answer, a list of scripts, or a function from the request to a script. `server.script` may be replaced
while the server runs. With `greeting`, that is played on each new connection before a request is read.
"""

import contextlib
import gzip
import http.client
import json as json_module
import socket
import ssl
import struct
import threading
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Union


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    raw: bytes
    connection: int  # counts from 1

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        return dict(urllib.parse.parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    @property
    def json(self) -> object:
        return json_module.loads(self.body)


class Ended(Exception):
    """The connection is over."""


class Connection:
    """What an Answer plays on."""

    def __init__(self, stream: socket.socket, number: int, stopping: threading.Event) -> None:
        self._stream = stream
        self._buffer = b""
        self._stopping = stopping
        self.number = number
        self.request: Request | None = None

    def send(self, data: bytes) -> None:
        self._stream.sendall(data)

    def wait(self, seconds: float | None = None) -> None:
        """Ends early when the client has gone or the server stops."""
        if seconds is None:
            self._until_client_leaves()
        elif self._stopping.wait(seconds):
            raise Ended

    def close(self) -> None:
        raise Ended

    def reset(self) -> None:
        """RST in place of FIN."""
        self._stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Ended

    def read_request(self) -> Request:
        head = self._read_until(b"\r\n\r\n")
        start, *lines = head.decode("latin-1").split("\r\n")[:-2]
        method, target, _ = start.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = raw_body = b""
        if "chunked" in headers.get("transfer-encoding", ""):
            while True:
                size = self._read_until(b"\r\n")
                chunk = self._read(int(size.split(b";")[0], 16) + 2)
                raw_body += size + chunk
                body += chunk[:-2]
                if len(chunk) == 2:
                    break
        else:
            body = raw_body = self._read(int(headers.get("content-length", 0)))
        self.request = Request(method, target, headers, body, head + raw_body, self.number)
        return self.request

    def _read_until(self, mark: bytes) -> bytes:
        while mark not in self._buffer:
            self._receive()
        at = self._buffer.index(mark) + len(mark)
        return self._take(at)

    def _read(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._receive()
        return self._take(count)

    def _take(self, count: int) -> bytes:
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def _receive(self) -> None:
        data = self._stream.recv(65536)
        if not data:
            raise Ended
        self._buffer += data

    def _until_client_leaves(self) -> None:
        while True:
            self._receive()


class Answer:
    def play(self, connection: Connection) -> None:
        """Returns when the connection goes on with the next request."""
        raise NotImplementedError


@dataclass(frozen=True)
class Reply(Answer):
    """An HTTP answer. A `json` body sets its content type; with `keep=False` the connection is closed after it."""

    status: int = 200
    body: bytes | str = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    json: object = None
    gzip: bool = False
    keep: bool = True

    def play(self, connection: Connection) -> None:
        connection.send(self.encoded(connection.request))
        if not self.keep:
            connection.close()

    def content(self) -> bytes:
        if self.json is not None:
            return json_module.dumps(self.json).encode()
        return self.body.encode() if isinstance(self.body, str) else self.body

    def encoded(self, request: Request | None = None) -> bytes:
        content = self.content()
        headers = {"Content-Type": "application/json" if self.json is not None else "text/plain"}
        if self.gzip:
            content = gzip.compress(content)
            headers["Content-Encoding"] = "gzip"
        headers |= {"Content-Length": str(len(content)), "Connection": "keep-alive" if self.keep else "close"}
        headers |= self.headers
        reason = http.client.responses.get(self.status, "Unknown")
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        if request is not None and request.method == "HEAD":
            content = b""
        return f"HTTP/1.1 {self.status} {reason}\r\n{head}\r\n".encode("latin-1") + content


@dataclass(frozen=True)
class Raw(Answer):
    """Bytes as they are, and then the end."""

    data: bytes

    def play(self, connection: Connection) -> None:
        connection.send(self.data)
        connection.close()


@dataclass(frozen=True)
class Close(Answer):
    def play(self, connection: Connection) -> None:
        connection.close()


@dataclass(frozen=True)
class Reset(Answer):
    def play(self, connection: Connection) -> None:
        connection.reset()


@dataclass(frozen=True)
class Silence(Answer):
    """Never a byte, until the client gives up."""

    def play(self, connection: Connection) -> None:
        connection.wait()


@dataclass(frozen=True)
class Delay(Answer):
    seconds: float
    answer: Answer

    def play(self, connection: Connection) -> None:
        connection.wait(self.seconds)
        self.answer.play(connection)


@dataclass(frozen=True)
class Truncate(Answer):
    """The first `share` of a reply's bytes, and then the end."""

    reply: Reply
    share: float = 0.5

    def play(self, connection: Connection) -> None:
        data = self.reply.encoded(connection.request)
        connection.send(data[: int(len(data) * self.share)])
        connection.close()


@dataclass(frozen=True)
class Drip(Answer):
    """A reply, one byte at a time."""

    reply: Reply
    every: float = 1.0

    def play(self, connection: Connection) -> None:
        for byte in self.reply.encoded(connection.request):
            connection.send(bytes([byte]))
            connection.wait(self.every)


@dataclass(frozen=True)
class Endless(Answer):
    """A chunked body that never ends."""

    chunk: bytes = b" " * 65536
    content_type: str = "application/json"

    def play(self, connection: Connection) -> None:
        connection.send(f"HTTP/1.1 200 OK\r\nContent-Type: {self.content_type}\r\n"
                        "Transfer-Encoding: chunked\r\n\r\n".encode())
        while True:
            connection.send(b"%x\r\n%s\r\n" % (len(self.chunk), self.chunk))
            connection.wait(0)


Script = Union[Answer, list, Callable[[Request], "Script"]]


class StandIn:
    def __init__(self, script: Script = Reply(), *, tls: ssl.SSLContext | None = None, greeting: Answer | None = None,
                 port: int = 0):
        self.script = script
        self.requests: list[Request] = []
        self.connections = 0
        self._tls = tls
        self._greeting = greeting
        self._turn: dict[int, int] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._streams: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", port), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        self.url = f"{'https' if tls else 'http'}://{self.address}"
        self._spawn(self._accept)

    def __enter__(self) -> "StandIn":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._stopping.set()
        with self._lock:
            # shutdown() wakes a thread that waits in accept() or recv(); close() does not.
            for stream in (self._listener, *self._streams):
                with contextlib.suppress(OSError):
                    stream.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=10)
        self._listener.close()

    def _spawn(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                stream, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                self._streams.add(stream)
                number = self.connections
            self._spawn(self._serve, stream, number)

    def _serve(self, stream: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError, Ended, ValueError):
            try:
                if self._tls:
                    stream = self._shake_hands(stream)
                connection = Connection(stream, number, self._stopping)
                if self._greeting:
                    self._greeting.play(connection)
                while not self._stopping.is_set():
                    request = connection.read_request()
                    with self._lock:
                        self.requests.append(request)
                    self._resolve(self.script, request).play(connection)
            finally:
                with self._lock:
                    self._streams.discard(stream)
                stream.close()

    def _shake_hands(self, stream: socket.socket) -> ssl.SSLSocket:
        with self._lock:
            self._streams.discard(stream)
        stream.settimeout(10)
        wrapped = self._tls.wrap_socket(stream, server_side=True)
        wrapped.settimeout(None)
        with self._lock:
            self._streams.add(wrapped)
        return wrapped

    def _resolve(self, script: Script, request: Request) -> Answer:
        if isinstance(script, Answer):
            return script
        if isinstance(script, list):
            with self._lock:
                turn = self._turn.get(id(script), 0)
                self._turn[id(script)] = turn + 1
            return self._resolve(script[min(turn, len(script) - 1)], request)
        return self._resolve(script(request), request)
