"""What is measured counts, and what nobody could have done does not."""

import signal
import subprocess
import sys
import textwrap
import time

from support.hold_ups import Stopwatch

MEASURING = textwrap.dedent("""
    import time
    from support.hold_ups import Stopwatch
    stopwatch = Stopwatch()
    print("begun", flush=True)
    time.sleep(0.3)
    print(time.monotonic() - stopwatch.began, stopwatch.seconds(), flush=True)
""")


def test_time_that_passes_counts():
    stopwatch = Stopwatch()
    time.sleep(0.3)
    assert 0.2 < stopwatch.seconds() <= time.monotonic() - stopwatch.began


def test_time_in_which_nothing_ran_does_not(request):
    with subprocess.Popen([sys.executable, "-c", MEASURING], cwd=request.config.rootpath,
                          stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "begun\n"
            process.send_signal(signal.SIGSTOP)
            time.sleep(1)
            process.send_signal(signal.SIGCONT)
            passed, counted = map(float, process.stdout.read().splitlines()[-1].split())
        finally:
            process.kill()
    assert passed > 0.9 and counted < passed - 0.5
