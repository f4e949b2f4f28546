"""`validate --format`: for people, for GitHub and for programs."""

import json
import re

import pytest

from support.emails import DONE, MIDWAY


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
        assert names[:3] == ["missing", "present", "a_b"]

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
