"""`watch` without a terminal: what a script sees of a backfill."""

import json
import random
import re
import signal
import time

import pytest

from support.emails import DONE, EMPTY_POPULATION, MIDWAY, emails
from support.requests.raw_http import wait_for
from support.stand_in import Reply, Silence


def test_a_line_for_each_measurement(lines, backfill):
    watching = lines(*backfill.words, "--until-done")
    first = watching.out.next()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ  20 of 100 \(20\.0 %\), 80 missing\n", first), first
    for missing in (60, 40, 20, 0):
        backfill.becomes(emails(missing, 100 - missing, 18))
        line = watching.out.until(f"{100 - missing} of 100")
    assert watching.end() == (0, "", "")
    assert line.endswith("  100 of 100 (100.0 %), 0 missing, done\n")


def test_it_is_not_done_while_a_rule_is_broken(run, files):
    index = files.load([{"category": "bills", "dates": day, "expires_at": day} for day in ("2025-10-10", "1999-10-10")])
    words = ("watch", "--interval", "100ms", "--es-url", files.url, "--index", index, "--rule", "dates >= 2000-01-01")
    ended = run(*words, "--until-done", "--give-up-after", "2s")
    assert ended.code == 1
    assert ended.stdout.endswith(b"  2 of 2 (100.0 %), 0 missing, 1 breaks dates >= 2000-01-01\n")
    assert f"gave up after 2s: 0 documents of {index} are missing dates[], and 1 breaks dates >= 2000-01-01" in ended.stderr
    told = json.loads(run(*words, "--until-done", "--give-up-after", "2s", "--json").stdout.splitlines()[0])
    assert told["rules"] == {"dates >= 2000-01-01": 1} and told["verdict"] == "CHECK"


def test_json(run, backfill):
    backfill.becomes(DONE[:3])
    (line,) = run(*backfill.words, "--until-done", "--json").succeeded().splitlines()
    told = json.loads(line)
    assert (told["missing_dates_count"], told["bills_with_dates"], told["verdict"]) == (0, 3, "OK")
    assert told["rate_per_second"] is None and told["seconds_left"] is None
    assert told["no_estimate"] == "nothing_missing"


def test_numbers_of_json_are_plain_digits(lines, backfill):
    watching = lines(*backfill.words, "--json")
    told = []
    for missing in range(80, 0, -1):
        backfill.becomes(emails(missing, 100 - missing, 0))
        told.append(watching.out.next())
        if '"seconds_left":null' not in told[-1]:
            break
    assert json.loads(told[-1])["seconds_left"] > 0 and json.loads(told[-1])["no_estimate"] is None
    assert all(re.fullmatch(r"-?\d+(\.\d+)?|null", number)
               for line in told for number in re.findall(r'_per_second":([^,}]+)', line))


def test_an_outage_and_its_end_are_a_line_each_with_their_times(lines, backfill):
    watching = lines(*backfill.words, "--until-done")
    watching.out.next()
    backfill.answer = Reply(500, json={"error": "out to lunch", "status": 500})
    assert re.fullmatch(r"backfill-health: measuring has failed since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ: "
                        r"cannot measure emails.*out to lunch.*\n", watching.err.next())
    asked = len(backfill.server.requests)
    wait_for(lambda: len(backfill.server.requests) >= asked + 3)
    backfill.becomes(DONE[:3])
    backfill.answer = backfill.engine
    code, _, errors = watching.end()
    assert code == 0
    assert re.fullmatch(r"backfill-health: measuring works again as of \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, "
                        r"after failing for \d+s\n", errors)


def test_new_documents_after_the_end_are_no_progress(lines, backfill):
    """45 of 1,000 documents get dates again and again, and then one new document comes after the other."""
    backfill.becomes(emails(1000, 0, 0))
    watching = lines(*backfill.words)
    for step in range(1, 21):
        backfill.becomes(emails(1000 - 45 * step, 45 * step, 0))
        line = watching.out.until(f"  {45 * step} of ")
    assert " left (" in line
    for arrived in range(1, 16):
        backfill.becomes(emails(100 + arrived, 900, 0))
        line = watching.out.until(f"  900 of {1000 + arrived} ")
    assert re.search(r" missing, nothing filled for \d+s; [\d.]+ new documents/s arrive without dates\n$", line), line


def test_giving_up(run, backfill):
    result = run(*backfill.words, "--until-done", "--give-up-after", "2s")
    assert result.code == 1 and b"80 missing" in result.stdout
    assert result.stderr == "backfill-health: gave up after 2s: 80 documents of emails are missing dates[]\n"


def test_giving_up_with_one_missing(run, backfill):
    backfill.becomes(emails(1, 20, 18))
    result = run(*backfill.words, "--until-done", "--give-up-after", "2s")
    assert result.stderr == "backfill-health: gave up after 2s: 1 document of emails is missing dates[]\n"


def test_giving_up_without_knowing(run, stand_in):
    server = stand_in(Silence())
    run("watch", "--until-done", "--give-up-after", "2s", "--es-url", server.url).failed(3, "gave up after 2s")


def test_an_empty_population_is_never_done(run, backfill):
    backfill.becomes(EMPTY_POPULATION)
    result = run(*backfill.words, "--until-done", "--give-up-after", "2s")
    assert result.code == 1
    assert "gave up after 2s: no document matches category: bills in emails\n" in result.stderr


def test_a_population_that_becomes_empty_is_told_once(lines, backfill):
    watching = lines(*backfill.words, "--until-done")
    watching.out.next()
    backfill.becomes(EMPTY_POPULATION)
    for _ in range(3):
        watching.out.until("  0 of 0 ")
    backfill.becomes(DONE[:3])
    code, _, errors = watching.end()
    assert (code, errors) == (0, "backfill-health: no document matches category: bills in emails\n")


def test_done_without_a_derived_field_is_told_once(lines, backfill):
    watching = lines(*backfill.words)
    watching.out.next()
    backfill.becomes(emails(0, 100, 0))
    for _ in range(3):
        watching.out.until(", 0 missing, done\n")
    watching.kill(signal.SIGTERM)
    _, _, errors = watching.end()
    assert errors == "backfill-health: no bills in emails have expires_at, although all have dates[]\n"


@pytest.mark.parametrize("ignored", [signal.SIGHUP, signal.SIGINT], ids=lambda number: number.name)
def test_what_nohup_and_the_shell_ignore_stays_ignored(lines, backfill, ignored):
    ignoring = "import os, signal, sys; signal.signal(int(sys.argv[1]), signal.SIG_IGN); os.execv(sys.argv[2], sys.argv[2:])"
    watching = lines(*backfill.words, under=["python3", "-c", ignoring, int(ignored)])
    watching.out.next()
    watching.kill(ignored)
    for _ in range(3):
        assert watching.out.next()
    watching.kill(signal.SIGTERM)
    assert watching.end()[0] == 143


def test_quiet(run, backfill):
    backfill.becomes(DONE[:3])
    assert run(*backfill.words, "--until-done", "-q").succeeded() == ""


def test_snapshots_on_the_way(lines, backfill):
    watching = lines(*backfill.words, "--until-done", "--emit-every", "1h")
    for _ in range(3):
        watching.out.next()
    backfill.becomes(DONE[:3])
    code, _, errors = watching.end()
    assert (code, errors) == (0, "")
    assert [document["missing"] for document in backfill.engine.indices["health"]] == [80, 0]


def test_a_snapshot_that_cannot_be_stored_is_told_and_does_not_end_it(run, backfill):
    backfill.becomes(DONE[:3])
    del backfill.engine.indices["health"]
    result = run(*backfill.words, "--until-done", "--emit-every", "1h")
    assert result.code == 0 and "health" in result.stderr and "create-index" in result.stderr


def test_the_first_measurement_fails(run, backfill):
    run("watch", "--es-url", backfill.server.url, "--index", "nowhere", "--retries", "0").failed(3, "nowhere")


@pytest.mark.parametrize(("words", "named"), [(["--give-up-after", "1h"], "--until-done"),
                                              (["--interval", "0"], "--interval"),
                                              (["--interval", "often"], "--interval"),
                                              (["--until-done", "--give-up-after", "late"], "--give-up-after"),
                                              (["--emit-every", "x"], "--emit-every")])
def test_wrong_usage(run, files, words, named):
    run("watch", "--es-url", files.url, *words).failed(2, named)


def test_a_reader_that_has_left(run, files):
    index = files.load(MIDWAY)
    result = run.shell(f'{{ "$PROGRAM" watch --interval 100ms --es-url {files.url} --index {index}; echo "exit $?" >&2; }} | true')
    assert result.stderr == "exit 141\n"


def test_an_output_that_fails(run, files):
    index = files.load(MIDWAY)
    result = run.shell(f'"$PROGRAM" watch --es-url {files.url} --index {index} > /dev/full; echo "exit $?" >&2')
    assert re.fullmatch(r"backfill-health: cannot write .*No space left on device\nexit 3\n", result.stderr)


@pytest.mark.slow
def test_the_estimate_of_a_real_backfill(lines, backfill):
    """Its rate varies by half around a constant mean. What is told once a tenth is done holds."""
    total, seconds, step = 1000, 20, 0.1
    rates = random.Random(4711)
    done = [0]
    while done[-1] < total:
        done.append(min(total, done[-1] + round(total / seconds * step * rates.uniform(0.5, 1.5))))

    def documents_at(passed):
        present = done[min(int(passed / step), len(done) - 1)]
        return emails(total - present, present, 0)

    backfill.becomes(documents_at(0))
    watching = lines("watch", "--interval", "200ms", "--until-done", "--json", "--es-url", backfill.server.url,
                     "--index", "emails")
    watching.out.next()
    begun = time.monotonic()

    def by_the_clock(request):
        # What is done depends on the time alone, so that a slow machine does not make it another backfill.
        backfill.becomes(documents_at(time.monotonic() - begun))
        return backfill.engine(request)

    backfill.answer = by_the_clock
    told = []
    while line := watching.out.next():
        told.append((time.monotonic(), json.loads(line)))
    assert told[-1][1]["missing_dates_count"] == 0
    end = begun + (len(done) - 1) * step
    judged = [(end - at, each["seconds_left"]) for at, each in told
              if total * 0.1 < each["bills_with_dates"] < total * 0.7]
    assert len(judged) > 10
    # It is told in whole seconds.
    assert all(abs(left - truth) <= 0.2 * truth + 1 for truth, left in judged), judged
