from collections.abc import Iterator

import pytest

from support.emails import MIDWAY
from support.fake_elasticsearch import FakeElasticsearch
from support.program import Exporter
from support.serving.browser import Browser, Page, chromium
from support.serving.front_page import DESKTOP, HISTORY, INDEX, refresh
from support.stand_in import StandIn


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def page(browser) -> Iterator[Page]:
    with browser.page() as opened:
        opened.size(*DESKTOP)
        yield opened


@pytest.fixture
def server(stand_in) -> StandIn:
    return stand_in(FakeElasticsearch(**{INDEX: list(MIDWAY), HISTORY: []}))


@pytest.fixture
def serving(exporter, server) -> Exporter:
    """Has measured the numbers of MIDWAY."""
    served = exporter("--es-url", server.url, "--refresh-interval", "1h", "--retries", "0")
    assert served.refresh().status == 200
    return served


@pytest.fixture
def shown(page, serving) -> Page:
    page.open(serving.url)
    return page


@pytest.fixture
def failing(shown, serving, server) -> Page:
    server.stop()
    assert serving.refresh().status == 503
    refresh(shown)
    return shown
