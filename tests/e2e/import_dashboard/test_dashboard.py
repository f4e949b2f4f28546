"""Kibana can draw the dashboard, and people can act on it. test_dashboard_numbers.py runs what its panels ask."""

import json
import re
import shutil
import subprocess
import sys

import pytest

from support.emails import MIDWAY
from support.kibana.dashboard import FILE, FOLDER, dashboard_of, find, objects, panels_of, parse, visualization_of
from support.kibana.saved_objects import RULES

GREEN, AMBER, RED = "#54b399", "#d6bf57", "#e7664c"

# Ways to break the import, a panel or the whole dashboard, or to draw what nobody wants to see.
SPOILED = [
    ('"typeMigrationVersion":"8.9.0"', '"typeMigrationVersion":"8.12.0"'),
    ('"type":"index-pattern","id":"backfill-health-backfill_health_v1",', '"type":"index-pattern","id":"other",'),
    ('"visualizationType":', '"unknown":1,"visualizationType":'),
    ('"filters":[],', ""),
    ('"legend":{"isVisible":true,"position":"bottom","shouldTruncate":false,"showSingleSeries":true},', ""),
    ('"position":"bottom","shouldTruncate":false', '"position":"right","shouldTruncate":true'),
    ('"xAccessor":"hour","splitAccessor":"index"', '"xAccessor":"hour"'),
    ('"columnOrder":["index","hour","missing"]', '"columnOrder":["hour","index","missing"]'),
    ('"axisTitlesVisibilitySettings":{"x":false', '"axisTitlesVisibilitySettings":{"x":true'),
    ('{"mode":"dataBounds"}', '{"mode":"custom"}'),
    ('"seriesType":"line",', ""),
    ('"label":"missing",', ""),
    ('"dataType":"number",', ""),
    ('"columnOrder":["index","missing"],', ""),
    ('"columnOrder":["index","done","doneX0","doneX1","doneX2","doneX3","doneX4"]', '"columnOrder":["index","done"]'),
    ('"references":["doneX4"]', '"references":[]'),
    ('"references":["doneX4"],', ""),
    ('"references":["doneX4"]', '"references":["doneX1","doneX3"]'),
    ('"references":["coverageX0","coverageX1"],"params":{"tinymathAst":{"type":"function","name":"divide","args":['
     '"coverageX0","coverageX1"]}}', '"references":["coverageX0","coverageX1"],"params":{"tinymathAst":"'
     'coverageX0 / coverageX1"}'),
    ('"references":["coverageX0","coverageX1"]', '"references":["coverageX1","coverageX0"]'),
    ('"formula":"average(with_expires_at) / average(with_dates)"', '"formula":"average(with_dates)"'),
    ('"formBased"', '"textBased"'),
    ('"accessors":["missing"]', '"accessors":["c-missing"]'),
    ('"breakdownByAccessor":"index"', '"breakdownByAccessor":"ix"'),
    ('"collapseFn":"sum"', '"collapse":"sum"'),
    ('"orderBy":{"type":"alphabetical"}', '"orderBy":{"type":"column","columnId":"missing"}'),
    ('"sortField":"ts","showArrayValues":true', '"sortField":"ts"'),
    ('"filter":{"query":"with_dates: *","language":"kuery"},', ""),
    ('"params":{"emptyAsNull":true}', '"params":{}'),
    ('"includeEmptyRows":true', '"includeEmptyRows":false'),
    ('"operationType":"overall_sum","isBucketed":false,"scale":"ratio","references":["doneX0"]',
     '"operationType":"overall_sum","isBucketed":false,"scale":"ratio","references":["doneX1"]'),
    ('"isStaticValue":true,', ""),
    ('"label":"95 %"', '"label":"an alert begins below"'),
    ('"yConfig":[{"forAccessor":"at"', '"yConfig":[{"forAccessor":"coverage"'),
    (',{"type":"index-pattern","id":"backfill-health-backfill_health_v1",'
     '"name":"indexpattern-datasource-layer-ref"}', ""),
    ('indexpattern-datasource-layer-l1', 'indexpattern-datasource-layer-l2'),
    ('"stop":0.95}', '"stop":95}'),
    ('"stops":[{"color":"#54b399","stop":1}', '"stops":[{"color":"#54b399","stop":null}'),
    ('"colorMode":"cell",', ""),
    ('"name":"p0:panel_p0"', '"name":"p0"'),
    ('\\"panelRefName\\":\\"panel_p1\\"', '\\"panelRefName\\":\\"panel_p2\\"'),
    (',\\"hidePanelTitles\\":true', ""),
    ('\\"hidePanelTitles\\":false', '\\"hidePanelTitles\\":true'),
    (',\\"data\\":{\\"aggs\\":[],\\"searchSource\\":{\\"query\\":{\\"query\\":\\"\\",\\"language\\":\\"kuery\\"},'
     '\\"filter\\":[]}}', ""),
    ('controlGroup_c1:optionsListDataView', 'controlGroup_c2:optionsListDataView'),
    ('\\"ignoreTimerange\\":false,', ""),
    ('\\"x\\":12,\\"y\\":0', '\\"x\\":11,\\"y\\":0'),
    ('\\"x\\":36,\\"y\\":0', '\\"x\\":37,\\"y\\":0'),
    ('"timeRestore":true', '"timeRestore":false'),
    ('"rowHeight":0,', ""),
    ('\\"indexRefName\\":\\"kibana', '\\"indexRefName\\":\\"'),
    (',"kibanaSavedObjectMeta":{"searchSourceJSON":', ',"meta":{"searchSourceJSON":'),
    ('"id":"backfill-health-newest-backfill_health_v1"', '"id":"backfill-health-newest"'),
    ('\\"markdown\\":\\"', '\\"markdown\\":\\"backfill_health_v1: '),
    ('"fieldFormatMap":"{', '"fieldFormatMap":"'),
]


def markdown() -> str:
    (text,) = [panel["embeddableConfig"]["savedVis"] for panel in panels_of(dashboard_of(objects()))
               if "savedVis" in panel["embeddableConfig"]]
    return text["params"]["markdown"]


def generate(folder, *arguments, **environment) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-B", folder / "generate.py", *arguments], env=environment,
                          capture_output=True, text=True)


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(FOLDER, tmp_path / "kibana", ignore=shutil.ignore_patterns("__pycache__"))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_kibana_can_draw_it(rule):
    rule(objects())


@pytest.mark.parametrize(("old", "new"), SPOILED)
def test_what_kibana_cannot_draw_breaks_a_rule(old, new):
    good = FILE.read_text()
    assert old in good
    spoiled = parse(good.replace(old, new, 1))
    with pytest.raises((AssertionError, KeyError, ValueError)):
        for rule in RULES:
            rule(spoiled)


def test_the_committed_file_is_current():
    made = generate(FOLDER, "--check")
    assert (made.returncode, made.stderr) == (0, "")


@pytest.mark.parametrize("seed", ["0", "1"])
def test_it_is_the_same_every_time(copy, seed):
    (copy / FILE.name).unlink()
    assert generate(copy, PYTHONHASHSEED=seed, LC_ALL="C").returncode == 0
    assert (copy / FILE.name).read_bytes() == FILE.read_bytes()


def test_a_file_that_is_not_current_is_told(copy):
    description = copy / "generate.py"
    description.write_text(description.read_text().replace("Latest snapshots", "Newest snapshots"))
    made = generate(copy, "--check")
    assert made.returncode == 1 and FILE.name in made.stderr
    assert (copy / FILE.name).read_bytes() == FILE.read_bytes()


def test_it_reads_the_index_pattern_of_the_health_index():
    (view,) = [each for each in objects() if each["type"] == "index-pattern"]
    assert view["attributes"]["title"] == "backfill_health_v1*"
    assert FILE.read_text().count("backfill_health_v1*") == 1


def test_its_title_names_the_health_index():
    assert dashboard_of(objects())["attributes"]["title"] == "Backfill health: backfill_health_v1"


def rows() -> list[list[str]]:
    """The titles of the panels, from the top and from the left; that of a text is its first line."""
    dashboard, titles = dashboard_of(objects()), {each["id"]: each["attributes"]["title"] for each in objects()}
    shown = {reference["name"].partition(":")[0]: titles[reference["id"]] for reference in dashboard["references"]}
    places: dict[int, dict[int, str]] = {}
    for panel in panels_of(dashboard):
        place = panel["gridData"]
        title = shown.get(panel["panelIndex"]) or markdown().partition("\n")[0]
        places.setdefault(place["y"], {})[place["x"]] = title
    return [[title for _, title in sorted(row.items())] for _, row in sorted(places.items())]


def test_what_is_seen_first():
    assert rows() == [
        ["Missing dates", "Done", "Coverage", "Newest snapshot"],
        ["Missing dates by index (hourly average)"],
        ["Done by index (hourly average)", "Coverage by index (hourly average)"],
        ["Newest numbers by index"],
        ["Latest snapshots", "### What it means, and what to do"],
    ]


@pytest.mark.parametrize(
    ("tile", "below", "boundary", "from_there_on"),
    [("missing-now", GREEN, 1, AMBER), ("done-now", AMBER, 1, GREEN), ("coverage-now", RED, 0.95, GREEN)],
)
def test_the_colour_of_a_tile(tile, below, boundary, from_there_on):
    palette = visualization_of(find("lens", f"backfill-health-{tile}"))["palette"]["params"]["colorStops"]
    assert palette == [{"color": below, "stop": None}, {"color": from_there_on, "stop": boundary}]


def test_what_is_an_average_is_called_one():
    for each in objects():
        assert ('"average"' in json.dumps(each)) == ("average" in each["attributes"]["title"])


def test_before_the_first_snapshot_the_help_says_so():
    (said,) = re.findall(r"no snapshot is stored yet.*?\n- ", markdown(), re.DOTALL)
    assert "`backfill-health create-index`" in said and "`backfill-health emit`" in said


def test_what_the_help_tells_to_run_can_be_run(run, files):
    told = re.findall(r"`backfill-health ([^`]+)`", markdown())
    assert {command.split()[0] for command in told} == {"create-index", "validate", "emit", "history"}
    environment = {"ES_URL": files.url, "ES_EMAIL_INDEX": files.load(MIDWAY)}
    for command in told:
        asks = "--exit-code" in command or "--min-coverage" in command
        result = run(*command.split(), env=environment)
        assert result.code == (1 if asks else 0), result


def test_every_panel_explains_itself():
    shown = [each["attributes"] for each in objects() if each["type"] in ("lens", "search", "dashboard")]
    assert len(shown) == len(panels_of(dashboard_of(objects())))
    assert all(each["title"] and each["description"][-1] in ".?" for each in shown)
