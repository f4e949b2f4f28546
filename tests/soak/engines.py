"""Where `serve` looks for its engine, whoever is there just now."""

import socket

from support.stand_in import StandIn


class Engines:
    """The engine's address: what stands there may be replaced, and nobody else can take the port meanwhile."""

    def __init__(self, script) -> None:
        self._held = socket.socket()
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._held.bind(("127.0.0.1", 0))
        self.port = self._held.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._server: StandIn | None = None
        self.play(script)

    def play(self, script) -> None:
        """Nothing: nobody listens."""
        if script is None:
            self.stop()
        elif self._server is None:
            self._server = StandIn(script, port=self.port)
        else:
            self._server.script = script
            self._server.requests.clear()

    def stop(self) -> None:
        if self._server:
            self._server.stop()
            self._server = None
