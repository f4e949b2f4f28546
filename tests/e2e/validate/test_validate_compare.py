"""`validate --compare` and `--no-regression`: what has changed since an earlier report."""

import json
import re

import pytest

from support.emails import EMPTY_POPULATION, MIDWAY, emails
from support.output.reports import report_text


class TestComparison:
    @pytest.fixture
    def given(self, files):
        files.path("now").write_text("".join(json.dumps(d) + "\n" for d in emails(2, 20, 18)))
        files.path("then").write_text("".join(json.dumps(d) + "\n" for d in emails(12, 10, 10)))
        return ["validate", "--es-url", files.url, "--index"]

    @pytest.mark.parametrize("earlier", [[], ["--json"]], ids=["of text", "of json"])
    @pytest.mark.parametrize("source", ["file", "stdin"])
    def test_table(self, run, given, tmp_path, earlier, source):
        before = run(*given, "then", *earlier).succeeded()
        (tmp_path / "before.txt").write_text(before)
        if source == "file":
            result = run(*given, "now", "--compare", "before.txt")
        else:
            result = run(*given, "now", "--compare", "-", stdin=before)
        report, _, table = result.succeeded().partition("\n\n")
        assert re.fullmatch(report_text("now", 2, 20, 18, "CHECK"), report + "\n")
        assert [re.split(r"\s{2,}", line.strip()) for line in table.splitlines()] == [
            ["before", "after", "change"],
            ["Missing dates[] (bills)", "12", "2", "-10"],
            ["Bills with dates[]", "10", "20", "+10"],
            ["Bills with expires_at", "10", "18", "+8"],
            ["Coverage", "100.0 %", "90.0 %", "-10.0 pp"],
            ["Fill rate", "-", "-", table.split()[-1]],
        ]

    def test_json(self, run, given, tmp_path):
        before = run(*given, "then", "--json").succeeded()
        (tmp_path / "before.json").write_text(before)
        answer = json.loads(run(*given, "now", "--json", "--compare", "before.json").succeeded())
        assert answer.pop("before") == json.loads(before)
        assert answer.pop("change") == {
            "missing_dates_count": -10, "bills_with_dates": 10, "bills_with_expires_at": 8
        }
        assert list(answer) == ["index", "missing_dates_count", "bills_with_dates", "bills_with_expires_at",
                                "timestamp", "verdict"]

    def test_no_change(self, run, given, tmp_path):
        (tmp_path / "before.txt").write_text(run(*given, "now").succeeded())
        table = run(*given, "now", "--compare", "before.txt").succeeded().partition("\n\n")[2]
        assert [line.split()[-1] for line in table.splitlines()] [:4] == ["change", "0", "0", "0"]

    def test_a_report_with_a_comparison_can_be_compared_with(self, run, given, tmp_path):
        (tmp_path / "first.txt").write_text(run(*given, "then").succeeded())
        (tmp_path / "second.txt").write_text(run(*given, "now", "--compare", "first.txt").succeeded())
        table = run(*given, "now", "--compare", "second.txt").succeeded().partition("\n\n")[2]
        assert [line.split()[-1] for line in table.splitlines()] [:4] == ["change", "0", "0", "0"]

    @pytest.mark.parametrize(
        "content",
        ["", "hello\n", "{}", "[1]", '{"index":"a"}', "Index: a\nMissing dates[] (bills): x\n", "\x00\xff",
         '{"index":"a","missing_dates_count":-1,"bills_with_dates":1,"bills_with_expires_at":1,'
         '"timestamp":"2025-10-10T14:22:31Z","verdict":"OK"}'],
    )
    def test_what_is_no_report_is_wrong_usage(self, run, given, tmp_path, content):
        (tmp_path / "before.txt").write_text(content, encoding="latin-1")
        run(*given, "now", "--compare", "before.txt").failed(2, "before.txt", "earlier validate")

    def test_a_report_that_is_not_there_is_wrong_usage(self, run, given):
        run(*given, "now", "--compare", "before.txt").failed(2, "before.txt")


@pytest.mark.parametrize(
    ("now", "worse"),
    [
        (emails(2, 20, 18), []),
        (emails(0, 22, 22), []),
        (emails(3, 20, 18), ["Missing dates[] (bills) was 2 and is now 3"]),
        (emails(0, 22, 18), ["coverage was 0.9000 and is now 0.8182"]),
        (emails(0, 122, 109), []),  # 0.8934
        (emails(2, 10, 9), ["Bills with dates[] was 20 and is now 10", "Bills with expires_at was 18 and is now 9"]),
        (EMPTY_POPULATION, ["Bills with dates[] was 20 and is now 0", "Bills with expires_at was 18 and is now 0", "coverage"]),
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
