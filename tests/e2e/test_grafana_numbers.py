"""What the panels of the Grafana dashboard say: its queries, run by Prometheus on series made for the purpose.

None of the rules is loaded, unless a test says so.
"""

import subprocess

import pytest
import yaml

from support.prometheus import RULES, panels, sent
from support.requirements import tool

ONE = {"job": "backfill", "instance": "a:8003"}
INFO = {'backfill_health_index_info{job="backfill", instance="a:8003", index="emails"}': "1x90"}
NO_DATA = "no data"


def labels(**more: str) -> str:
    return "{" + ", ".join(f'{name}="{value}"' for name, value in (ONE | more).items()) + "}"


def of_one_server(**metrics: str) -> dict[str, str]:
    """A sample every 30 s."""
    return INFO | {f"{name}{labels()}": values for name, values in metrics.items()}


def numbers(missing: str, with_dates: str, with_expires_at: str) -> dict[str, str]:
    return of_one_server(bills_missing_dates=missing, bills_with_dates=with_dates, bills_with_expires_at=with_expires_at)


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
              files: tuple[str, ...] = (), **expressions: float) -> None:
        expected_of = {sent(target(title), instances): samples for title, samples in expected.items()}
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
    series = of_one_server(backfill_health_up="0x90", backfill_health_last_run_timestamp="0x90")
    gives(series, "10m", {"Measuring": {f"backfill_health_up{labels()}": 0}, "Age": {labels(): -1}}
          | {title: {} for title in ("Missing dates", "Done", "Coverage", "Time left", "Bills", "Filled",
                                     "Age of the numbers")})
    assert text("Age", -1) == "never"


def test_a_server_that_is_gone_is_not_one_that_never_succeeded(gives):
    gives({}, "10m", {"Age": {}, "Measuring": {}})


def test_the_age_of_a_measurement(gives):
    gives(of_one_server(backfill_health_last_run_timestamp="0+30x10 300x80"), "10m", {"Age": {labels(): 300}})


def test_a_backfill_that_goes_on(gives):
    gives(numbers("60000-300x60", "20001+300x60", "19001+300x60"), "10m", {
        "Missing dates": {labels(index="emails"): 54_000},
        "Done": {labels(index="emails"): 0.325},  # 26,001 of 80,001
        "Coverage": {labels(index="emails"): 0.961},  # 25,001 of 26,001
        "Time left": {labels(index="emails"): 5400},
        "Bills": {labels(index="emails"): 80_001},
        "Filled": {labels(index="emails"): 10},
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
    same = f"count(({over_time}) == ignoring (index) bills:missing_dates:eta_seconds) or vector(0)"
    recorded = "count(bills:missing_dates:eta_seconds) or vector(0)"
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
    ("0x60", "0x60", "no bills"),
    ("_x18 1000-9x60", "_x18 0+9x60", "too early to say"),
    ("_x20 1000-9x60", "_x20 0+9x60", "too early to say"),
])
def test_why_there_is_no_time_left(gives, missing, with_dates, said):
    words = {"done": 0, "stalled": -1, "not falling": -2, "no bills": -3, "too early to say": -4}
    gives(numbers(missing, with_dates, with_dates), "10m", {"Time left": {labels(index="emails"): words[said]}})
    assert text("Time left", words[said]) == said


def test_done_and_coverage_are_rounded_down(gives):
    gives(numbers("1x60", "9999x60", "9499x60"), "10m", {
        "Done": {labels(index="emails"): 0.999}, "Coverage": {labels(index="emails"): 0.949}})
    gives(numbers("0x60", "1000x60", "950x60"), "10m", {
        "Done": {labels(index="emails"): 1}, "Coverage": {labels(index="emails"): 0.95}})


def test_without_dates_and_without_bills(gives):
    gives(numbers("10x60", "0x60", "0x60"), "10m", {
        "Done": {labels(index="emails"): 0}, "Coverage": {labels(index="emails"): -1}})
    gives(numbers("0x60", "0x60", "0x60"), "10m", {"Done": {labels(index="emails"): -1}})
    assert (text("Coverage", -1), text("Done", -1)) == ("no dates", "no bills")


def test_two_servers_are_not_added_up(gives):
    metrics = {"bills_missing_dates": 10, "bills_with_dates": 90, "bills_with_expires_at": 90,
               "backfill_health_refresh_errors_total": 0}
    series = {f'backfill_health_index_info{{job="backfill", instance="{name}:8003", index="{index}"}}': "1x60"
              for name, index in (("a", "emails"), ("b", "emails"), ("c", "payments"))}
    series |= {f'{metric}{{job="backfill", instance="{name}:8003"}}': f"{value * factor}x60"
               for metric, value in metrics.items() for name, factor in (("a", 1), ("b", 1), ("c", 2))}
    each = {"a": labels(index="emails"), "b": labels(instance="b:8003", index="emails"),
            "c": labels(instance="c:8003", index="payments")}
    gives(series, "10m", {
        "Missing dates": {each["a"]: 10, each["b"]: 10, each["c"]: 20},
        "Bills": {each["a"]: 100, each["b"]: 100, each["c"]: 200},
        "Bills with and without dates": {each["a"]: 10, each["b"]: 10, each["c"]: 20},
        "Done": {each["a"]: 0.9, each["b"]: 0.9, each["c"]: 0.9},
        "Failed measurements": {labels(): 0, labels(instance="b:8003"): 0, labels(instance="c:8003"): 0},
    })
    gives(series, "10m", {"Missing dates": {each["b"]: 10}}, instances="b:8003")
