"""`watch` on a terminal: what stands on the screen during a backfill."""

import re
import signal
import time

import pytest

from support.emails import DONE, emails
from support.requests.raw_http import wait_for
from support.stand_in import Reply, Silence
from support.terminals.screen import has_style


def test_the_view_follows_the_backfill(screen, backfill):
    shown = screen(*backfill.words)
    first = shown.shows("20.0 %  20 of 100", "80 missing").splitlines()
    assert re.fullmatch(r"bills of emails +\d\d:\d\d:\d\d", first[0])
    assert re.match(r"█+░+ 20\.0 %  20 of 100$", first[1])
    for missing in (70, 60, 50, 40):
        backfill.becomes(emails(missing, 100 - missing, 0))
        shown.shows(f"{missing} missing")
    text = shown.shows("falling by ", " in the last ", " left (")
    assert text.count("bills of emails") == 1, "one picture, not many"
    backfill.becomes(emails(0, 100, 90))
    shown.shows("100.0 %  100 of 100", "done at ")
    shown.press(b"\x03")
    assert shown.end() == 130


def test_ctrl_c_leaves_the_last_state_and_the_cursor(screen, backfill):
    shown = screen(*backfill.words)
    shown.shows("20 of 100")
    shown.press(b"\x03")
    assert shown.end() == 130
    assert "20.0 %  20 of 100" in shown.text and not shown.screen.cursor.hidden
    assert shown.screen.cursor.x == 0


def test_ctrl_z_gives_the_shell_its_cursor_and_goes_on_below(screen, backfill):
    shown = screen(*backfill.words)
    shown.shows("20 of 100")
    shown.kill(signal.SIGTSTP)
    shown.until(lambda _: shown.is_stopped())
    shown.until(lambda _: not shown.screen.cursor.hidden)
    backfill.becomes(emails(10, 90, 0))
    shown.kill(signal.SIGCONT)
    text = shown.shows("90 of 100")
    assert text.count("bills of emails") == 2 and "20 of 100" in text
    shown.press(b"\x03")
    assert shown.end() == 130


def test_terminate(screen, backfill):
    shown = screen(*backfill.words)
    shown.shows("20 of 100")
    shown.kill(signal.SIGTERM)
    assert shown.end() == 143


def test_ctrl_c_ends_it_while_the_engine_is_silent(screen, backfill):
    shown = screen(*backfill.words, "--timeout", "1h")
    shown.shows("20 of 100")
    backfill.answer = Silence()
    asked = len(backfill.server.requests)
    wait_for(lambda: len(backfill.server.requests) > asked)
    shown.resize(60, 20)
    shown.until(lambda text: 20 < max(map(len, text.splitlines()), default=0) < 60)
    begun = time.monotonic()
    shown.press(b"\x03")
    assert shown.end() == 130 and time.monotonic() - begun < 5


def test_an_engine_that_goes_away_and_comes_back(screen, backfill):
    shown = screen(*backfill.words)
    shown.shows("20 of 100")
    backfill.answer = Reply(500, json={"error": "out to lunch", "status": 500})
    text = shown.shows("20 of 100", "out to lunch")
    assert re.search(r"^since \d\d:\d\d:\d\d \(\d+s\): cannot measure emails", text, re.M)
    backfill.answer = backfill.engine
    shown.until(lambda text: "out to lunch" not in text and "20 of 100" in text)


def test_it_fits_into_any_terminal(screen, backfill):
    shown = screen(*backfill.words, columns=100, rows=30)
    shown.shows("20 of 100")
    for columns, rows in ((40, 10), (120, 30), (20, 5), (80, 3)):
        shown.resize(columns, rows)
        shown.until(lambda text: text.count("bills of emails") == 1
                    and max(map(len, text.splitlines())) in range(columns - 12, columns))
        assert "bills of emails" in shown.text


def test_what_was_on_the_screen_stays_and_no_frame_is_seen_half(screen, backfill):
    shown = screen(*backfill.words, before=b"$ backfill-health watch\r\n")
    shown.shows("20 of 100")
    seen = []
    for missing in (70, 60, 50):
        backfill.becomes(emails(missing, 100 - missing, 0))
        shown.until(lambda text: seen.append(text) or f"{missing} missing" in text)
    assert all(text.startswith("$ backfill-health watch\nbills of emails") for text in seen), seen
    assert all(" missing" in text and " of 100" in text for text in seen), seen
    shown.press(b"\x03")
    shown.end()
    assert shown.text.startswith("$ backfill-health watch\nbills of emails")


@pytest.mark.parametrize(("words", "env", "coloured"), [([], {}, True), ([], {"NO_COLOR": "1"}, False),
                                                        (["--color", "never"], {}, False),
                                                        (["--color", "always"], {"NO_COLOR": "1"}, True)])
def test_colours(screen, backfill, words, env, coloured):
    shown = screen(*backfill.words, *words, env=env)
    shown.shows("20 of 100")
    assert has_style(shown.screen) == coloured


def test_ascii_where_the_locale_is(screen, backfill):
    shown = screen(*backfill.words, env={"LC_ALL": "C"})
    assert re.search(r"^#+-+ 20\.0 %", shown.shows("20 of 100"), re.M)


def test_local_time(screen, backfill):
    hours = [time.gmtime(time.time() + 9 * 3600).tm_hour]
    shown = screen(*backfill.words, env={"TZ": "UTC-9"})
    hour = re.search(r"(\d\d):\d\d:\d\d$", shown.shows("20 of 100").splitlines()[0])[1]
    hours.append(time.gmtime(time.time() + 9 * 3600).tm_hour)  # it may have ended in between
    assert int(hour) in hours


def test_the_first_measurement_fails(screen, backfill):
    shown = screen("watch", "--es-url", backfill.server.url, "--index", "nowhere")
    assert shown.end() == 3
    assert "backfill-health: cannot measure nowhere" in shown.text


def test_done_is_drawn_before_it_ends(screen, backfill):
    shown = screen(*backfill.words, "--until-done")
    shown.shows("20 of 100")
    backfill.becomes(DONE[:50])
    assert shown.end() == 0
    assert "50 of 50" in shown.text and "done at" in shown.text


def test_dumb(screen, backfill):
    shown = screen(*backfill.words, env={"TERM": "dumb"})
    shown.shows("Z  20 of 100 (20.0 %), 80 missing")
    assert b"\x1b" not in shown.written
