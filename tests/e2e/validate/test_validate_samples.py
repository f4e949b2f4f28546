"""`validate --samples`: documents that lack the field."""

import json

import pytest

from support.data.letters import LETTERS, LETTER_MAPPING
from support.emails import DONE


def sample_ids(run, store, index, count):
    answer = json.loads(run("validate", "--json", "--samples", count, "--es-url", store.url, "--index", index).succeeded())
    return [(sample["index"], sample["id"]) for sample in answer["samples"]]


def test_samples_are_documents_that_lack_the_field(run, indices):
    engine = indices.engine
    index = engine.create(indices.unused_name("samples"), LETTER_MAPPING)
    engine.bulk(index, "".join(f'{{"index":{{"_id":"n{number}"}}}}\n{json.dumps(document)}\n'
                               for number, document in enumerate(LETTERS)))
    assert sorted(sample_ids(run, indices, index, 10)) == [(index, "n0"), (index, "n2"), (index, "n4")]
    assert len(sample_ids(run, indices, index, 2)) == 2
    shown = run("validate", "--samples", 5, "--es-url", indices.url, "--index", index).succeeded().partition("\n\n")[2]
    title, *ids = shown.splitlines()
    assert title == "Bills without dates[], 3 of them:" and sorted(ids) == ["n0", "n2", "n4"]
    several = run("validate", "--samples", 5, "--es-url", indices.url, "--index", f"{index},{index}*").succeeded()
    assert f"\n{index}/n0\n" in several


def test_samples_of_files_have_the_id_of_their_action_or_their_line(run, files):
    files.path("plain").write_text("\n" + "".join(json.dumps(document) + "\n" for document in LETTERS))
    assert sample_ids(run, files, "plain", 2) == [("plain", "line 2"), ("plain", "line 4")]
    files.path("bulk").write_text('{"index":{"_id":"x1"}}\n{"category":"bills"}\n{"create":{}}\n{"category":"bills"}\n')
    assert sample_ids(run, files, "bulk", 9) == [("bulk", "x1"), ("bulk", "line 4")]
    files.path("dump").write_text('{"_id":"d1","_source":{"category":"bills"}}\n')
    assert sample_ids(run, files, "dump", 9) == [("dump", "d1")]


BROKEN = [{"category": "bills", "dates": [1, 9], "limit": 5, "n": 1}, {"category": "bills", "dates": [2], "limit": 5, "n": 2},
          {"category": "bills", "limit": 0}, {"category": "others", "dates": [9], "limit": 5}]


def test_samples_that_break_a_rule_show_its_values(run, store):
    index = store.unused_name("samples")
    if hasattr(store, "engine"):
        store.engine.create(index, {"properties": {"category": {"type": "keyword"}, "dates": {"type": "long"}}})
    store.add(index, BROKEN)
    options = ["validate", "--es-url", store.url, "--index", index, "--samples", 5, "--broken"]
    title, line = run(*options, "dates<8").succeeded().partition("\n\n")[2].splitlines()
    assert title == "Bills that break dates < 8, 1 of them:" and line.endswith("  dates: [1,9]")
    [sample] = json.loads(run(*options, "dates < 8", "--json").succeeded())["samples"]
    assert sample["values"] == {"dates": [1, 9]} and sample["index"] == index
    assert run(*options, "dates == 7").succeeded().partition("\n\n")[2].startswith("Bills that break dates == 7, 2 of them:\n")


def test_a_number_is_shown_in_plain_digits(run, store):
    index = store.unused_name("samples")
    if hasattr(store, "engine"):
        store.engine.create(index, {"properties": {"category": {"type": "keyword"}, "dates": {"type": "double"}}})
    store.add(index, [{"category": "bills", "dates": 532.916, "expires_at": "x"}])
    options = ["validate", "--es-url", store.url, "--index", index, "--samples", 5, "--broken", "dates < 8"]
    assert run(*options).succeeded().endswith("  dates: [532.916]\n")
    assert '"values":{"dates":[532.916]}' in run(*options, "--json").succeeded()


def test_two_fields_of_a_file(run, files):
    index = files.load(BROKEN)
    shown = run("validate", "--es-url", files.url, "--index", index, "--samples", 5, "--broken", "max(dates) < limit")
    assert shown.succeeded().endswith("1 of them:\nline 1  dates: [1,9]  limit: [5]\n")


def test_a_rule_without_samples_and_one_that_is_none(run, files):
    run("validate", "--es-url", files.url, "--broken", "dates > 1").failed(2, "--broken", "--samples N")
    run("validate", "--es-url", files.url, "--samples", 1, "--broken", "dates >").failed(2, '--broken: rule "dates >", column 8')
    run("validate", "--es-url", files.url, "--samples", 1, "--broken", "limit > 1").failed(2, "neither the field")


@pytest.mark.parametrize("count", ["0", "-1", "10001", "many", "1.5"])
def test_samples_nonsense(run, files, count):
    run("validate", "--samples", count, "--es-url", files.url).failed(2, "--samples", count)


def test_no_samples_of_what_is_done(run, store):
    assert sample_ids(run, store, store.load(DONE[:20]), 5) == []
