"""What makes a day with it pleasant: quiet, talkative, colours, patience, and what a version is to a script."""

import contextlib
import json
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
    """What a person sees in the end: what was erased is gone."""
    return re.sub(r"[^\n]*\r\x1b\[K", "", shown)


def slow(seconds: float):
    engine = FakeElasticsearch(emails=MIDWAY)
    return lambda request: Delay(seconds, engine(request))


@pytest.mark.parametrize("command", ["create-index", "emit", "validate", "history"])
@pytest.mark.parametrize("flag", ["-q", "--quiet"])
def test_quiet_success_says_nothing(run, store, command, flag):
    index, health = store.load(MIDWAY), store.unused_name()
    given = ("--es-url", store.url, "--index", index, "--health-index", health)
    if command != "create-index":
        run("create-index", *given[:2], *given[4:]).succeeded()
    used = given if command != "validate" else given[:4]
    assert run(command, flag, *used).succeeded() == ""


def test_quiet_failure_is_told_and_the_exit_status_stays(run, files):
    run("validate", "-q", "--es-url", "file:/nowhere").failed(3, "/nowhere")
    result = run("-q", "validate", "--exit-code", "--max-missing", "1", "--es-url", files.url, "--index", files.load(MIDWAY))
    assert (result.code, result.stdout) == (1, b"")
    assert "2 missing is more than --max-missing 1" in result.stderr


def test_quiet_and_verbose_at_once_is_wrong_usage(run, files):
    run("validate", "-q", "-v", "--es-url", files.url).failed(2, "--quiet", "--verbose")


def test_verbose_tells_each_request_and_no_secret(run, stand_in):
    busy = [Reply(503), FakeElasticsearch(emails=MIDWAY)]
    server = stand_in(busy)
    result = run("validate", "-v", "--index", "emails", "--es-url", server.url, env={"ES_API_KEY": "canary-4711"})
    assert result.code == 0 and result.stdout.startswith(b"Index: emails\n")
    asked = [line for line in result.stderr.splitlines() if "msg=asked" in line]
    assert len(asked) == len(server.requests) == 2
    assert "answer=503" in asked[0] and "answer=200" in asked[1] and "/emails/_search" in asked[1]
    assert "trying again" in result.stderr and "canary" not in result.stderr


def test_verbose_tells_which_file_is_read(run, files):
    result = run("validate", "--verbose", "--es-url", files.url, "--index", files.load(MIDWAY))
    assert f"file={files.path('emails-0')}" in result.stderr and result.code == 0


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
    assert re.fullmatch(r"backfill-health: cannot measure emails [^\r]*status 400, no\r\n", last_state(shown)), shown


@pytest.mark.parametrize(("words", "env"), [(["-q"], {}), ([], {"TERM": "dumb"})], ids=["quiet", "dumb"])
def test_patience_is_silent_where_it_would_disturb(run, stand_in, words, env):
    server = stand_in(slow(1.3))
    code, _, shown = on_terminal(run, "validate", *words, "--index", "emails", "--es-url", server.url, env=env)
    assert (code, shown) == (0, "")


def test_a_pipe_is_no_terminal(run, stand_in):
    server = stand_in(slow(1.3))
    run("validate", "--index", "emails", "--es-url", server.url).succeeded()


def test_the_version_for_a_script(run):
    version = json.loads(run("--version", "--json").succeeded())
    assert list(version) == ["name", "version", "revision"] and version["name"] == "backfill-health"
    assert run("--version").succeeded() == f"backfill-health {version['version']} ({version['revision']})\n"


@pytest.mark.parametrize("when", ["sometimes", ""])
def test_a_colour_that_is_none_is_wrong_usage(run, files, when):
    run("validate", f"--color={when}", "--es-url", files.url).failed(2, "--color")


def test_short_options_may_stand_together(run, files):
    index = files.load(MIDWAY)
    assert "msg=read" in run("validate", "-vv", "--es-url", files.url, "--index", index).stderr
    run("validate", "-qv", "--es-url", files.url).failed(2, "--quiet and --verbose are both given")
    run("validate", "-qx", "--es-url", files.url).failed(2, "-qx")
