"""What prometheus/ gives to operators is valid, its rules fire when they should, and speak of metrics that exist."""

import re
import subprocess

import pytest
import yaml

from support.emails import MIDWAY
from support.program import ROOT
from support.requirements import tool

FOLDER = ROOT / "prometheus"
RULES = FOLDER / "backfill_health.rules.yml"
RULE_TESTS = FOLDER / "backfill_health.rules.test.yml"
CONFIG = FOLDER / "prometheus.yml"

ALERTS = {
    "BackfillMissingDatesHigh": ("> 10", "5m"),
    "BackfillCoverageLow": ("< 0.95", "10m"),
    "BackfillMetricsStale": ("> 300", "5m"),
}


def rules() -> list[dict]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


@pytest.mark.parametrize(
    "arguments",
    [("check", "config", CONFIG), ("check", "rules", RULES), ("test", "rules", RULE_TESTS)],
    ids=["config", "rules", "rules' tests"],
)
def test_promtool_agrees(arguments):
    done = subprocess.run([tool("promtool", "prometheus"), *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "SUCCESS" in done.stdout


def test_the_scrape_configuration():
    config = yaml.safe_load(CONFIG.read_text())
    assert config["rule_files"] == [RULES.name]
    assert config["scrape_configs"] == [{
        "job_name": "applylens-backfill-health",
        "scrape_interval": "30s",
        "static_configs": [{"targets": ["localhost:8003"]}],
        "metrics_path": "/metrics",
    }]


@pytest.mark.parametrize("name", ALERTS)
def test_threshold_and_time_of_an_alert(name):
    (rule,) = [rule for rule in rules() if rule.get("alert") == name]
    threshold, time = ALERTS[name]
    assert rule["expr"].endswith(threshold) and rule["for"] == time


def test_every_rule_has_a_test():
    tests = yaml.safe_load(RULE_TESTS.read_text())["tests"]
    alerts = {case["alertname"] for test in tests for case in test.get("alert_rule_test", []) if case["exp_alerts"]}
    queries = " ".join(case["expr"] for test in tests for case in test.get("promql_expr_test", []))
    for rule in rules():
        assert rule["alert"] in alerts if "alert" in rule else rule["record"] in queries


def test_the_rules_speak_of_metrics_that_are_served(exporter, files):
    serving = exporter("--es-url", files.url, "--index", files.load(MIDWAY))
    assert serving.refresh().status == 200
    served = {name.partition("{")[0] for name in serving.metrics()}
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    used = {name for rule in rules() for name in re.findall(r"\b(?:bills|backfill_health)[\w:]+", rule["expr"])}
    assert used and used <= served | recorded
