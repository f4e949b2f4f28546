"""What a person at a terminal sees while a command takes its time."""

import re
import threading

import pytest

from support.emails import MIDWAY
from support.fake_elasticsearch import FakeElasticsearch
from support.stand_in import Delay, Reply
from support.terminals.standard_error import last_state, on_terminal


def slow(seconds: float):
    engine = FakeElasticsearch(emails=MIDWAY)
    return lambda request: Delay(seconds, engine(request))


class Held:
    """An answer that comes once the words have been seen."""

    def __init__(self, answer, words: str) -> None:
        self.answer, self.words, self.released = answer, words, threading.Event()

    def __call__(self, request):
        self.released.wait(20)
        return self.answer(request)

    def seen(self, shown: str) -> None:
        if self.words in shown:
            self.released.set()


def test_what_takes_longer_than_a_second_says_so_on_a_terminal_and_leaves_nothing_behind(run, stand_in):
    held = Held(FakeElasticsearch(emails=MIDWAY), "2 s so far")
    server = stand_in(held)
    code, stdout, shown = on_terminal(run, "validate", "--index", "emails", "--es-url", server.url, "--timeout", "30s",
                                      seen=held.seen)
    assert code == 0 and stdout.startswith("Index: emails\n")
    assert "backfill-health validate: 1 s so far" in shown and "2 s so far" in shown
    assert last_state(shown) == ""


def test_patience_gives_way_to_the_log(run, stand_in):
    held = Held(FakeElasticsearch(emails=MIDWAY), "1 s so far")
    server = stand_in(held)
    code, _, shown = on_terminal(run, "validate", "-v", "--index", "emails", "--es-url", server.url, "--timeout", "30s",
                                 seen=held.seen)
    assert code == 0 and "1 s so far" in shown
    lines = last_state(shown).splitlines()
    assert lines and all(line.startswith("ts=") for line in lines), shown


def test_patience_gives_way_to_an_error(run, stand_in):
    held = Held(lambda request: Reply(400, json={"error": "no", "status": 400}), "1 s so far")
    server = stand_in(held)
    code, stdout, shown = on_terminal(run, "validate", "--index", "emails", "--es-url", server.url, "--timeout", "30s",
                                      seen=held.seen)
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
