"""A time limit for what pytest-timeout does not limit."""

import contextlib
import signal
import threading
from collections.abc import Iterator

import pytest


@contextlib.contextmanager
def time_limit(seconds: float, what: str) -> Iterator[None]:
    """What is under way for longer fails, also in the middle of a call that blocks. One of pytest-timeout goes on after
    it. Only a main thread can be interrupted."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def fail(*_: object) -> None:
        pytest.fail(f"{what}: longer than {seconds:g} s")

    handler = signal.signal(signal.SIGALRM, fail)
    outer = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *outer)
        signal.signal(signal.SIGALRM, handler)
