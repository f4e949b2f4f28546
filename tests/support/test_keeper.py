import os
import signal
import subprocess
import sys

import pytest

from support.session import KEEPER


@pytest.mark.parametrize("command", ["exec sleep 60", pytest.param("trap '' TERM; echo begun; while :; do sleep 1; done",
                                                                   marks=pytest.mark.slow)])
def test_sigterm_ends_it_and_its_command_even_one_that_ignores_that(command):
    with subprocess.Popen([sys.executable, KEEPER, str(os.getpid()), "bash", "-c", f"echo begun; {command}"],
                          stdout=subprocess.PIPE) as keeper:
        assert keeper.stdout.readline() == b"begun\n"
        if "trap" in command:
            assert keeper.stdout.readline() == b"begun\n"  # now it ignores the signal
        keeper.terminate()
        assert keeper.wait(timeout=40) != 0
        # The command had the other end of the pipe.
        assert keeper.stdout.read() == b""


def test_it_ends_with_the_process_that_it_watches():
    with subprocess.Popen(["sleep", "60"]) as watched, subprocess.Popen(
            [sys.executable, KEEPER, str(watched.pid), "bash", "-c", "echo begun; exec sleep 60"],
            stdout=subprocess.PIPE) as keeper:
        assert keeper.stdout.readline() == b"begun\n"
        watched.kill()
        assert keeper.wait(timeout=40) == 256 - signal.SIGTERM  # as its command ended
        assert keeper.stdout.read() == b""
