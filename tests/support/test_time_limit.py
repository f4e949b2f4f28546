import os
import signal
import threading
import time

import pytest

from support.time_limit import time_limit


def test_what_blocks_for_too_long_fails():
    read, write = os.pipe()
    began = time.monotonic()
    with pytest.raises(pytest.fail.Exception, match="reading: longer than 0.05 s"), time_limit(0.05, "reading"):
        os.read(read, 1)  # nobody ever writes
    assert time.monotonic() - began < 20
    os.close(read)
    os.close(write)


def test_the_limit_around_it_goes_on():
    handler, left = signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL)[0]
    with time_limit(20, "nothing"):
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 20
    assert signal.getsignal(signal.SIGALRM) == handler
    remaining = signal.getitimer(signal.ITIMER_REAL)[0]
    assert 0 < remaining <= left if left else remaining == 0


def test_another_thread_has_no_limit():
    ended = []

    def wait():
        with time_limit(0.001, "nothing"):
            time.sleep(0.01)
        ended.append(True)

    thread = threading.Thread(target=wait)
    thread.start()
    thread.join(timeout=20)
    assert ended
