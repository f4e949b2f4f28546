"""What the panels of the Grafana dashboard say: its queries, run by Prometheus on series made for the purpose.

None of the rules is loaded, unless a test says so.
"""

import subprocess

import pytest
import yaml

from support.prometheus import RULES, panels, sent
from support.requirements import tool

ONE = {"job": "backfill", "instance": "a:8003"}
OF_BILLS = {"backfill": "bills", "index": "emails", "field": "dates"}
NO_DATA = "no data"


def labels(**more: str) -> str:
    return "{" + ", ".join(f'{name}="{value}"' for name, value in (ONE | more).items()) + "}"


def of_bills(**more: str) -> str:
    return labels(**(OF_BILLS | more))


def numbers(missing: str, present: str, derived: str, **more: str) -> dict[str, str]:
    """A sample every 30 s."""
    return {f"backfill_documents{of_bills(state='missing', **more)}": missing,
            f"backfill_documents{of_bills(state='present', **more)}": present,
            f"backfill_derived_documents{of_bills(**(more | {'field': 'expires_at'}))}": derived}


def target(title: str) -> dict:
    (panel,) = [panel for panel in panels() if panel["title"] == title]
    return panel["targets"][0]


def text(title: str, value: float) -> str:
    """What a tile says for a value that is no number of something."""
    (panel,) = [panel for panel in panels() if panel["title"] == title]
    (mapping,) = panel["fieldConfig"]["defaults"]["mappings"]
    return mapping["options"][str(value)]["text"]


@pytest.fixture
def gives(tmp_path):
    """gives(series, at, {"Age": {labels: value}}): the panel's query gives exactly these."""

    def check(series: dict[str, str], at: str, expected: dict[str, dict[str, float]], instances: str = ".+",
              backfills: str = ".+", files: tuple[str, ...] = (), **expressions: float) -> None:
        expected_of = {sent(target(title), instances, backfills): samples for title, samples in expected.items()}
        expected_of |= {expression: {"{}": value} for expression, value in expressions.items()}
        test = {"interval": "30s",
                "input_series": [{"series": name, "values": values} for name, values in series.items()],
                "promql_expr_test": [{"expr": expression, "eval_time": at,
                                      "exp_samples": [{"labels": name, "value": value}
                                                      for name, value in samples.items()]}
                                     for expression, samples in expected_of.items()]}
        file = tmp_path / "test.yml"
        file.write_text(yaml.safe_dump({"rule_files": list(files), "evaluation_interval": "30s", "tests": [test]}))
        done = subprocess.run([tool("promtool", "prometheus"), "test", "rules", file], capture_output=True, text=True,
                              timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr

    return check


def test_before_the_first_success(gives):
    """Not 56 years, not "no dates", and not done."""
    up = labels(backfill="bills")
    gives({f"backfill_up{up}": "0x90"}, "10m", {"Measuring": {f"backfill_up{up}": 0}, "Age": {up: -1}}
          | {title: {} for title in ("Missing", "Done", "Coverage", "Time left", "Documents", "Filled",
                                     "Age of the numbers")})
    assert text("Age", -1) == "never"


def test_a_server_that_is_gone_is_not_one_that_never_succeeded(gives):
    gives({}, "10m", {"Age": {}, "Measuring": {}})


def test_the_age_of_a_measurement(gives):
    last = labels(backfill="bills")
    gives({f"backfill_last_success_timestamp_seconds{last}": "0+30x10 300x80", f"backfill_up{last}": "0x90"}, "10m",
          {"Age": {last: 300}})


def test_a_backfill_that_goes_on(gives):
    gives(numbers("60000-300x60", "20001+300x60", "19001+300x60"), "10m", {
        "Missing": {of_bills(): 54_000},
        "Done": {of_bills(): 0.325},  # 26,001 of 80,001
        "Coverage": {of_bills(field="expires_at"): 0.961},  # 25,001 of 26,001
        "Time left": {of_bills(): 5400},
        "Documents": {of_bills(): 80_001},
        "Filled": {of_bills(): 10},
    })


@pytest.mark.parametrize("missing, with_dates", [
    ("60000-300x60", "0+300x60"),
    ("60000-2712x20 5760+288x60", "0+3000x20 60000x60"),
    ("60000-300x20 54000x60", "0+300x20 6000x60"),
    ("3000-300x60", "0+300x10 3000x60"),
    ("0+300x60", "60000-300x60"),
    ("500x60", "0x60"),
], ids=["goes on", "new ones arrive", "killed", "done", "removed", "never began"])
@pytest.mark.parametrize("at", ["3m", "5m", "9m", "10m30s", "12m", "13m", "20m"])
def test_the_time_left_is_that_of_the_recording_rule(gives, missing, with_dates, at):
    over_time = sent(target("Time left, over time"))
    same = f"count(({over_time}) == backfill:eta_seconds) or vector(0)"
    recorded = "count(backfill:eta_seconds) or vector(0)"
    drawn = f"count({over_time}) or vector(0)"
    series = numbers(missing, with_dates, with_dates)
    gives(series, at, {}, files=(str(RULES),), **{f"({same}) == bool ({recorded})": 1, f"({same}) == bool ({drawn})": 1})


@pytest.mark.parametrize("missing, with_dates, said", [
    ("0x60", "1243x60", "done"),
    ("150x60", "1243x60", "stalled"),
    ("150+9x60", "1243x60", "stalled"),
    ("150+9x60", "1243-9x60", "stalled"),
    ("150x60", "1243+9x60", "not falling"),
    ("150+1x60", "1243+9x60", "not falling"),
    ("0x60", "0x60", "no documents"),
    ("_x18 1000-9x60", "_x18 0+9x60", "too early to say"),
    ("_x20 1000-9x60", "_x20 0+9x60", "too early to say"),
])
def test_why_there_is_no_time_left(gives, missing, with_dates, said):
    words = {"done": 0, "stalled": -1, "not falling": -2, "no documents": -3, "too early to say": -4}
    gives(numbers(missing, with_dates, with_dates), "10m", {"Time left": {of_bills(): words[said]}})
    assert text("Time left", words[said]) == said


def test_done_and_coverage_are_rounded_down(gives):
    expires_at = of_bills(field="expires_at")
    gives(numbers("1x60", "9999x60", "9499x60"), "10m", {"Done": {of_bills(): 0.999}, "Coverage": {expires_at: 0.949}})
    gives(numbers("0x60", "1000x60", "950x60"), "10m", {"Done": {of_bills(): 1}, "Coverage": {expires_at: 0.95}})


def test_without_the_field_and_without_documents(gives):
    gives(numbers("10x60", "0x60", "0x60"), "10m", {
        "Done": {of_bills(): 0}, "Coverage": {of_bills(field="expires_at"): -1}})
    gives(numbers("0x60", "0x60", "0x60"), "10m", {"Done": {of_bills(): -1}})
    assert (text("Coverage", -1), text("Done", -1)) == ("none has the field", "no documents")


def test_each_derived_field_has_a_coverage_of_its_own(gives):
    series = numbers("0x60", "1000x60", "950x60")
    gives(series | {f"backfill_derived_documents{of_bills(field='paid_at')}": "1000x60"}, "10m", {
        "Coverage": {of_bills(field="expires_at"): 0.95, of_bills(field="paid_at"): 1},
        "Coverage, over time": {of_bills(field="expires_at"): 0.95, of_bills(field="paid_at"): 1}})


def test_each_rule_has_a_line_of_its_own(gives):
    rules = {rule: labels(backfill="bills", index="emails", rule=rule) for rule in ("dates < now", "dates >= created")}
    dates, created = (f"backfill_rule_broken_documents{rule}" for rule in rules.values())
    gives({dates: "0x60", created: "3x60"}, "10m", {"Documents that break a rule": {dates: 0, created: 3}})
    gives({}, "10m", {"Documents that break a rule": {}})


def test_two_servers_and_two_backfills_are_not_added_up(gives):
    each = {"a": {}, "b": {"instance": "b:8003"}, "c": {"backfill": "payments", "index": "payments", "field": "paid"}}
    series = {f'backfill_health_refresh_errors_total{{job="backfill", instance="{name}:8003"}}': "0x60" for name in "ab"}
    for name, factor in (("a", 1), ("b", 1), ("c", 2)):
        series |= numbers(f"{10 * factor}x60", f"{90 * factor}x60", f"{90 * factor}x60", **each[name])
    at = {name: of_bills(**more) for name, more in each.items()}
    gives(series, "10m", {
        "Missing": {at["a"]: 10, at["b"]: 10, at["c"]: 20},
        "Documents": {at["a"]: 100, at["b"]: 100, at["c"]: 200},
        "Documents with and without the field": {at["a"]: 10, at["b"]: 10, at["c"]: 20},
        "Done": {at["a"]: 0.9, at["b"]: 0.9, at["c"]: 0.9},
        "Failed measurements": {labels(): 0, labels(instance="b:8003"): 0},
    })
    gives(series, "10m", {"Missing": {at["b"]: 10}}, instances="b:8003")
    gives(series, "10m", {"Missing": {at["c"]: 20}}, backfills="payments")
