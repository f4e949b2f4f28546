"""A fake engine's index that a backfill works on, and `watch` beside it."""

import pytest

from support.emails import emails
from support.fake_elasticsearch import FakeElasticsearch
from support.terminals.lines import LineProgram
from support.terminals.screen import ScreenProgram


class Backfill:
    """A fake engine's index that a backfill works on."""

    def __init__(self, documents):
        self.engine = FakeElasticsearch(emails=list(documents), health=[])
        self.answer = self.engine

    def __call__(self, request):
        return self.answer(request) if callable(self.answer) else self.answer

    def becomes(self, documents):
        self.engine.indices["emails"] = list(documents)


@pytest.fixture
def backfill(stand_in):
    script = Backfill(emails(80, 20, 18))
    script.server = stand_in(script)
    script.words = ("watch", "--interval", "100ms", "--es-url", script.server.url, "--index", "emails",
                    "--health-index", "health", "--retries", "0")
    return script


@pytest.fixture
def lines(run):
    """Starts the program without a terminal."""
    started = []

    def start(*arguments, **options):
        started.append(LineProgram(run, *arguments, **options))
        return started[-1]

    yield start
    for each in started:
        each.close()


@pytest.fixture
def screen(run):
    started = []

    def start(*arguments, **options):
        started.append(ScreenProgram(run, *arguments, **options))
        return started[-1]

    yield start
    for each in started:
        each.__exit__()
