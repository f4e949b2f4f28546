"""keeper.py PID COMMAND...: runs COMMAND for as long as the process PID lives. SIGTERM ends it sooner. What does not
end by itself then is killed.

Whatever happens to the tests, even SIGKILL, nothing that they started stays behind.
"""

import os
import select
import signal
import subprocess
import sys

PATIENCE = 15  # seconds for a good end; Session.end() waits for somewhat longer


def main() -> int:
    watched, command = int(sys.argv[1]), sys.argv[2:]
    # A signal is written to a pipe as it arrives: a handler in Python would wait for the end of a poll that was about to
    # begin. It is there before the command is: who has seen the command print something may send SIGTERM at once.
    asked, ask = os.pipe()
    os.set_blocking(ask, False)
    signal.set_wakeup_fd(ask)
    signal.signal(signal.SIGTERM, lambda *_: None)
    child = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *command])

    either_ends = select.poll()
    for descriptor in (os.pidfd_open(watched), os.pidfd_open(child.pid), asked):
        either_ends.register(descriptor, select.POLLIN)
    either_ends.poll()

    child.terminate()
    try:
        return child.wait(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


if __name__ == "__main__":
    sys.exit(main())
