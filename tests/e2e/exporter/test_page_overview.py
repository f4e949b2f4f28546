"""GET / with many backfills is an overview: one line each, and a page for each behind its name."""

import json

import pytest

from support.configuration import dump
from support.emails import DONE
from support.serving.front_page import refresh

HOSTILE = '<img src=x> & "co"'


def backfill(name: str, category: str = "bills", index: str = "emails", **more: object) -> dict:
    return {"name": name, "index": index, "field": "dates", "derived": ["expires_at"], "population": {"category": category},
            **more}


@pytest.fixture
def overview(page, exporter, files, run):
    def show(*backfills: dict):
        documents = [{"category": f"c{number}"} for number in range(30) for _ in range(number + 1)]
        files.path("emails").write_text("".join(json.dumps(each) + "\n" for each in [*documents, *DONE]))
        config = dump(run.home / "config.yaml", {"backfills": backfills})
        served = exporter("--config", config, "--es-url", files.url, "--refresh-interval", "1h")
        served.refresh()
        page.open(served.url)
        return served

    return show


def rows(page) -> list[str]:
    """What is seen of them."""
    return page.evaluate("[...document.querySelectorAll('.overview tbody tr')].filter(row => row.offsetParent)"
                         ".map(row => row.innerText.replace(/\\s+/g, ' ').trim())")


def search(page, text: str) -> None:
    page.evaluate(f"""(() => {{ const box = document.getElementById("search"); box.value = {json.dumps(text)};
        box.dispatchEvent(new Event("input", {{bubbles: true}})) }})()""")


def test_what_is_not_done_comes_first(page, overview):
    overview(backfill("finished"), backfill("few", "c1"), backfill("many", "c9"), backfill("gone", index="nowhere"))
    shown = rows(page)
    assert [row.split()[0] for row in shown] == ["gone", "many", "few", "finished"]
    assert "failing" in shown[0] and "never measured" in shown[0]
    assert shown[1].startswith("many 0.0 % 10 ")
    assert shown[3].startswith("finished 100.0 % 0 ") and " done " in shown[3]
    assert page.evaluate("document.querySelectorAll('.overview progress').length") == 3


def test_broken_rules_are_told_though_nothing_is_missing(page, overview):
    overview(backfill("wrong", rules=["dates < 2000-01-01", "dates > 1999-12-31"]), backfill("finished"))
    wrong, finished = rows(page)
    assert "nothing missing, but 1243 break dates < 2000-01-01 " in wrong and " done " not in wrong
    assert " done " in finished
    page.evaluate("document.querySelector('.overview a').click()")
    page.until(lambda: page.evaluate("document.querySelectorAll('.rules').length") == 1, "the page of one is shown")
    assert "dates < 2000-01-01" in page.text(".rules")
    assert "1,243 documents break it" in page.text(".rules")
    assert "no document breaks it" in page.text(".rules") and "CHECK" in page.text(".verdict")


def test_a_click_opens_the_page_of_one_and_leads_back(page, overview):
    overview(backfill("few", "c1"), backfill(HOSTILE))
    page.evaluate("[...document.querySelectorAll('.overview a')].find(a => a.innerText.startsWith('<img')).click()")
    page.until(lambda: page.evaluate("document.querySelectorAll('.numbers').length") == 1, "the page of one is shown")
    assert HOSTILE.lower() in page.text("h2").lower() and "1,243" in page.text(".numbers")
    assert page.evaluate("document.querySelectorAll('img').length") == 0
    page.evaluate("[...document.querySelectorAll('a')].find(a => a.innerText.includes('All backfills')).click()")
    page.until(lambda: len(rows(page)) == 2, "the overview is shown")


def test_twenty_can_be_searched_and_the_search_outlasts_a_refresh(page, overview):
    overview(*(backfill(f"b-{number}", f"c{number}") for number in range(20)))
    assert len(rows(page)) == 20
    search(page, "B-1")
    assert sorted(row.split()[0] for row in rows(page)) == sorted(["b-1", *(f"b-1{digit}" for digit in range(10))])
    refresh(page)
    assert len(rows(page)) == 11
    search(page, "")
    assert len(rows(page)) == 20


def test_few_need_no_search(page, overview):
    overview(*(backfill(f"b-{number}", f"c{number}") for number in range(19)))
    assert len(rows(page)) == 19 and page.evaluate("document.getElementById('search')") is None


def test_an_invalid_configuration_is_shown(page, overview, run):
    served = overview(backfill("a"), backfill("b", "c1"))
    (run.home / "config.yaml").write_text("backfills: [{name: a}]\n")
    page.until(lambda: served.metrics()["backfill_health_config_last_reload_successful"] == 0, "the file was read")
    page.open(served.url)
    assert "config.yaml:1" in page.text("main") and len(rows(page)) == 2


def test_nothing_comes_from_elsewhere_and_nobody_complains(page, overview):
    overview(*(backfill(f"b-{number}", f"c{number}") for number in range(20)))
    refresh(page)
    assert page.events("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded") == []
