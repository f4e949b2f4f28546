"""Grafana can draw the dashboard in prometheus/grafana, and people can read it.

test_grafana_numbers.py has what its queries give, and test_monitoring.py runs them on a real backfill.
"""

import itertools
import json
import pathlib
import re
import shutil
import subprocess

import pytest

from support.prometheus import DASHBOARD, exchange, panels, rules
from support.requirements import MISSING

GRID_WIDTH = 24
PACKAGES = ["@grafana/schema@13.2.3", "typescript@5.9.3"]

# Grafana publishes TypeScript's types, which have enums where a file has text or numbers, and no options left out.
PANEL_TYPES = "@grafana/schema/dist/esm/raw/composable"
TYPES = f"""
import type * as grafana from "@grafana/schema";
import type * as stat from "{PANEL_TYPES}/stat/panelcfg/x/StatPanelCfg_types.gen";
import type * as series from "{PANEL_TYPES}/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen";
""" + """

type Json<T> =
    T extends string ? `${T}` :
    T extends number ? (`${T}` extends `${infer N extends number}` ? N : never) :
    T extends object ? {[K in keyof T]: Json<T[K]>} :
    T;
type Some<T> = T extends object ? {[K in keyof T]?: Some<T[K]>} : T;

type Query = Omit<grafana.DataQuery, "datasource"> &
    {expr: string, legendFormat?: string, instant?: boolean, interval?: string};
type FieldConfig<Custom> = Omit<Json<grafana.FieldConfigSource>, "defaults"> &
    {defaults: Omit<Json<grafana.FieldConfig>, "custom"> & {custom?: Some<Json<Custom>>}};
type Panel<Type, Options, Custom> = Omit<Json<grafana.Panel>, "type" | "options" | "targets" | "fieldConfig"> &
    {type: Type, options: Some<Json<Options>>, targets: Query[], fieldConfig: FieldConfig<Custom>};
type Input = {name: string, label: string, description: string, type: "datasource", pluginId: string,
    pluginName: string};
type Dashboard = Omit<Json<grafana.Dashboard>, "panels"> &
    {__inputs: Input[], panels: (Panel<"stat", stat.Options, {}> | Panel<"timeseries", series.Options, series.FieldConfig>)[]};

export const dashboard: Dashboard = """
SPOILED = [
    ('"graphTooltip": 1', '"graphTooltip": 7'),
    ('"colorMode": "background"', '"colorMode": "red"'),
    ('"drawStyle": "bars"', '"drawStile": "bars"'),
    ('"title": "Measuring"', '"name": "Measuring"'),
    ('"schemaVersion": 39,', ""),
]


@pytest.mark.parametrize("panel", panels(), ids=lambda panel: panel["title"])
def test_a_panel_explains_itself(panel):
    assert panel["description"].endswith(".")
    field = panel["fieldConfig"]["defaults"]
    assert field["unit"]
    base, *steps = [step["value"] for step in field["thresholds"]["steps"]]
    assert base is None and steps == sorted(set(steps))
    assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
    assert all(target["legendFormat"] and "datasource" not in target for target in panel["targets"])
    if panel["type"] == "stat":
        # Nothing measured is not the same as none, never or done: those are values with a text of their own.
        assert field["noValue"] == "no data"


@pytest.mark.parametrize("panel", panels(), ids=lambda panel: panel["title"])
def test_a_panel_tells_servers_and_backfills_apart(panel):
    """Their numbers are never added up, and each can be looked at alone."""
    for target in panel["targets"]:
        series = re.findall(r"\b(backfill_\w+)({[^}]*})?", target["expr"])
        assert series
        for name, labels in series:
            of_server = name.startswith("backfill_health")
            assert labels.startswith('{instance=~"$instance"' if of_server
                                     else '{instance=~"$instance", backfill=~"$backfill"'), target["expr"]
            assert "{{instance}}" in target["legendFormat"]
            assert ("{{backfill}}" in target["legendFormat"]) is not of_server
            # Two servers of the default backfill may differ in the index alone.
            assert ("{{index}}" in target["legendFormat"]) == ("documents{" in target["expr"])
            # Of several derived fields each is told apart, too.
            assert ("{{field}}" in target["legendFormat"]) == ("backfill_derived_documents" in target["expr"])


@pytest.mark.parametrize("panel", panels(), ids=lambda panel: panel["title"])
def test_a_panel_needs_no_recording_rule(panel):
    """Without it, a stalled backfill, one that is done and rules that are not loaded would look alike."""
    assert not any(rule["record"] in target["expr"] for target in panel["targets"] for rule in rules()
                   if "record" in rule)


def test_panels_do_not_get_in_each_others_way():
    assert len({panel["id"] for panel in panels()}) == len({panel["title"] for panel in panels()}) == len(panels())
    taken = set()
    for panel in panels():
        place = panel["gridPos"]
        cells = set(itertools.product(range(place["x"], place["x"] + place["w"]),
                                      range(place["y"], place["y"] + place["h"])))
        assert max(x for x, _ in cells) < GRID_WIDTH and not cells & taken, panel["title"]
        taken |= cells


def test_the_import_asks_for_the_data_source():
    """And it can be exchanged afterwards."""
    dashboard = json.loads(DASHBOARD.read_text())
    (asked,) = dashboard["__inputs"]
    assert (asked["type"], asked["pluginId"]) == ("datasource", "prometheus")
    variable, *_ = dashboard["templating"]["list"]
    assert (variable["name"], variable["type"], variable["query"]) == ("datasource", "datasource", "prometheus")
    assert variable["current"]["value"] == f"${{{asked['name']}}}"
    assert dashboard["time"] == {"from": "now-6h", "to": "now"} and dashboard["refresh"] == "30s"
    assert "id" not in dashboard, "Grafana gives it when it imports the file"


@pytest.mark.parametrize("name, values", [
    # They are there before the first success, too.
    ("instance", "label_values(backfill_health_up, instance)"),
    ("backfill", 'label_values(backfill_up{instance=~"$instance"}, backfill)'),
])
def test_servers_and_backfills_can_be_chosen(name, values):
    (variable,) = [variable for variable in json.loads(DASHBOARD.read_text())["templating"]["list"]
                   if variable["name"] == name]
    assert (variable["type"], variable["multi"], variable["includeAll"]) == ("query", True, True)
    assert variable["query"]["query"] == values
    assert variable["current"]["value"] == ["$__all"] and variable["allValue"] == ".+"


@pytest.mark.parametrize("title, alert, red", [
    ("Coverage", "< 0.95", 0.95),
    ("Coverage, over time", "< 0.95", 0.95),
    ("Age", "> 300", 300),
    ("Age of the numbers", "> 300", 300),
])
def test_red_begins_where_an_alert_does(title, alert, red):
    assert any(rule.get("expr", "").endswith(alert) for rule in rules())
    (panel,) = [panel for panel in panels() if panel["title"] == title]
    assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"][-1]["value"] == red


@pytest.mark.timeout(660)
def test_grafana_knows_every_word(tmp_path):
    """By the types that it publishes. They know a spoiled dashboard, too."""
    text = DASHBOARD.read_text()
    spoiled = {f"spoiled{number}.ts": exchange(text, *change) for number, change in enumerate(SPOILED)}
    assert refused(tmp_path, {"dashboard.ts": text, **spoiled}) == set(spoiled)


def refused(folder: pathlib.Path, dashboards: dict[str, str]) -> set[str]:
    """Those that the compiler finds errors in."""
    if not shutil.which("npm"):
        # Not among the packages that the tests install: Debian's brings 350 others, and takes minutes.
        pytest.skip(f"{MISSING}there is no npm, which has the types of Grafana dashboards")
    install = run(folder, "npm", "install", "--prefix", ".", "--no-audit", "--no-fund", "--prefer-offline",
                  "--ignore-scripts", *PACKAGES)
    if install.returncode != 0:
        pytest.skip(f"{MISSING}npm cannot install {' and '.join(PACKAGES)}: {' '.join(install.stderr.split())[-200:]}")
    for name, text in dashboards.items():
        (folder / name).write_text(TYPES + text)
    compiled = run(folder, "node_modules/.bin/tsc", "--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext",
                   *dashboards)
    shutil.rmtree(folder / "node_modules")
    print(compiled.stdout)
    return {line.partition("(")[0] for line in compiled.stdout.splitlines() if not line.startswith(" ")}


def run(folder: pathlib.Path, *command: str) -> subprocess.CompletedProcess:
    return subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
