"""`history`: the trend from a shell, the same from either store."""

import csv
import io
import json
import random
import time

import pytest

from support.emails import emails

HOUR = 3600


def stamp(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def snapshot(seconds: float, missing: int, dates: int, expires: int, index: str = "emails") -> dict:
    return {"index": index, "missing": missing, "with_dates": dates, "with_expires_at": expires, "ts": stamp(seconds)}


@pytest.fixture
def hour() -> int:
    """The beginning of this hour, which does not end before the test."""
    while (left := HOUR - time.time() % HOUR) < 30:
        time.sleep(left)
    return int(time.time()) // HOUR * HOUR


@pytest.fixture
def history(run, store):
    """Its result for these documents of the health index."""

    def go(documents: list[dict], *options, index: str = "emails", **more):
        health = store.unused_name("health")
        run("create-index", "--es-url", store.url, "--health-index", health).succeeded()
        if documents:
            store.add(health, documents)
        return run("history", "--es-url", store.url, "--health-index", health, "--index", index, *options, **more)

    return go


def test_a_table_and_a_line(history, hour):
    documents = [
        snapshot(hour - 5 * HOUR, 30, 70, 35),
        snapshot(hour - 4 * HOUR, 20, 80, 40),
        snapshot(hour - 4 * HOUR + 1800, 15, 85, 60),
        snapshot(hour - HOUR + 3599, 0, 100, 100),
    ]
    lines = history(documents, env={"LANG": "C.UTF-8"}).succeeded().splitlines()
    assert lines == [
        "time                  missing  with dates  with expires_at  coverage  change",
        f"{stamp(hour - 5 * HOUR)}       30          70               35    50.0 %",
        f"{stamp(hour - 4 * HOUR + 1800)}       15          85               60    70.6 %     -15",
        f"no snapshot between {stamp(hour - 3 * HOUR)} and {stamp(hour - HOUR)}",
        f"{stamp(hour - HOUR + 3599)}        0         100              100   100.0 %     -15",
        "",
        "missing  █▅  ▁  30 -> 0",
    ]


@pytest.mark.parametrize("env", [{}, {"LANG": "C"}, {"LC_ALL": "POSIX", "LANG": "C.UTF-8"}])
def test_a_terminal_without_unicode_gets_plain_characters(history, hour, env):
    text = history([snapshot(hour - HOUR, 10, 0, 0), snapshot(hour, 5, 5, 5)], env=env).succeeded()
    assert text.isascii() and "missing  #=  10 -> 5" in text and "n/a" in text


def test_json(history, hour):
    documents = [snapshot(hour - 2 * HOUR, 3, 0, 0), snapshot(hour, 1, 4, 2), snapshot(hour + 1, 2, 4, 2)]
    told = json.loads(history(documents, "--json", "--since", "3h").succeeded())
    assert told["points"] == [
        {"ts": stamp(hour - 2 * HOUR), "snapshots": 1, "missing": 3, "with_dates": 0, "with_expires_at": 0,
         "coverage": None, "change": None},
        {"ts": stamp(hour + 1), "snapshots": 2, "missing": 2, "with_dates": 4, "with_expires_at": 2, "coverage": 0.5,
         "change": -1},
    ] or int(time.time()) < hour + 2
    assert told["gaps"] == [{"from": stamp(hour - HOUR), "to": stamp(hour)}]
    assert (told["index"], told["every"], told["skipped"]) == ("emails", "1h", 0)


def test_within_one_interval_the_newest_snapshot_counts(history, run, files, hour):
    """A backfill that took less than an hour: not the mean of 743 and 0, which nobody ever measured."""
    now = int(time.time())
    documents = [snapshot(now - 3, 743, 500, 493), snapshot(now - 1, 0, 1243, 1225)]
    if now - 3 < hour:
        pytest.skip("the hour has just begun")
    lines = history(documents, env={"LANG": "C.UTF-8"}).succeeded().splitlines()
    assert lines[1:] == [f"{stamp(now - 1)}        0        1243             1225    98.6 %", "", "missing  ▁  0"]
    lines = history(documents, "--every", "1s", env={"LANG": "C.UTF-8"}).succeeded().splitlines()
    assert lines[-1] in ("missing  █ ▁  743 -> 0", "missing  █▁  743 -> 0")
    validated = run("validate", "--es-url", files.url, "--json",
                    "--index", files.load(emails(missing=0, with_dates=1243, with_expires_at=1225))).succeeded()
    told = json.loads(history(documents, "--json").succeeded())
    assert told["points"][-1]["missing"] == json.loads(validated)["missing_dates_count"] == 0


def test_csv_has_a_row_without_numbers_where_a_gap_begins(history, hour):
    documents = [snapshot(hour - 5 * HOUR, 30, 70, 35), snapshot(hour - HOUR + 3599, 0, 1234567, 1234567)]
    assert history(documents, "--csv").succeeded().splitlines() == [
        "time,snapshots,missing,with_dates,with_expires_at,coverage,change",
        f"{stamp(hour - 5 * HOUR)},1,30,70,35,0.5000,",
        f"{stamp(hour - 4 * HOUR)},0,,,,,",
        f"{stamp(hour - HOUR + 3599)},1,0,1234567,1234567,1.0000,-30",
    ]


def test_two_indices_have_a_history_each(history, hour):
    documents = [snapshot(hour - 2 * HOUR, 10, 0, 0, index="a"), snapshot(hour - 2 * HOUR, 90, 0, 0, index="b"),
                 snapshot(hour - HOUR, 0, 10, 10, index="a")]
    for index, expected in (("a", [10, 0]), ("b", [90])):
        points = json.loads(history(documents, "--json", index=index).succeeded())["points"]
        assert [point["missing"] for point in points] == expected


def test_when_the_cron_job_stopped(history, hour):
    last = history([snapshot(hour - 5 * HOUR, 3, 1, 1)]).succeeded().splitlines()[2]
    assert last == f"no snapshot between {stamp(hour - 4 * HOUR)} and {stamp(hour)}"


def test_what_is_not_over_is_not_missed(history, hour):
    assert "no snapshot" not in history([snapshot(hour - HOUR, 3, 1, 1)]).succeeded()


def test_no_snapshots(history):
    line = history([]).succeeded()
    assert line.startswith("No snapshot of bills in emails since ") and line.count("\n") == 1
    assert json.loads(history([], "--json").succeeded())["points"] == []
    assert history([], "--csv").succeeded().count("\n") == 1


def test_only_of_the_same_backfill_and_time(history, hour):
    nested = {"backfill": "invoices", "index": "emails", "missing": 9, "present": 1, "derived": {"paid_at": 1},
              "ts": stamp(hour)}
    documents = [snapshot(hour, 1, 2, 1), snapshot(hour, 50, 50, 50, index="others"), nested,
                 snapshot(hour - 30 * HOUR, 70, 30, 30)]
    told = json.loads(history(documents, "--json", "--since", "1d").succeeded())
    assert [(point["snapshots"], point["missing"]) for point in told["points"]] == [(1, 1)]
    names = ("--name", "invoices", "--field", "due", "--derived", "paid_at")
    told = json.loads(history(documents, "--json", *names).succeeded())
    assert [(point["missing"], point["with_due"], point["with_paid_at"]) for point in told["points"]] == [(9, 1, 1)]


def test_documents_of_another_shape_are_counted(history, hour):
    result = history([snapshot(hour, 1, 2, 1), {"message": "hello"}, {"ts": stamp(hour), "index": "emails"}])
    assert (result.code, result.stderr.count("\n")) == (0, 1)
    assert "ignored because they are not snapshots: 2" in result.stderr and stamp(hour) in result.stdout.decode()


def test_the_last_snapshot_is_not_an_average(history, hour):
    """743 and then 0 is 0 missing, as `validate` says."""
    result = history([snapshot(hour - HOUR, 743, 0, 0), snapshot(hour - HOUR + 30, 0, 743, 743)])
    assert result.succeeded().splitlines()[1].split()[:4] == [stamp(hour - HOUR + 30), "0", "743", "743"]


def test_more_intervals_than_one_answer_has(history):
    """More intervals than one answer of the engine has."""
    random.seed(7)
    now = int(time.time()) // 60 * 60
    documents, expected = [], {}
    for minute in random.sample(range(1, 5000), 2500):
        values = [tuple(random.randrange(1000) for _ in range(3)) for _ in range(random.choice([1, 1, 2]))]
        documents += [snapshot(now - minute * 60 + i, *numbers) for i, numbers in enumerate(values)]
        expected[stamp(now - minute * 60 + len(values) - 1)] = list(values[-1])
    random.shuffle(documents)
    table = list(csv.DictReader(io.StringIO(history(documents, "--csv", "--every", "1m").succeeded())))
    rows = [row for row in table if row["snapshots"] != "0"]  # the others are gaps
    numbers = ("missing", "with_dates", "with_expires_at")
    assert [row["time"] for row in rows] == sorted(expected)
    assert {row["time"]: [int(row[name]) for name in numbers] for row in rows} == expected


def test_an_index_a_month(run, store, hour):
    """As for index lifecycle: a pattern has them all."""
    names = [store.load([snapshot(hour - age * HOUR, age, 1, 1)], "months") for age in (2, 1)]
    together = ",".join(names)
    pattern = names[0].rpartition("months")[0] + "months*"
    for health in (together, pattern):
        told = run("history", "--es-url", store.url, "--health-index", health, "--index", "emails", "--json").succeeded()
        assert [point["missing"] for point in json.loads(told)["points"]][-2:] == [2, 1]


def test_the_health_index_must_exist(run, store):
    run("history", "--es-url", store.url, "--health-index", store.unused_name("health")).failed(3, "create-index")


@pytest.mark.parametrize("words", [("--since", "0"), ("--since", "soon"), ("--every", "500ms"), ("--every", "-1h"),
                                   ("--json", "--csv"), ("--health-index", "../x")])
def test_wrong_usage(run, files, words):
    run("history", "--es-url", files.url, *words).failed(2, words[0] if words[0] != "--health-index" else "../x")


def test_what_emit_stored(run, store):
    emails, health = store.load([{"category": "bills"}, {"category": "bills", "dates": ["2025-01-01"]}]), store.unused_name()
    common = ("--es-url", store.url, "--health-index", health)
    run("create-index", *common).succeeded()
    run("emit", *common, "--index", emails).succeeded()
    store.visible(health)
    (point,) = json.loads(run("history", *common, "--index", emails, "--json").succeeded())["points"]
    assert (point["missing"], point["with_dates"], point["with_expires_at"]) == (1, 1, 0)
