"""`validate --profile`: what one looks at when there is no rule yet."""

import json

import pytest

BILLS = [
    {"category": "bills", "dates": ["2025-10-10", "2025-10-11"], "expires_at": 1760105},
    {"category": "bills", "dates": ["2025-10-10"], "expires_at": "2025-11-10T00:00:00Z"},
    {"category": "bills", "dates": ["2025-10-10T01:02:03.5Z"], "expires_at": "2125-11-10"},
    {"category": "bills", "dates": ["2025-10-12"]},
    {"category": "bills", "expires_at": "1999-01-01"},
    {"category": "offers", "dates": ["1999-01-01"]},
]
MAPPING = {"properties": {"category": {"type": "keyword"}, "dates": {"type": "date"}, "expires_at": {"type": "date"}}}
TABLE = """
Values in bills with dates[]
            type  documents                       min                   max               most common   share  in 1970  > 10 years
dates       date          4      2025-10-10T00:00:00Z  2025-10-12T00:00:00Z      2025-10-10T00:00:00Z  50.0 %        0           0
expires_at  date          3  1970-01-01T00:29:20.105Z  2125-11-10T00:00:00Z  1970-01-01T00:29:20.105Z  33.3 %        1           1
"""


@pytest.fixture
def bills(store):
    """On either store."""
    return store.engine.load(store.unused_name("bills"), BILLS, MAPPING) if hasattr(store, "engine") else store.load(BILLS)


@pytest.fixture
def validate(run, store, bills):
    def go(*options: str):
        return run("validate", *options, "--es-url", store.url, "--index", bills)

    return go


def test_a_table_follows_the_report(validate):
    assert validate("--profile").succeeded().endswith(TABLE)


def test_it_comes_last(validate):
    shown = validate("--by", "category", "--samples", 5, "--profile").succeeded()
    assert shown.index("Missing dates[] by") < shown.index("Bills without dates[]") < shown.index(TABLE)


def test_in_json(validate):
    report = json.loads(validate("--json", "--profile").succeeded())
    assert list(report)[-2:] == ["verdict", "profile"]
    assert report["profile"] == {
        "dates": {"type": "date", "documents": 4, "min": "2025-10-10T00:00:00Z", "max": "2025-10-12T00:00:00Z",
                  "most_common": {"value": "2025-10-10T00:00:00Z", "documents": 2}, "in_1970": 0, "after_ten_years": 0},
        "expires_at": {"type": "date", "documents": 3, "min": "1970-01-01T00:29:20.105Z", "max": "2125-11-10T00:00:00Z",
                       "most_common": {"value": "1970-01-01T00:29:20.105Z", "documents": 1}, "in_1970": 1,
                       "after_ten_years": 1}}


def test_in_markdown_and_for_github(validate, run, store, bills, tmp_path):
    assert "| expires\\_at | date | 3 | 1970-01-01T00:29:20.105Z |" in validate("--profile", "--format", "markdown").succeeded()
    summary = tmp_path / "summary"
    run("validate", "--profile", "--format", "github", "--es-url", store.url, "--index", bills,
        env={"GITHUB_STEP_SUMMARY": str(summary)}).succeeded()
    assert "| dates | date | 4 |" in summary.read_text()


def test_nobody_asked_for_it(validate):
    assert "profile" not in json.loads(validate("--json").succeeded())


def test_what_has_changed(validate, store, bills, tmp_path):
    before = tmp_path / "before.json"
    before.write_text(validate("--json", "--profile").succeeded())
    store.add(bills, [{"category": "bills", "dates": ["2025-10-12"], "expires_at": "2025-11-10"}] * 2)
    lines = validate("--profile", "--compare", before).succeeded().partition("Values in")[2].splitlines()
    assert [line.split()[:3] for line in lines[2:]] == [
        ["dates", "date", "6"], ["before", "date", "4"], ["expires_at", "date", "5"], ["before", "date", "3"]]
    assert lines[2].split()[5:7] == ["2025-10-12T00:00:00Z", "50.0"]
    assert lines[3].split()[5:7] == ["2025-10-10T00:00:00Z", "50.0"]
    report = json.loads(validate("--json", "--profile", "--compare", before).succeeded())
    assert report["before"]["profile"] == json.loads(before.read_text())["profile"]
    assert report["profile"]["dates"]["documents"] == 6


@pytest.mark.parametrize("options", [["--json"], ["--profile"]])
def test_an_earlier_report_without_a_profile_in_json_has_nothing_to_compare(validate, tmp_path, options):
    before = tmp_path / "before"
    before.write_text(validate(*options).succeeded())
    shown = validate("--profile", "--compare", before).succeeded()
    assert shown.endswith(TABLE) and "Fill rate" in shown


def test_several_backfills_have_a_profile_each(run, store, bills, tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text(f"backfills:\n- {{name: ones, index: {bills}, field: dates}}\n- {{name: others, index: {bills}, field: expires_at}}\n")
    before = tmp_path / "before.json"
    before.write_text(run("validate", "--json", "--profile", "--config", config, "--es-url", store.url).succeeded())
    assert [list(json.loads(line)["profile"]) for line in before.read_text().splitlines()] == [["dates"], ["expires_at"]]
    shown = run("validate", "--profile", "--compare", before, "--config", config, "--es-url", store.url).succeeded()
    assert shown.count("\n  before ") == 2 and "Values in ones with dates" in shown and "Values in others with" in shown


def test_what_a_file_does_not_tell(run, files):
    index = files.load([{"category": "bills", "dates": ["a"], "expires_at": value} for value in (1, "a")])
    result = run("validate", "--profile", "--es-url", files.url, "--index", index)
    assert result.code == 0 and b"expires_at      n/a          2  n/a  n/a          n/a      n/a\n" in result.stdout
    assert result.stderr == ("backfill-health: profile of expires_at in bills: some of its values are text and others are "
                             "not\n")


def test_a_folder_bounds_its_memory(run, files):
    index = files.load([{"category": "bills", "dates": [number]} for number in range(100_001)])
    result = run("validate", "--json", "--profile", "--derived=", "--timeout", "1m", "--es-url", files.url, "--index", index, timeout=90)
    found = json.loads(result.stdout)["profile"]["dates"]
    assert (found["min"], found["max"], found["most_common"]) == (0, 100_000, None)
    assert "more than 100000 distinct values" in result.stderr


def test_files_of_a_pattern_are_one_profile(run, files):
    for name, day in (("a", "2025-10-10"), ("b", "2025-10-11")):
        files.add(f"mail-{name}", [{"category": "bills", "dates": [day, "2025-10-12"]}])
    found = json.loads(run("validate", "--json", "--profile", "--derived=", "--es-url", files.url, "--index", "mail-*").succeeded())
    assert found["profile"]["dates"]["most_common"] == {"value": "2025-10-12T00:00:00Z", "documents": 2}
    assert found["profile"]["dates"]["min"] == "2025-10-10T00:00:00Z"
