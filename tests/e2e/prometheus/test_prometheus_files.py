"""What prometheus/ gives to operators is valid, its rules fire when they should, and speak of metrics that exist."""

import re
import subprocess

import pytest
import yaml

from support.configuration import dump
from support.emails import MIDWAY
from support.prometheus import FOLDER, RULES, rules
from support.requirements import tool

RULE_TESTS = FOLDER / "backfill_health.rules.test.yml"
CONFIG = FOLDER / "prometheus.yml"
ALERTMANAGER = FOLDER / "alertmanager.yml"

ALERTS = {
    "BackfillMissingDatesHigh": ("> 10", "5m"),
    "BackfillCoverageLow": ("< 0.95", "10m"),
    "BackfillMetricsStale": ("> 300", "5m"),
    "BackfillMissingHigh": ("backfill_max_missing", "5m"),
    "BackfillCoverageBelow": ("backfill_min_coverage", "10m"),
    "BackfillDown": ("== 0", "5m"),
    "BackfillRuleBroken": ("> 0", "5m"),
}


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
    assert config["alerting"] == {"alertmanagers": [{"static_configs": [{"targets": ["localhost:9093"]}]}]}


def amtool(*arguments: object) -> str:
    command = [tool("amtool", "prometheus-alertmanager"), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_amtool_agrees():
    assert "SUCCESS" in amtool("check-config", ALERTMANAGER)


@pytest.mark.parametrize("severity, receiver", [("info", "team"), ("warning", "team"), ("critical", "on-call"), ("", "on-call")])
def test_who_is_told_of_an_alert(severity, receiver):
    route = amtool("config", "routes", "test", f"--config.file={ALERTMANAGER}", f"severity={severity}")
    assert route.strip() == receiver


def test_alerts_that_suppress_others_exist():
    config = yaml.safe_load(ALERTMANAGER.read_text())
    named = {name for rule in config["inhibit_rules"] for matcher in rule["source_matchers"] + rule["target_matchers"]
             for name in re.findall(r'alertname = "(\w+)"', matcher)}
    assert named and named <= {rule.get("alert") for rule in rules()}


@pytest.mark.parametrize("name", ALERTS)
def test_threshold_and_time_of_an_alert(name):
    (rule,) = [rule for rule in rules() if rule.get("alert") == name]
    threshold, time = ALERTS[name]
    assert rule["expr"].endswith(threshold) and rule["for"] == time


@pytest.mark.parametrize("name, windows", [
    ("BackfillStalled", ["[1d]", "[1h]"]), ("BackfillRegressed", ["[1d:1m]"]), ("BackfillFinished", ["[1h]"])])
def test_how_far_an_alert_looks_back(name, windows):
    (rule,) = [rule for rule in rules() if rule.get("alert") == name]
    assert re.findall(r"\[.*?\]", rule["expr"]) == windows


def test_every_rule_has_a_test():
    tests = yaml.safe_load(RULE_TESTS.read_text())["tests"]
    alerts = {case["alertname"] for test in tests for case in test.get("alert_rule_test", []) if case["exp_alerts"]}
    queries = " ".join(case["expr"] for test in tests for case in test.get("promql_expr_test", []))
    for rule in rules():
        assert rule["alert"] in alerts if "alert" in rule else rule["record"] in queries


def test_the_rules_speak_of_metrics_that_are_served(exporter, files, tmp_path):
    bills = {"name": "bills", "index": files.load(MIDWAY), "field": "dates", "derived": ["expires_at"],
             "population": {"category": "bills"}, "max-missing": 0, "min-coverage": 0.9,
             "rules": ["dates < now"]}
    serving = exporter("--es-url", files.url, "--config", dump(tmp_path / "config.yaml", {"backfills": [bills]}))
    assert serving.refresh().status == 200
    served = {name.partition("{")[0] for name in serving.metrics()}
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    used = {name for rule in rules() for name in re.findall(r"\b(?:bills|backfill)[_:][\w:]+", rule["expr"])}
    assert used and used <= served | recorded
