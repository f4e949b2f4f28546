"""`watch --arrival`: what comes in while it watches is not the script's to fill."""

import json

import pytest

DONE = [{"category": "bills", "created": "2025-01-01T00:00:00Z", "dates": ["a"], "expires_at": "b"}] * 3
NEW = {"category": "bills", "created": "2099-01-01T00:00:00Z"}  # after any start of the watch
MAPPING = {"properties": {"category": {"type": "keyword"}, "dates": {"type": "keyword"},
                          "expires_at": {"type": "keyword"}, "created": {"type": "date"}}}


@pytest.fixture
def watch(run, store):
    def watch(documents, *options):
        index = store.unused_name("letters")
        if hasattr(store, "engine"):
            store.engine.create(index, MAPPING)
        store.add(index, documents)
        return run("watch", "--es-url", store.url, "--index", index, "--interval", "200ms", "--until-done", *options)
    return watch


def test_it_is_done_when_those_are_that_were_there(watch):
    done = watch([*DONE, NEW], "--arrival", "created")
    assert done.code == 0 and done.stdout.endswith(b"3 of 4 (75.0 %), 1 missing, 1 arrived since without dates, done\n")
    assert "without dates: the backfill alone will not finish" in done.stderr
    assert watch([*DONE, NEW], "--give-up-after", "3s").code == 1


def test_one_that_was_there_is_still_missing(watch):
    old = {"category": "bills", "created": "2025-01-01T00:00:00Z"}
    ended = watch([*DONE, NEW, old], "--arrival", "created", "--give-up-after", "3s")
    assert ended.code == 1 and b", 2 missing, 1 arrived since without dates" in ended.stdout
    assert b"done" not in ended.stdout


def test_json_has_the_arrivals(watch):
    line = json.loads(watch([*DONE, NEW], "--arrival", "created", "--json").stdout.splitlines()[-1])
    assert (line["arrived"]["total"], line["arrived"]["missing"], line["verdict"]) == (1, 1, "CHECK")
    assert "arrived" not in json.loads(watch(DONE, "--json").stdout.splitlines()[-1])


def test_arrivals_with_the_field_are_fine(watch):
    done = watch([*DONE, NEW | {"dates": ["a"], "expires_at": "b"}], "--arrival", "created")
    assert done.code == 0 and done.stdout.endswith(b"4 of 4 (100.0 %), 0 missing, done\n") and done.stderr == ""
