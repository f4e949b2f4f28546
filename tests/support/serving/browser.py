"""Chromium, driven over its DevTools protocol (https://chromedevtools.github.io/devtools-protocol/)."""

import contextlib
import functools
import json
import os
import pathlib
import select
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator

from support.requirements import tool

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
         "--disable-breakpad", "--hide-scrollbars", "--mute-audio", "--remote-debugging-pipe"]

# For what takes a fraction of a second when nothing else runs on the machine.
LIMIT_SECONDS = 20


class PageIsGone(AssertionError):
    """Another one was opened while it was asked."""


class Browser:
    """With one tab. What it writes is in `folder`."""

    def __init__(self, folder: pathlib.Path) -> None:
        program = tool("chromium", "chromium")
        self._channel, theirs = socket.socketpair()
        # It reads commands from 3 and answers on 4. A session of its own holds whatever it starts.
        with theirs:
            self._process = subprocess.Popen(
                ["sh", "-c", 'exec "$@" 3<&0 4>&0 </dev/null', "sh", program, *FLAGS,
                 f"--user-data-dir={folder / 'profile'}"],
                env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "TMPDIR": str(folder)}, stdin=theirs,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        self._received = b""
        self._number = 0
        self._events: dict[str, list[dict]] = {}

    @functools.cached_property
    def _tab(self) -> str:
        return self.call("Target.createTarget", url="about:blank")["targetId"]

    def call(self, method: str, session: str | None = None, **parameters: object) -> dict:
        self._number += 1
        number = self._number
        message = {"id": number, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
        self._channel.sendall(json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + LIMIT_SECONDS
        while (answer := self._receive(deadline - time.monotonic())).get("id") != number:
            assert time.monotonic() < deadline, f"{method}: no answer within {LIMIT_SECONDS} s"
        if "navigated" in answer.get("error", {}).get("message", ""):
            raise PageIsGone(f"{method}: {answer['error']}")
        assert "error" not in answer, f"{method}: {answer['error']}"
        return answer["result"]

    def events(self, session: str) -> list[dict]:
        """All that have come so far."""
        while self._receive(0):
            pass
        return self._events.setdefault(session, [])

    def _receive(self, seconds: float) -> dict:
        """The next message, or an empty one. Events are kept."""
        while b"\0" not in self._received:
            if not select.select([self._channel], [], [], max(seconds, 0))[0]:
                return {}
            data = self._channel.recv(1 << 20)
            assert data, "the browser has ended"
            self._received += data
        first, _, self._received = self._received.partition(b"\0")
        message = json.loads(first)
        if "method" in message:
            self._events.setdefault(message.get("sessionId", ""), []).append(message)
        return message

    @contextlib.contextmanager
    def page(self) -> Iterator["Page"]:
        """An empty one. What it emulates ends with it."""
        session = self.call("Target.attachToTarget", targetId=self._tab, flatten=True)["sessionId"]
        opened = Page(self, session)
        yield opened
        opened.open("about:blank")
        self.call("Target.detachFromTarget", sessionId=session)

    def end(self) -> None:
        with contextlib.suppress(AssertionError, OSError):
            self.call("Browser.close")
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(timeout=LIMIT_SECONDS)
        self._channel.close()


class Page:
    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self._session = session
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: object) -> dict:
        return self._browser.call(method, self._session, **parameters)

    def events(self, *methods: str) -> list[dict]:
        """The parameters of those that have come so far."""
        return [event["params"] for event in self._browser.events(self._session) if event["method"] in methods]

    def open(self, url: str) -> None:
        loads = len(self.events("Page.loadEventFired"))
        answer = self.call("Page.navigate", url=url)
        assert "errorText" not in answer, answer
        self.until(lambda: len(self.events("Page.loadEventFired")) > loads, f"{url} is loaded")

    def evaluate(self, expression: str) -> object:
        """The value of this JavaScript, once its promise is kept."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def text(self, selector: str = "body") -> str:
        """What is to be read there, on one line."""
        return " ".join(self.evaluate(f"document.querySelector({json.dumps(selector)}).innerText").split())

    def press(self, key: str, code: int, text: str = "") -> None:
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code,
                      **({"text": text} if text and kind == "keyDown" else {}))

    def size(self, width: int, height: int) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def color_scheme(self, name: str) -> None:
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def until(self, condition: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + LIMIT_SECONDS
        while True:
            with contextlib.suppress(PageIsGone):  # a link leads to the next one
                if condition():
                    return
            assert time.monotonic() < deadline, f"within {LIMIT_SECONDS} s it did not become true that {what}"
            time.sleep(0.02)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    with tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True) as folder:
        browser = Browser(pathlib.Path(folder))
        try:
            yield browser
        finally:
            browser.end()
