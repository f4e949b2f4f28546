"""How long something took, without the time in which the machine ran none of it.

A virtual machine may get no processor for a second. A thread that only sleeps notices: what it overslept is nobody's
fault, and does not count.
"""

import collections
import functools
import threading
import time

BEAT = 0.01
HELD_UP = 0.05  # a beat that is this late is a hold-up


class Pulse(threading.Thread):
    def __init__(self) -> None:
        super().__init__(daemon=True, name="pulse")
        self.last = time.monotonic()
        self.gaps: collections.deque[tuple[float, float]] = collections.deque(maxlen=1000)

    def run(self) -> None:
        while True:
            time.sleep(BEAT)
            now = time.monotonic()
            if now - self.last > BEAT + HELD_UP:
                self.gaps.append((self.last + BEAT, now))
            self.last = now

    def held_up(self, begin: float, end: float) -> float:
        return sum(max(0.0, min(until, end) - max(since, begin)) for since, until in list(self.gaps))


@functools.cache
def pulse() -> Pulse:
    one = Pulse()
    one.start()
    return one


class Stopwatch:
    """Runs from when it is made."""

    def __init__(self) -> None:
        pulse()
        self.began = time.monotonic()

    def seconds(self) -> float:
        end = time.monotonic()
        if pulse().last < end - BEAT - HELD_UP:
            time.sleep(2 * BEAT)  # a gap has just ended, which the pulse has not noted yet
        held_up = pulse().held_up(self.began, end)
        if held_up > 0:
            print(f"held up for {held_up:.2f} s of {end - self.began:.2f} s")
        return end - self.began - held_up
