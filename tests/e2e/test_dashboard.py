"""Kibana can draw the dashboard, and people can act on it. test_dashboard_numbers.py runs what its panels ask."""

import re
import shutil
import subprocess
import sys

import pytest

from support.dashboard import FILE, FOLDER, dashboard_of, objects, panels_of, parse
from support.emails import MIDWAY
from support.saved_objects import RULES

# Ways to break the import, a panel or the whole dashboard, or to draw what nobody wants to see.
SPOILED = [
    ('"typeMigrationVersion":"8.9.0"', '"typeMigrationVersion":"8.12.0"'),
    ('"type":"index-pattern","id":"backfill-health",', '"type":"index-pattern","id":"other",'),
    ('"visualizationType":', '"unknown":1,"visualizationType":'),
    ('"filters":[],', ""),
    ('"legend":{"isVisible":true,"position":"right"},', ""),
    ('"seriesType":"line",', ""),
    ('"label":"missing",', ""),
    ('"dataType":"number",', ""),
    ('"columnOrder":["hour","missing"],', ""),
    ('"columnOrder":["hour","coverage","coverageX0","coverageX1","coverageX2"]', '"columnOrder":["hour","coverage"]'),
    ('"references":["coverageX2"]', '"references":[]'),
    ('"references":["coverageX2"],', ""),
    ('"references":["coverageX2"]', '"references":["coverageX0","coverageX1"]'),
    ('{"type":"function","name":"divide","args":["coverageX0","coverageX1"]}', '"coverageX0 / coverageX1"'),
    ('"formBased"', '"indexpattern"'),
    ('"accessors":["missing"]', '"accessors":["c-missing"]'),
    ('"breakdownByAccessor":"index"', '"breakdownByAccessor":"ix"'),
    ('"orderBy":{"type":"alphabetical"}', '"orderBy":{"type":"column","columnId":"missing"}'),
    ('indexpattern-datasource-layer-l1', 'indexpattern-datasource-layer-l2'),
    ('"name":"p0:panel_p0"', '"name":"p0"'),
    ('\\"panelRefName\\":\\"panel_p1\\"', '\\"panelRefName\\":\\"panel_p2\\"'),
    (',\\"data\\":{\\"aggs\\":[],\\"searchSource\\":{\\"query\\":{\\"query\\":\\"\\",\\"language\\":\\"kuery\\"},'
     '\\"filter\\":[]}}', ""),
    ('controlGroup_c1:optionsListDataView', 'controlGroup_c2:optionsListDataView'),
    ('\\"x\\":12,\\"y\\":0', '\\"x\\":11,\\"y\\":0'),
    ('\\"x\\":36,\\"y\\":0', '\\"x\\":37,\\"y\\":0'),
    ('"timeRestore":true', '"timeRestore":false'),
    ('\\"indexRefName\\":\\"kibana', '\\"indexRefName\\":\\"'),
    (',"kibanaSavedObjectMeta":{"searchSourceJSON":', ',"meta":{"searchSourceJSON":'),
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


def test_the_health_index_is_named_once():
    """import-dashboard replaces it there."""
    (view,) = [each for each in objects() if each["type"] == "index-pattern"]
    assert (view["attributes"]["title"], view["attributes"]["timeFieldName"]) == ("backfill_health_v1*", "ts")
    assert FILE.read_text().count("backfill_health") == 1


def test_what_the_help_tells_to_run_can_be_run(run, files):
    told = re.findall(r"`backfill-health ([^`]+)`", markdown())
    assert {command.split()[0] for command in told} == {"validate", "emit", "history"}
    environment = {"ES_URL": files.url, "ES_EMAIL_INDEX": files.load(MIDWAY)}
    run("create-index", env=environment).succeeded()
    run("emit", env=environment).succeeded()
    for command in told:
        asks = "--exit-code" in command or "--min-coverage" in command
        result = run(*command.split(), env=environment)
        assert result.code == (1 if asks else 0), result


def test_every_panel_explains_itself():
    shown = [each["attributes"] for each in objects() if each["type"] in ("lens", "search", "dashboard")]
    assert len(shown) == len(panels_of(dashboard_of(objects())))
    assert all(each["title"] and each["description"][-1] in ".?" for each in shown)
