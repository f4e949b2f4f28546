"""`--rule`: whether the values are right, too. The report, its other forms, the metrics and the stored documents."""

import json
import re

import pytest

from support.configuration import dump
from support.program import TIMESTAMP, parse_samples

BILLS = [
    {"category": "bills", "dates": ["2025-10-10", "2025-10-12"], "expires_at": "2025-10-11T00:00:00Z", "state": "open"},
    {"category": "bills", "dates": ["2025-10-10"], "expires_at": "2025-10-11T00:00:00Z", "state": "paid"},
    {"category": "bills", "dates": ["1970-01-21"], "expires_at": "2025-10-11T00:00:00Z"},
    {"category": "offers", "dates": ["1970-01-21"], "expires_at": "1960-01-01"},
]
LATE = "max(dates) < expires_at"
OLD = "dates >= 2000-01-01"
KEPT = "expires_at < 2100-01-01"


@pytest.fixture
def index(files) -> str:
    return files.load(BILLS)


@pytest.fixture
def validate(run, files, index):
    def validate(*words: object, rules: tuple[str, ...] = (LATE, OLD, KEPT), **more: object):
        given = [word for rule in rules for word in ("--rule", rule)]
        return run("validate", "--es-url", files.url, "--index", index, *given, *words, **more)
    return validate


@pytest.fixture
def file(run, files, index):
    """A configuration file with two backfills that have rules, and one that has none."""
    entry = {"index": index, "population": {"category": "bills"}, "field": "dates"}
    return dump(run.home / "f.yaml", {"settings": {"es-url": files.url}, "backfills": [
        entry | {"name": "bills", "derived": ["expires_at"], "rules": [LATE, OLD]},
        entry | {"name": "states", "field": "state", "rules": ['state in ["open","paid"]']},
        entry | {"name": "plain"}]})


def without_times(text: str) -> str:
    return re.sub(TIMESTAMP, "T", text)


class TestFieldsThatNoDocumentHas:
    """A folder has no mapping: its documents say what there is."""

    def test_a_field_of_the_backfill_breaks_nothing_before_the_first_run(self, validate, index):
        result = validate("--json", "--derived", "paid_at", rules=("paid_at > now", OLD))
        assert (result.code, json.loads(result.stdout)["rules"]) == (0, {"paid_at > now": 0, OLD: 1})
        assert result.stderr == (f"backfill-health: no document in {index} has paid_at, so no rule about it can be broken yet\n")

    def test_any_other_field_that_is_mapped_nowhere_is_refused(self, validate):
        """It is a typing error, or the rule could never be broken: 0 would be no answer."""
        validate(rules=(OLD, "dates > creatd")).failed(3, 'rule "dates > creatd": no document has creatd', "doctor")

    def test_it_costs_no_other_backfill_its_report(self, run, files, index):
        entry = {"index": index, "population": {"category": "bills"}, "field": "dates"}
        file = dump(run.home / "f.yaml", {"settings": {"es-url": files.url}, "backfills": [
            entry | {"name": "typed", "rules": ["dates > creatd"]}, entry | {"name": "bills"}]})
        result = run("validate", "--json", "--config", file)
        assert result.code == 3 and json.loads(result.stdout)["backfill"] == "bills"
        assert result.stderr.count("\n") == 1 and "creatd" in result.stderr

    def test_where_there_are_no_documents_nothing_is_known(self, validate):
        result = validate("--json", "--population", "category=letters", rules=("dates > creatd",))
        assert (result.code, json.loads(result.stdout)["rules"]) == (0, {"dates > creatd": 0})


class TestReport:
    def test_a_line_for_each_rule_follows_the_verdict(self, validate, index):
        assert without_times(validate().succeeded()) == f"""\
Index: {index}
Missing dates[] (bills): 0
Bills with dates[]:      3
Bills with expires_at:   3
Verdict: CHECK  @ T
Broken: {LATE}: 1
Broken: {OLD}: 1
Broken: {KEPT}: 0
"""

    def test_it_is_ok_when_none_is_broken(self, validate):
        lines = validate(rules=(KEPT, "expires_at > 2020-01-01")).succeeded().splitlines()
        assert lines[4].startswith("Verdict: OK ")
        assert lines[5:] == [f"Broken: {KEPT}: 0", "Broken: expires_at > 2020-01-01: 0"]

    def test_a_rule_is_shown_by_its_tokens(self, validate):
        shown = validate(rules=("  max( dates )<expires_at", "`expires_at`>= 1.50e3")).succeeded()
        assert f"\nBroken: {LATE}: 1\nBroken: `expires_at` >= 1.50e3: 0\n" in shown

    def test_nothing_of_rules_without_any(self, validate):
        assert "Broken" not in validate(rules=()).succeeded()
        assert "rules" not in json.loads(validate("--json", rules=()).succeeded())

    def test_only_the_population_is_judged(self, validate):
        assert "\nBroken: expires_at > 1965-01-01: 0\n" in validate(rules=("expires_at > 1965-01-01",)).succeeded()
        shown = validate("--population", "category=offers", rules=("expires_at > 1965-01-01",)).succeeded()
        assert "\nBroken: expires_at > 1965-01-01: 1\n" in shown

    def test_a_rule_may_name_any_field_beside_one_of_the_backfill(self, validate):
        assert "\nBroken: state != expires_at: 0\n" in validate(rules=("state != expires_at",)).succeeded()


class TestJson:
    def test_of_the_default_backfill(self, validate):
        report = json.loads(validate("--json").succeeded())
        assert list(report) == ["index", "missing_dates_count", "bills_with_dates", "bills_with_expires_at", "rules",
                                "timestamp", "verdict"]
        assert list(report["rules"].items()) == [(LATE, 1), (OLD, 1), (KEPT, 0)] and report["verdict"] == "CHECK"

    def test_of_another(self, validate):
        report = json.loads(validate("--json", "--name", "letters", rules=(OLD, KEPT)).succeeded())
        assert list(report) == ["backfill", "index", "field", "missing", "present", "derived", "rules", "timestamp", "verdict"]
        assert list(report["rules"].items()) == [(OLD, 1), (KEPT, 0)]


class TestExitStatus:
    def test_by_the_verdict(self, validate):
        assert validate("--exit-code").code == 1
        assert validate("--exit-code", rules=(KEPT,)).code == 0

    def test_without_it_broken_rules_are_shown_and_no_more(self, validate):
        assert validate("--max-missing", 0, "--min-coverage", 1).code == 0

    def test_no_regression(self, validate, files, index, tmp_path):
        (tmp_path / "before").write_text(validate().succeeded())
        assert validate("--compare", "before", "--no-regression").code == 0
        files.add(index, [BILLS[2]])
        result = validate("--compare", "before", "--no-regression")
        assert result.code == 1
        assert f"regression: documents that break {OLD} were 1 and are now 2\n" in result.stderr
        assert LATE not in result.stderr and KEPT not in result.stderr


class TestCompare:
    @pytest.fixture
    def grown(self, files, index):
        def grow():
            files.add(index, [BILLS[0], BILLS[0], BILLS[1]])
        return grow

    @staticmethod
    def rows(shown: str) -> dict[str, list[str]]:
        table = shown.rpartition("\n\n")[2].splitlines()
        return {" ".join(line.split()[:-3]): line.split()[-3:] for line in table if line.startswith("Broken: ")}

    def test_text(self, validate, grown, tmp_path):
        (tmp_path / "before").write_text(validate(rules=(LATE, KEPT)).succeeded())
        grown()
        shown = validate("--compare", "before").succeeded()
        assert self.rows(shown) == {f"Broken: {LATE}": ["1", "3", "+2"], f"Broken: {OLD}": ["-", "1", "-"],
                                    f"Broken: {KEPT}": ["0", "0", "0"]}
        report, table = shown.split("\n\n")
        assert report.endswith(f"\nBroken: {KEPT}: 0") and table.splitlines()[0].split() == ["before", "after", "change"]

    def test_json(self, validate, grown, tmp_path):
        before = validate("--json", rules=(LATE, KEPT)).succeeded()
        (tmp_path / "before").write_text(before)
        grown()
        report = json.loads(validate("--json", "--compare", "before").succeeded())
        assert report["before"] == json.loads(before)
        assert report["change"] == {"missing_dates_count": 0, "bills_with_dates": 3, "bills_with_expires_at": 3,
                                    "rules": {LATE: 2, KEPT: 0}}
        assert self.rows(validate("--compare", "before").succeeded())[f"Broken: {LATE}"] == ["1", "3", "+2"]

    def test_of_a_rule_that_is_gone_nothing_is_said(self, validate, tmp_path):
        (tmp_path / "before").write_text(validate().succeeded())
        assert self.rows(validate("--compare", "before", rules=(KEPT,)).succeeded()) == {f"Broken: {KEPT}": ["0", "0", "0"]}

    def test_a_rule_with_a_colon_in_its_text(self, validate, tmp_path):
        rule = 'state != "Broken: 7"'
        given = {"rules": (rule,)}
        (tmp_path / "before").write_text(validate("--field", "state", "--derived=", **given).succeeded())
        shown = validate("--field", "state", "--derived=", "--compare", "before", **given).succeeded()
        assert self.rows(shown) == {f"Broken: {rule}": ["0", "0", "0"]}


class TestOtherForms:
    def test_markdown(self, validate):
        shown = validate("--format", "markdown").succeeded()
        assert shown.startswith("**CHECK**: ")
        rows = [line for line in shown.splitlines() if line.startswith("| Broken: ")]
        assert [row.split(" | ")[-1] for row in rows] == ["1 |", "1 |", "0 |"] and "expires" in rows[0]

    def test_github(self, validate, tmp_path):
        step = {"GITHUB_STEP_SUMMARY": tmp_path / "summary", "GITHUB_OUTPUT": tmp_path / "output"}
        shown = validate("--format", "github", env=step).succeeded()
        warning = shown.splitlines()[-1]
        assert warning.startswith("::warning title=Backfill of bills::CHECK: 0 missing dates[]")
        assert f"1 breaks {LATE}, 1 breaks {OLD} in " in warning and KEPT not in warning
        assert "\nbroken=2\n" in step["GITHUB_OUTPUT"].read_text()
        assert step["GITHUB_STEP_SUMMARY"].read_text().count("| Broken: ") == 3

    def test_textfile(self, validate, index, tmp_path):
        validate("--textfile", tmp_path / "metrics.prom").succeeded()
        samples = parse_samples((tmp_path / "metrics.prom").read_text())
        assert {name: value for name, value in samples.items() if "rule" in name} == {
            f'backfill_rule_broken_documents{{backfill="bills",index="{index}",rule="{rule}"}}': documents
            for rule, documents in ((LATE, 1), (OLD, 1), (KEPT, 0))}

    def test_a_text_in_a_label(self, validate, tmp_path):
        validate("--field", "state", "--derived=", "--textfile", tmp_path / "metrics.prom",
                 rules=('state in ["open"]',)).succeeded()
        assert 'rule="state in [\\"open\\"]"} 1' in (tmp_path / "metrics.prom").read_text()


class TestHealthIndex:
    def test_the_document_of_the_default_backfill(self, run, files, index):
        given = ("--es-url", files.url, "--index", index)
        run("create-index", "--es-url", files.url).succeeded()
        shown = json.loads(run("emit", "--json", *given, "--rule", OLD, "--rule", LATE, "--rule", KEPT).succeeded())
        assert (shown["broken"], list(shown["rules"].items())) == (2, [(OLD, 1), (LATE, 1), (KEPT, 0)])
        assert files.documents("backfill_health_v1") == [shown]
        plain = json.loads(run("emit", "--json", *given).succeeded())
        assert "broken" not in plain and "rules" not in plain

    def test_of_several(self, run, files, file):
        run("create-index", "--config", file).succeeded()
        bills, states, plain = map(json.loads, run("emit", "--json", "--config", file).succeeded().splitlines())
        assert (bills["broken"], bills["rules"]) == (2, {LATE: 1, OLD: 1})
        assert (states["broken"], states["rules"]) == (0, {'state in ["open","paid"]': 0})
        assert (plain["broken"], plain["rules"]) == (0, {})

    def test_the_mapping_is_completed(self, run, indices):
        health = indices.unused_name()
        given = ("create-index", "--es-url", indices.url, "--health-index", health)
        run(*given).succeeded()
        completed = f"Index {health} already exists (mapping completed: broken, rules)\n"
        assert run(*given, "--rule", OLD).succeeded() == completed
        properties = indices.engine.mapping(health)["properties"]
        assert properties["broken"] == {"type": "integer"} and properties["rules"] == {"type": "object", "enabled": False}
        assert run(*given, "--rule", OLD).succeeded() == f"Index {health} already exists (mapping matches)\n"


class TestSeveralBackfills:
    def test_a_block_each(self, run, file):
        bills, states, plain = run("validate", "--config", file).succeeded().split("\n\n")
        assert bills.splitlines()[-2:] == [f"Broken: {LATE}: 1", f"Broken: {OLD}: 1"] and "Verdict: CHECK" in bills
        assert states.splitlines()[-1] == 'Broken: state in ["open","paid"]: 0' and "Broken" not in plain

    def test_compared_with_an_earlier_output_of_all(self, run, file, files, index, tmp_path):
        for form in ([], ["--json"]):
            (tmp_path / "before").write_text(run("validate", *form, "--config", file).succeeded())
            files.add(index, [BILLS[2]])
            result = run("validate", *form, "--config", file, "--compare", "before", "--no-regression")
            assert result.code == 1 and result.stderr.count(f"documents that break {OLD} were ") == 1, result
            if form:
                assert [json.loads(line)["change"].get("rules") for line in result.stdout.splitlines()] == [
                    {LATE: 0, OLD: 1}, {'state in ["open","paid"]': 0}, None]

    def test_the_exit_status_is_of_the_worst(self, run, file):
        assert run("validate", "--config", file, "--exit-code", "bills").code == 1
        assert run("validate", "--config", file, "--exit-code", "plain").code == 0


class TestAFieldThatNoDocumentHas:
    def test_it_is_told_once_and_breaks_nothing(self, validate):
        result = validate("--derived", "paid_at", "--derived", "sent_at", rules=("paid_at > now", "sent_at < paid_at"))
        assert result.code == 0 and result.stdout.decode().endswith(
            "\nBroken: paid_at > now: 0\nBroken: sent_at < paid_at: 0\n")
        told = [line for line in result.stderr.splitlines() if "rule" in line]
        assert len(told) == 1 and "paid_at" in told[0] and "sent_at" in told[0]

    def test_one_that_only_documents_of_others_have(self, files, validate, index):
        files.add(index, [{"category": "offers", "paid_at": "2025-10-10"}])
        result = validate("--derived", "paid_at", rules=("paid_at > now",))
        assert not [line for line in result.stderr.splitlines() if "rule" in line]
        assert result.stdout.decode().endswith("\nBroken: paid_at > now: 0\n")


def test_values_that_only_begin_like_dates(files, validate, index):
    """They break a rule about dates, and do not hold up the program."""
    files.add(index, [{"category": "bills", "dates": [text]} for text in ("2025-10-10T14:22:.5", "2025-10-10T.5", "2025-")])
    assert validate(rules=(OLD,)).succeeded().endswith(f"\nBroken: {OLD}: 4\n")


class TestWrongUsage:
    @pytest.mark.parametrize("rule, column, why", [
        ("dates >", 8, "a field or a value is missing"),
        ("dates => now", 7, "a comparison is missing"),
        ("dates < 2025-13-01", 9, "2025-13-01 is not a date"),
        ("dates < 2025-10-10T14:22:.5", 9, "is not a date"),
        ("dates < now-3x", 9, "now-3x is not a time"),
        ('dates in ["é",1]', 15, "not of the same type"),
        ('dates in ["é","e"', 18, "] is missing"),
        ("1 < 2", 1, "two values are compared"),
        ("dätes é < 1", 7, "a comparison is missing"),
    ])
    def test_the_column_is_named(self, validate, rule, column, why):
        validate(rules=(KEPT, rule)).failed(2, f'rule "{rule}", column {column}: ', why, "--rule")

    def test_a_rule_that_names_none_of_the_fields(self, validate):
        validate(rules=("state == now",)).failed(2, "--rule", "neither the field nor a derived field", "dates", "expires_at")
        validate("--derived=", rules=(KEPT,)).failed(2, KEPT)

    def test_the_same_rule_twice(self, validate):
        validate(rules=(OLD, "dates>=2000-01-01")).failed(2, f"{OLD} is given twice")

    def test_an_empty_rule(self, validate):
        assert validate(rules=("",)).code == 2

    def test_the_variable(self, validate):
        shown = validate(rules=(), env={"BACKFILL_RULE": OLD}).succeeded()
        assert shown.endswith(f"\nBroken: {OLD}: 1\n")
        validate(rules=(), env={"BACKFILL_RULE": "dates <"}).failed(2, "BACKFILL_RULE", "column 8")
        shown = validate(rules=(KEPT,), env={"BACKFILL_RULE": "dates <"}).succeeded()
        assert shown.endswith(f"\nBroken: {KEPT}: 0\n"), "a flag beats the variable"

    def test_beside_a_file_with_backfills(self, run, file):
        run("validate", "--config", file, "--rule", OLD).failed(2, "--rule", "f.yaml")

    def test_a_rule_of_the_file(self, run, files, index):
        entry = {"name": "bills", "index": index, "field": "dates", "rules": ["dates <"]}
        dump(run.home / "f.yaml", {"settings": {"es-url": files.url}, "backfills": [entry]})
        run("validate", "--config", "f.yaml").failed(2, "f.yaml:", 'rule "dates <", column 8')
