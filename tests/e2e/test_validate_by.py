"""`validate` as the judge: where has it not run yet, which documents, is it worse than before, and for whom it is told."""

import json
import re

import pytest

from support.emails import DONE, EMPTY_POPULATION, MIDWAY, emails

LETTERS = [
    {"category": "bills", "sender": "a", "received_at": "2025-09-30"},
    {"category": "bills", "sender": "a", "received_at": "2025-10-01T00:00:00Z", "dates": ["2025-10-31"]},
    {"category": "bills", "sender": ["b", "a", "b"], "received_at": ["2025-10-02", "2025-10-30"]},
    {"category": "bills", "sender": "b", "received_at": 1762352551000, "dates": ["2025-12-01"], "expires_at": "2025-12-01"},
    {"category": "bills", "sender": None},
    {"category": "offers", "sender": "c", "received_at": "2025-10-01"},
]
LETTER_MAPPING = {"properties": {"category": {"type": "keyword"}, "dates": {"type": "date"}, "expires_at": {"type": "date"},
                                 "sender": {"type": "keyword"}, "received_at": {"type": "date"}}}


@pytest.fixture
def letters(request, store):
    """On either store, with the mapping that a backfill's index has."""
    if hasattr(store, "engine"):
        return store.engine.load(store.unused_name("letters"), LETTERS, LETTER_MAPPING)
    return store.load(LETTERS, "letters")


def groups(run, store, index, by):
    answer = json.loads(run("validate", "--json", "--by", by, "--es-url", store.url, "--index", index).succeeded())
    assert list(answer["by"]) == ["field", "interval", "groups"]
    return [(group["value"], group["missing"], group["documents"]) for group in answer["by"]["groups"]]


def test_by_a_keyword_the_most_missing_come_first(run, store, letters):
    assert groups(run, store, letters, "sender") == [("a", 2, 3), ("b", 1, 2), (None, 1, 1)]


@pytest.mark.parametrize(
    ("interval", "names"),
    [
        ("year", ["2025"]),
        ("quarter", ["2025-Q3", "2025-Q4"]),
        ("month", ["2025-09", "2025-10", "2025-11"]),
        ("week", ["2025-09-29", "2025-10-27", "2025-11-03"]),
        ("day", ["2025-09-30", "2025-10-01", "2025-10-02", "2025-10-30", "2025-11-05"]),
        ("hour", ["2025-09-30T00:00Z", "2025-10-01T00:00Z", "2025-10-02T00:00Z", "2025-10-30T00:00Z",
                  "2025-11-05T14:00Z"]),
    ],
)
def test_by_time_from_the_first_to_the_last(run, store, letters, interval, names):
    found = groups(run, store, letters, f"received_at:{interval}")
    assert [value for value, _, _ in found] == [*names, None]
    if interval == "month":
        assert found == [("2025-09", 1, 1), ("2025-10", 1, 2), ("2025-11", 0, 1), (None, 1, 1)]


def test_by_as_a_table_of_bars(run, store, letters):
    shown = run("validate", "--by", "received_at:month", "--es-url", store.url, "--index", letters,
                env={"LC_ALL": "C.UTF-8"}).succeeded()
    assert shown.partition("\n\n")[2] == (
        "Missing dates[] by received_at (month)\n"
        "value    missing  of\n"
        "2025-09        1   1  ████████████████████\n"
        "2025-10        1   2  ██████████\n"
        "2025-11        0   1\n"
        "(none)         1   1  ████████████████████\n")
    plain = run("validate", "--by", "received_at:month", "--es-url", store.url, "--index", letters).succeeded()
    assert "2025-10        1   2  ##########\n" in plain


def test_more_than_a_page_of_groups_is_exact(run, store):
    documents = [{"category": "bills", "received_at": f"{1000 + day // 300}-{day % 300 // 25 + 1:02}-{day % 25 + 1:02}"}
                 for day in range(2500)]
    index = (store.engine.load(store.unused_name("many"), documents, LETTER_MAPPING) if hasattr(store, "engine")
             else store.load(documents, "many"))
    found = groups(run, store, index, "received_at:day")
    assert [value for value, _, _ in found] == [document["received_at"] for document in documents]
    assert {counts for _, *counts in map(tuple, found) for counts in [tuple(counts)]} == {(1, 1)}


def test_too_many_groups_are_no_overview(run, files):
    index = files.load([{"category": "bills", "id": number} for number in range(10001)])
    run("validate", "--by", "id", "--es-url", files.url, "--index", index).failed(2, "id has more than 10000 values")


def test_a_field_that_nobody_has_is_told(run, store, letters):
    result = run("validate", "--by", "sendr", "--es-url", store.url, "--index", letters)
    assert result.code == 0 and "(none)        3   5  #" in result.stdout.decode()
    assert result.stderr == "backfill-health: no document that counts has the field sendr; check --by\n"


def test_a_value_that_is_no_time_is_told(run, files):
    index = files.load([{"category": "bills", "received_at": "yesterday"}, {"category": "bills", "received_at": "2025"}])
    result = run("validate", "--by", "received_at:year", "--es-url", files.url, "--index", index)
    assert "1 documents have a received_at that is no time" in result.stderr and result.code == 0


@pytest.mark.parametrize(("by", "hint"), [("body", "body.keyword"), ("sender:month", "is sender a date?")])
def test_a_field_that_cannot_be_grouped_by(run, indices, by, hint):
    mapping = {"properties": LETTER_MAPPING["properties"] | {"body": {"type": "text"}}}
    index = indices.engine.load(indices.unused_name("letters"), LETTERS, mapping)
    run("validate", "--by", by, "--es-url", indices.url, "--index", index).failed(3, index, hint)


@pytest.mark.parametrize("by", [":month", "received_at:", "received_at:fortnight"])
def test_by_nonsense(run, files, by):
    run("validate", "--by", by, "--es-url", files.url).failed(2, "--by")


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


@pytest.mark.parametrize("count", ["0", "-1", "10001", "many", "1.5"])
def test_samples_nonsense(run, files, count):
    run("validate", "--samples", count, "--es-url", files.url).failed(2, "--samples", count)


def test_no_samples_of_what_is_done(run, store):
    assert sample_ids(run, store, store.load(DONE[:20]), 5) == []


@pytest.mark.parametrize(
    ("now", "worse"),
    [
        (emails(2, 20, 18), []),
        (emails(0, 22, 22), []),
        (emails(3, 20, 18), ["Missing dates[] (bills) was 2 and is 3"]),
        (emails(0, 22, 18), ["coverage was 0.9000 and is 0.8182"]),
        (emails(0, 122, 109), []),  # 0.8934
        (emails(2, 10, 9), ["Bills with dates[] was 20 and is 10", "Bills with expires_at was 18 and is 9"]),
        (EMPTY_POPULATION, ["Bills with dates[] was 20 and is 0", "Bills with expires_at was 18 and is 0", "coverage"]),
    ],
)
def test_no_regression(run, store, tmp_path, now, worse):
    before = run("validate", "--es-url", store.url, "--index", store.load(MIDWAY)).succeeded()
    (tmp_path / "before.txt").write_text(before)
    result = run("validate", "--compare", "before.txt", "--no-regression", "--es-url", store.url, "--index", store.load(now))
    assert result.code == (1 if worse else 0), result
    said = [line for line in result.stderr.splitlines() if "no document matches" not in line]
    assert len(said) == len(worse) and all(part in line for part, line in zip(worse, said)), result


def test_no_regression_against_what_is_wrong_usage(run, files):
    run("validate", "--no-regression", "--es-url", files.url).failed(2, "--no-regression", "--compare")


def test_markdown(run, files, tmp_path):
    given = ("validate", "--format", "markdown", "--es-url", files.url, "--index", files.load(MIDWAY))
    shown = run(*given).succeeded()
    assert re.fullmatch(
        r"\*\*CHECK\*\*: bills of emails-0 at \S+Z\n\n\| \| documents \|\n\|---\|---:\|\n"
        r"\| Missing dates\\\[\\\] \(bills\) \| 2 \|\n\| Bills with dates\\\[\\\] \| 20 \|\n"
        r"\| Bills with expires\\_at \| 18 \|\n\| Coverage \| 90\.0 % \|\n", shown), shown
    (tmp_path / "before.txt").write_text(run(*(word for word in given if word not in ("--format", "markdown"))).succeeded())
    compared = run(*given, "--compare", "before.txt", "--by", "category", "--samples", "1").succeeded()
    for row in ("| | before | after | change |", "| Coverage | 90.0 % | 90.0 % | 0.0 pp |", "| value | missing | of |",
                "| bills | 2 | 22 |", "- line 1"):
        assert f"\n{row}\n" in compared


class TestGitHub:
    @pytest.fixture
    def step(self, tmp_path):
        return {"GITHUB_STEP_SUMMARY": tmp_path / "summary", "GITHUB_OUTPUT": tmp_path / "output"}

    def test_annotations_summary_and_output(self, run, files, step):
        given = ("validate", "--es-url", files.url, "--index", files.load(MIDWAY), "--max-missing", "1", "--exit-code")
        result = run(*given, "--format", "github", env=step)
        assert result.code == 1
        report, annotations = result.stdout.decode().partition("::")[::2]
        assert report.startswith("Index: emails-0\n") and report.count("\n") == 5
        assert "::" + annotations == (
            "::warning title=Backfill of bills::CHECK: 2 missing dates[], 20 with dates[], 18 with expires_at in emails-0\n"
            "::error title=Backfill of bills::2 missing is more than --max-missing 1\n")
        assert "| Coverage | 90.0 % |" in step["GITHUB_STEP_SUMMARY"].read_text()
        output = dict(line.split("=") for line in step["GITHUB_OUTPUT"].read_text().splitlines())
        assert output | {"timestamp": ""} == {"missing_dates_count": "2", "bills_with_dates": "20", "bills_with_expires_at": "18",
                                              "coverage": "0.9000", "verdict": "CHECK", "timestamp": ""}

    def test_all_clear_is_a_notice(self, run, files):
        told = run("validate", "--format", "github", "--es-url", files.url, "--index", files.load(DONE)).succeeded()
        assert told.splitlines()[-1].startswith("::notice title=Backfill of bills::OK: 0 missing dates[]")

    def test_files_are_added_to_and_only_when_asked(self, run, files, step):
        given = ("validate", "--es-url", files.url, "--index", files.load(MIDWAY))
        run(*given, env=step).succeeded()
        assert not step["GITHUB_OUTPUT"].exists() and not step["GITHUB_STEP_SUMMARY"].exists()
        step["GITHUB_OUTPUT"].write_text("mine=1\n")
        for _ in range(2):
            run(*given, "--format", "github", env=step).succeeded()
        assert step["GITHUB_OUTPUT"].read_text().startswith("mine=1\nmissing_dates_count=2\n")
        assert step["GITHUB_STEP_SUMMARY"].read_text().count("**CHECK**") == 2

    def test_names_that_an_output_cannot_have(self, run, files, step):
        index = files.load([{"category": "bills"}])
        run("validate", "--format", "github", "--es-url", files.url, "--index", index, "--name", "open bills",
            "--derived", "a.b", env=step).succeeded()
        names = [line.partition("=")[0] for line in step["GITHUB_OUTPUT"].read_text().splitlines()]
        assert names[:3] == ["missing_dates_count", "open_bills_with_dates", "open_bills_with_a_b"]

    def test_a_file_that_cannot_be_written_is_a_failure(self, run, files, step, tmp_path):
        result = run("validate", "--format", "github", "--es-url", files.url, "--index", files.load(MIDWAY),
                     env={"GITHUB_OUTPUT": tmp_path / "no/where"})
        assert result.code == 3 and str(tmp_path / "no/where") in result.stderr


@pytest.mark.parametrize("words", [("--format", "xml"), ("--json", "--format", "markdown"), ("--format", "")])
def test_a_form_that_is_none(run, files, words):
    run("validate", *words, "--es-url", files.url).failed(2, "--format")


def test_json_twice_is_one_wish(run, files):
    given = ("validate", "--es-url", files.url, "--index", files.load(MIDWAY))
    once = json.loads(run(*given, "--format", "json").succeeded())
    assert list(once) == list(json.loads(run(*given, "--json", "--format", "json").succeeded()))
