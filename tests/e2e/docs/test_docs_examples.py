"""The examples of --help and of the manual pages run, and end as they say."""

import signal
import subprocess

import pytest

from support.output.documents import COMMANDS
from support.output.help import examples, statuses
from support.world import World

pytestmark = pytest.mark.timeout(1200)  # one of them may be the first that needs the engine, which is built then

ENDLESS = ["serve", "watch"]


@pytest.mark.parametrize("command", COMMANDS)
def test_examples_of_help_and_manual(command, prepared, run):
    help = run(command, "--help").succeeded()
    assert examples(help)
    for line in examples(help):
        played = prepared.translate(line)
        if command in ENDLESS:
            status, printed = interrupted(prepared, played)
            assert status in (0, 130), f"$ {line}\n{printed}\nexit {status}"
        else:
            done = subprocess.run(["bash", "-c", played], cwd=prepared.folder, env=prepared.env, capture_output=True,
                                  text=True, timeout=60)
            assert done.returncode in {0, 1} & statuses(help), f"$ {line}\n{done.stderr}\nexit {done.returncode}"


def interrupted(world: World, line: str) -> tuple[int, str]:
    """How it takes Ctrl-C once it has said something."""
    with subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "bash", "-c", f"exec {line}"], cwd=world.folder,
                          env=world.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True) as process:
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        printed, _ = process.communicate(timeout=30)
        return process.returncode, first + printed
