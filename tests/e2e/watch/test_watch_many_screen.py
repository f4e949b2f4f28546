"""`watch` on many backfills, on a terminal of 80 columns and 24 rows."""

import json
import re

import pytest

from support.configuration import dump

EACH = 20


def missing_of(number: int) -> int:
    """Every third is done."""
    return 1 + number * 7 % 11 if number % 3 else 0


@pytest.fixture
def many(run, files, screen):
    """many(3): a screen with that many backfills of one index, each with a population of its own."""

    def start(count: int, *more: object, **terminal):
        write(count, missing_of)
        config = dump(run.home / "config.yaml", {"backfills": [
            {"name": f"b{number}", "index": "emails", "field": "f", "population": {"category": f"c{number}"}}
            for number in range(count)]})
        return screen("watch", "--interval", "100ms", "--es-url", files.url, "--config", config, *more, **terminal)

    def write(count: int, missing) -> None:
        documents = [{"category": f"c{number}"} | ({} if i < missing(number) else {"f": 1})
                     for number in range(count) for i in range(EACH)]
        new = files.path("emails").with_suffix(".new")
        new.write_text("".join(json.dumps(document) + "\n" for document in documents))
        new.rename(files.path("emails"))

    start.write = write
    return start


def rows(text: str) -> list[tuple[str, int]]:
    """Name and missing of each row."""
    return [(name, int(missing)) for name, missing in re.findall(r"^(b\d+) .* (\d+) missing", text, re.M)]


def test_three_in_the_order_of_the_file(many):
    text = many(3).shows("1 of 3 done")
    assert rows(text) == [(f"b{number}", missing_of(number)) for number in range(3)]
    assert re.search(r"^all +█+░+ +[\d.]+ % +\d+ missing +1 of 3 done$", text, re.M)
    assert "not shown" not in text


@pytest.mark.parametrize("count", [30, 300])
def test_when_the_terminal_is_too_low_the_unfinished_come_first(many, count):
    text = many(count).shows(f"{-(-count // 3)} of {count} done")
    lines = text.splitlines()
    assert len(lines) <= 24 and max(map(len, lines)) <= 80
    shown = rows(text)
    missing = [number for _, number in shown]
    assert len(shown) >= 18 and missing == sorted(missing, reverse=True)
    assert missing == sorted(map(missing_of, range(count)), reverse=True)[:len(missing)]
    assert f"and {count - len(shown)} more not shown" in text
    total = sum(map(missing_of, range(count)))
    (row,) = [line for line in lines if line.startswith("all ")]
    assert f" {total} missing " in row, "the sum is of all, and not of those that are shown"


def test_one_that_is_done_goes_down_and_the_end_is_seen(many):
    shown = many(30, "--until-done")
    shown.shows("10 of 30 done")
    many.write(30, lambda number: 0 if number == 14 else missing_of(number))
    text = shown.shows("11 of 30 done")
    assert "b14" not in [name for name, _ in rows(text)][:10]
    many.write(30, lambda number: 0)
    assert shown.end() == 0
    assert "30 of 30 done" in shown.text


def test_one_that_cannot_be_measured_hides_no_other(run, files, screen):
    files.path("emails").write_text('{"category":"c0"}\n{"category":"c0","f":1}\n')
    config = dump(run.home / "config.yaml", {"backfills": [
        {"name": "gone", "index": "nowhere", "field": "f"}, {"name": "there", "index": "emails", "field": "f"}]})
    text = screen("watch", "--interval", "100ms", "--es-url", files.url, "--config", config).shows("1 missing", " 1 not measured")
    assert re.search(r"^there .* 50\.0 % +1 missing", text, re.M)
    assert re.search(r"^gone .*(nowhere|does not exist|index)", text, re.M), text
    assert re.search(r"^all .*1 not measured", text, re.M), text


def test_it_fits_into_any_terminal(many):
    shown = many(30)
    for columns, lines in ((100, 40), (40, 10), (20, 5), (80, 24)):
        shown.resize(columns, lines)
        shown.until(lambda text, columns=columns, lines=lines: text.count("30 backfills") == 1 and "all " in text
                    and len(text.splitlines()) <= lines and max(map(len, text.splitlines())) <= columns)
