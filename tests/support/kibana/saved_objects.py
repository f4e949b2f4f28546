"""What a Kibana must find in a file of saved objects to draw it. It imports what breaks these rules, too.

The shapes are those that Kibana 8.12 was seen to draw; of strict mappings, a key too many refuses the whole object.
The rules for the charts themselves are in charts.py.
"""

import itertools
import json

from support.kibana import charts
from support.kibana.charts import has, references_by_name
from support.kibana.dashboard import HEALTH_INDEX, controls_of, dashboard_of, panels_of

GRID_WIDTH = 48
OBJECT = {"type", "id", "attributes", "references", "coreMigrationVersion", "typeMigrationVersion"}
CORE_VERSION = "8.8.0"
VERSIONS = {"index-pattern": "8.0.0", "lens": "8.9.0", "dashboard": "8.9.0", "search": "8.0.0"}
META = "kibanaSavedObjectMeta"
ATTRIBUTES = {
    "index-pattern": {"title", "name", "timeFieldName", "fieldFormatMap"},
    "lens": {"title", "description", "visualizationType", "state"},
    "search": {"title", "description", "columns", "sort", "grid", "hideChart", "rowHeight", "rowsPerPage", META},
    "dashboard": {"title", "description", "version", "panelsJSON", "optionsJSON", "controlGroupInput", "timeRestore",
                  "timeFrom", "timeTo", "refreshInterval", META},
}
NAMING = {("index-pattern", "title"), ("index-pattern", "name"), ("dashboard", "title")}
QUERY = {"query": "", "language": "kuery"}
OPTIONS = {"useMargins", "syncColors", "syncCursor", "syncTooltips", "hidePanelTitles"}
CONTROL_GROUP = {"controlStyle", "chainingSystem", "ignoreParentSettingsJSON", "panelsJSON"}
IGNORED = {f"ignore{what}": False for what in ("Filters", "Query", "Timerange", "Validations")}
SAVED_VISUALIZATION = {"id", "title", "description", "type", "params", "uiState", "data"}


def every_line_is_a_saved_object_of_a_version_for_all(file: list[dict]) -> None:
    for each in file:
        has(each, OBJECT)
        has(each["attributes"], ATTRIBUTES[each["type"]])
        assert (each["coreMigrationVersion"], each["typeMigrationVersion"]) == (CORE_VERSION, VERSIONS[each["type"]])
    assert len({each["id"] for each in file}) == len(file)
    assert len({each["attributes"]["title"] for each in file}) == len(file)


def the_health_index_is_named_where_it_can_be_exchanged(file: list[dict]) -> None:
    """In every id and title that stands beside those of another health index, and in no JSON within JSON."""
    for each in file:
        assert each["id"].endswith(f"-{HEALTH_INDEX}")
        for name, value in each["attributes"].items():
            named = HEALTH_INDEX in json.dumps(value)
            assert named == ((each["type"], name) in NAMING), f"{each['id']}: {name}"


def the_data_view_shows_times(file: list[dict]) -> None:
    (view,) = [each["attributes"] for each in file if each["type"] == "index-pattern"]
    assert view["timeFieldName"] == "ts"
    (time,) = json.loads(view["fieldFormatMap"]).items()
    assert time[0] == "ts" and time[1]["id"] == "date" and "HH:mm" in time[1]["params"]["pattern"]


def references_resolve(file: list[dict]) -> None:
    there = {(each["type"], each["id"]) for each in file}
    for each in file:
        for reference in each["references"]:
            has(reference, {"type", "id", "name"})
            assert (reference["type"], reference["id"]) in there, f"{each['id']}: {reference}"
        assert len(references_by_name(each)) == len(each["references"]), "two references of one name"
    used = {(reference["type"], reference["id"]) for each in file for reference in each["references"]}
    assert there - used == {("dashboard", dashboard_of(file)["id"])}, "an object that nothing shows"


def panels_and_controls_resolve(file: list[dict]) -> None:
    dashboard = dashboard_of(file)
    references = references_by_name(dashboard)
    for panel in panels_of(dashboard):
        name = panel["panelIndex"]
        assert panel["gridData"]["i"] == name
        if "panelRefName" in panel:
            has(panel, {"type", "panelIndex", "panelRefName", "gridData", "embeddableConfig"})
            has(panel["embeddableConfig"], {"enhancements"}, {"hidePanelTitles"})
            assert panel["panelRefName"] == f"panel_{name}"
            assert references.pop(f"{name}:panel_{name}")["type"] == panel["type"]
        else:
            _is_markdown(panel)
    _are_controls(dashboard, references)
    assert not references, "references that nothing needs"


def _are_controls(dashboard: dict, references: dict[str, dict]) -> None:
    group = dashboard["attributes"]["controlGroupInput"]
    has(group, CONTROL_GROUP)
    assert (group["controlStyle"], group["chainingSystem"]) == ("oneLine", "HIERARCHICAL")
    assert json.loads(group["ignoreParentSettingsJSON"]) == IGNORED
    for order, (name, control) in enumerate(controls_of(dashboard).items()):
        has(control, {"order", "width", "grow", "type", "explicitInput"})
        has(control["explicitInput"], {"id", "fieldName", "title", "enhancements"})
        assert (control["order"], control["type"]) == (order, "optionsListControl")
        assert control["explicitInput"]["id"] == name
        assert references.pop(f"controlGroup_{name}:optionsListDataView")["type"] == "index-pattern"


def _is_markdown(panel: dict) -> None:
    has(panel, {"type", "panelIndex", "gridData", "embeddableConfig"})
    has(panel["embeddableConfig"], {"enhancements", "savedVis"})
    text = panel["embeddableConfig"]["savedVis"]
    assert (panel["type"], text["type"]) == ("visualization", "markdown")
    has(text, SAVED_VISUALIZATION)
    has(text["params"], {"fontSize", "openLinksInNewTab", "markdown"})
    has(text["data"], {"aggs", "searchSource"})
    assert text["data"]["searchSource"] == {"query": QUERY, "filter": []}


def every_title_is_shown_once(file: list[dict]) -> None:
    """A tile has its title at its number, every other panel above it."""
    dashboard = dashboard_of(file)
    assert json.loads(dashboard["attributes"]["optionsJSON"])["hidePanelTitles"] is False
    shown = {(each["type"], each["id"]): each["attributes"] for each in file}
    references = references_by_name(dashboard)
    for panel in panels_of(dashboard):
        if "panelRefName" in panel:
            reference = references[f"{panel['panelIndex']}:{panel['panelRefName']}"]
            attributes = shown[reference["type"], reference["id"]]
            is_tile = attributes.get("visualizationType") == "lnsMetric"
            assert panel["embeddableConfig"].get("hidePanelTitles", False) == is_tile, attributes["title"]
            if is_tile:
                assert charts.label_of_tile(attributes) == attributes["title"]


def panels_have_places_of_their_own(file: list[dict]) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels_of(dashboard_of(file)):
        place = panel["gridData"]
        has(place, {"x", "y", "w", "h", "i"})
        cells = set(itertools.product(range(place["x"], place["x"] + place["w"]),
                                      range(place["y"], place["y"] + place["h"])))
        assert cells and min(map(min, cells)) >= 0 and max(x for x, _ in cells) < GRID_WIDTH, place
        assert not cells & taken, f"{place} lies upon another"
        taken |= cells
    assert len(taken) == GRID_WIDTH * (1 + max(y for _, y in taken)), "a hole between the panels"


def it_shows_something_at_once(file: list[dict]) -> None:
    shown = dashboard_of(file)["attributes"]
    assert (shown["timeRestore"], shown["timeFrom"], shown["timeTo"]) == (True, "now-7d", "now")
    assert shown["refreshInterval"] == {"pause": False, "value": 60000}
    has(json.loads(shown["optionsJSON"]), OPTIONS)
    assert json.loads(shown[META]["searchSourceJSON"]) == {"query": QUERY, "filter": []}


def searches_are_complete(file: list[dict]) -> None:
    for each in file:
        if each["type"] == "search":
            attributes = each["attributes"]
            assert (attributes["hideChart"], attributes["rowHeight"], attributes["sort"]) == (True, 0, [["ts", "desc"]])
            source = json.loads(attributes[META]["searchSourceJSON"])
            has(source, {"query", "filter", "indexRefName"})
            assert (source["query"], source["filter"]) == (QUERY, [])
            assert references_by_name(each)[source["indexRefName"]]["type"] == "index-pattern"


RULES = [
    every_line_is_a_saved_object_of_a_version_for_all,
    the_health_index_is_named_where_it_can_be_exchanged,
    the_data_view_shows_times,
    references_resolve,
    panels_and_controls_resolve,
    every_title_is_shown_once,
    panels_have_places_of_their_own,
    it_shows_something_at_once,
    searches_are_complete,
    *charts.RULES,
]
