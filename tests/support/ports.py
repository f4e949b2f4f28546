"""TCP ports on 127.0.0.1."""

import contextlib
import socket
from collections.abc import Iterator


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago: whoever listens on them must be ready to try others."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@contextlib.contextmanager
def refusing_port() -> Iterator[int]:
    """A port that nobody listens on, and nobody else can take meanwhile."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]
