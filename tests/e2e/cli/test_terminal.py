"""What a person at a terminal sees while a command takes its time."""

import contextlib
import os
import pty
import re
import select
import subprocess
import time

import pytest

from support.emails import MIDWAY
from support.fake_elasticsearch import FakeElasticsearch
from support.stand_in import Delay, Reply
from support.terminals.screen import drawn, text_of


def on_terminal(run, *arguments: object, env: dict[str, str] | None = None, seconds: float = 30) -> tuple[int, str, str]:
    """The exit status, what stands on stdout (a pipe), and what was written to stderr (a terminal)."""
    terminal, theirs = pty.openpty()
    process = subprocess.Popen([run.path, *map(str, arguments)], env=run.environment({"TERM": "xterm"} | (env or {})),
                               cwd=run.home, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    shown = b""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        ready, _, _ = select.select([terminal], [], [], 0.1)
        if ready:
            with contextlib.suppress(OSError):
                if data := os.read(terminal, 65536):
                    shown += data
                    continue
            break
    stdout, _ = process.communicate(timeout=seconds)
    os.close(terminal)
    return process.returncode, stdout.decode(), shown.decode()


def last_state(shown: str) -> str:
    """What a person sees in the end."""
    return text_of(drawn(shown.encode()))


def slow(seconds: float):
    engine = FakeElasticsearch(emails=MIDWAY)
    return lambda request: Delay(seconds, engine(request))


def test_what_takes_longer_than_a_second_says_so_on_a_terminal_and_leaves_nothing_behind(run, stand_in):
    server = stand_in(slow(2.3))
    code, stdout, shown = on_terminal(run, "validate", "--index", "emails", "--es-url", server.url)
    assert code == 0 and stdout.startswith("Index: emails\n")
    assert "backfill-health validate: 1 s so far" in shown and "2 s so far" in shown
    assert last_state(shown) == ""


def test_patience_gives_way_to_an_error(run, stand_in):
    server = stand_in(lambda request: Delay(1.3, Reply(400, json={"error": "no", "status": 400})))
    code, stdout, shown = on_terminal(run, "validate", "--index", "emails", "--es-url", server.url)
    assert (code, stdout) == (3, "")
    assert "1 s so far" in shown
    assert re.fullmatch(r"backfill-health: cannot measure emails .*status 400, no", last_state(shown)), shown


@pytest.mark.parametrize(("words", "env"), [(["-q"], {}), ([], {"TERM": "dumb"})], ids=["quiet", "dumb"])
def test_patience_is_silent_where_it_would_disturb(run, stand_in, words, env):
    server = stand_in(slow(1.3))
    code, _, shown = on_terminal(run, "validate", *words, "--index", "emails", "--es-url", server.url, env=env)
    assert (code, shown) == (0, "")


def test_a_pipe_is_no_terminal(run, stand_in):
    server = stand_in(slow(1.3))
    run("validate", "--index", "emails", "--es-url", server.url).succeeded()
