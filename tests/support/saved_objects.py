"""What a Kibana must find in a file of saved objects to draw it. It imports without a complaint what breaks these rules.

The shapes are those that Kibana 8.12 was seen to draw; of strict mappings, a key too many refuses the whole object.
"""

import itertools
import json
from collections.abc import Iterator, Set

from support.dashboard import controls_of, dashboard_of, panels_of

GRID_WIDTH = 48
OBJECT = {"type", "id", "attributes", "references", "coreMigrationVersion", "typeMigrationVersion"}
CORE_VERSION = "8.8.0"
VERSIONS = {"index-pattern": "8.0.0", "lens": "8.9.0", "dashboard": "8.9.0", "search": "8.0.0"}
META = "kibanaSavedObjectMeta"
ATTRIBUTES = {
    "index-pattern": {"title", "name", "timeFieldName"},
    "lens": {"title", "description", "visualizationType", "state"},
    "search": {"title", "description", "columns", "sort", "grid", "hideChart", "rowHeight", "rowsPerPage", META},
    "dashboard": {"title", "description", "version", "panelsJSON", "optionsJSON", "controlGroupInput", "timeRestore",
                  "timeFrom", "timeTo", "refreshInterval", META},
}
STATE = {"visualization", "query", "filters", "internalReferences", "adHocDataViews", "datasourceStates"}
LAYER = {"columnOrder", "incompleteColumns", "sampling", "columns"}
# What each must have, and what it may have besides.
VISUALIZATIONS = {
    "lnsXY": ({"legend", "valueLabels", "fittingFunction", "preferredSeriesType", "layers"}, {"yTitle", "yLeftExtent"}),
    "lnsMetric": ({"layerId", "layerType", "metricAccessor", "subtitle"}, {"breakdownByAccessor", "collapseFn"}),
    "lnsDatatable": ({"layerId", "layerType", "columns", "paging"}, set()),
}
XY_LAYER = ({"layerId", "layerType", "seriesType", "xAccessor", "accessors", "position", "showGridlines"},
            {"splitAccessor"})
COLUMN = {"label", "dataType", "operationType", "isBucketed", "scale"}
OPERATIONS = {
    "date_histogram": ({"sourceField", "params"}, set()),
    "terms": ({"sourceField", "params"}, {"customLabel"}),
    "average": ({"sourceField", "params"}, {"customLabel", "reducedTimeRange"}),
    "last_value": ({"sourceField", "params", "filter"}, {"customLabel"}),
    "formula": ({"references", "params"}, {"customLabel"}),
    "math": ({"references", "params"}, set()),
}
CONTROLS = {"controlStyle", "chainingSystem", "ignoreParentSettingsJSON", "panelsJSON"}
SAVED_VISUALIZATION = {"id", "title", "description", "type", "params", "uiState", "data"}


def has(value: dict, must: Set[str], may: Set[str] = frozenset()) -> None:
    assert must <= set(value) <= must | may, f"lacks {must - set(value)}, has {set(value) - must - may}: {value}"


def every_line_is_a_saved_object_of_a_version_for_all(file: list[dict]) -> None:
    for each in file:
        has(each, OBJECT)
        has(each["attributes"], ATTRIBUTES[each["type"]])
        assert (each["coreMigrationVersion"], each["typeMigrationVersion"]) == (CORE_VERSION, VERSIONS[each["type"]])
    assert len({each["id"] for each in file}) == len(file)
    assert len({each["attributes"]["title"] for each in file}) == len(file)


def references_resolve(file: list[dict]) -> None:
    there = {(each["type"], each["id"]) for each in file}
    for each in file:
        for reference in each["references"]:
            has(reference, {"type", "id", "name"})
            assert (reference["type"], reference["id"]) in there, f"{each['id']}: {reference}"
        assert len(_references(each)) == len(each["references"]), "two references of one name"
    used = {(reference["type"], reference["id"]) for each in file for reference in each["references"]}
    assert there - used == {("dashboard", dashboard_of(file)["id"])}, "an object that nothing shows"


def panels_and_controls_resolve(file: list[dict]) -> None:
    dashboard = dashboard_of(file)
    references = _references(dashboard)
    for panel in panels_of(dashboard):
        name = panel["panelIndex"]
        assert panel["gridData"]["i"] == name
        if "panelRefName" in panel:
            has(panel, {"type", "panelIndex", "panelRefName", "gridData", "embeddableConfig"})
            assert panel["panelRefName"] == f"panel_{name}"
            assert references.pop(f"{name}:panel_{name}")["type"] == panel["type"]
        else:
            _is_markdown(panel)
    has(dashboard["attributes"]["controlGroupInput"], CONTROLS)
    for name, control in controls_of(dashboard).items():
        has(control, {"order", "width", "grow", "type", "explicitInput"})
        has(control["explicitInput"], {"id", "fieldName", "title", "enhancements"})
        assert (control["type"], control["explicitInput"]["id"]) == ("optionsListControl", name)
        assert references.pop(f"controlGroup_{name}:optionsListDataView")["type"] == "index-pattern"
    assert not references, "references that nothing needs"


def _is_markdown(panel: dict) -> None:
    has(panel, {"type", "panelIndex", "gridData", "embeddableConfig"})
    has(panel["embeddableConfig"], {"enhancements", "savedVis"})
    text = panel["embeddableConfig"]["savedVis"]
    assert (panel["type"], text["type"]) == ("visualization", "markdown")
    has(text, SAVED_VISUALIZATION)
    has(text["params"], {"fontSize", "openLinksInNewTab", "markdown"})
    has(text["data"], {"aggs", "searchSource"})


def panels_have_places_of_their_own(file: list[dict]) -> None:
    taken = set()
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
    has(json.loads(shown[META]["searchSourceJSON"]), {"query", "filter"})


def searches_are_complete(file: list[dict]) -> None:
    for each in file:
        if each["type"] == "search":
            source = json.loads(each["attributes"][META]["searchSourceJSON"])
            has(source, {"query", "filter", "indexRefName"})
            assert _references(each)[source["indexRefName"]]["type"] == "index-pattern"


def states_are_complete(file: list[dict]) -> None:
    for lens in _charts(file):
        state, kind = lens["attributes"]["state"], lens["attributes"]["visualizationType"]
        has(state, STATE)
        has(state["visualization"], *VISUALIZATIONS[kind])
        assert set(state["datasourceStates"]) == {"formBased"}
        layers = state["datasourceStates"]["formBased"]["layers"]
        drawn = state["visualization"].get("layers", [state["visualization"]])
        assert [layer["layerId"] for layer in drawn] == list(layers)
        assert {layer["layerType"] for layer in drawn} == {"data"}
        assert set(_references(lens)) == {f"indexpattern-datasource-layer-{layer}" for layer in layers}
        if kind == "lnsXY":
            for layer in drawn:
                has(layer, *XY_LAYER)


def columns_are_complete(file: list[dict]) -> None:
    for lens, layer, _ in _layers(file):
        has(layer, LAYER)
        order, columns = layer["columnOrder"], layer["columns"]
        assert sorted(order) == sorted(columns), f"{lens['id']}: {order}"
        bucketed = [columns[name]["isBucketed"] for name in order]
        assert bucketed == sorted(bucketed, reverse=True), f"{lens['id']}: buckets come first"
        for column in columns.values():
            must, may = OPERATIONS[column["operationType"]]
            has(column, COLUMN | must, may)
            assert column["isBucketed"] == (column["operationType"] in ("date_histogram", "terms"))
            if column["operationType"] == "terms":
                assert column["params"]["orderBy"] == {"type": "alphabetical"}


def formulas_are_complete(file: list[dict]) -> None:
    for lens, layer, _ in _layers(file):
        columns = layer["columns"]
        for name, column in columns.items():
            if column["operationType"] == "formula":
                (result,) = column["references"]
                term = columns[result]["params"]["tinymathAst"]
                assert columns[result]["operationType"] == "math" and isinstance(term, dict), lens["id"]
                assert columns[result]["references"] == term["args"]
                assert result not in term["args"] and set(term["args"]) <= set(columns)
                fields = [columns[part]["sourceField"] for part in term["args"]]
                assert column["params"]["formula"] == "average({}) / average({})".format(*fields)
                assert term["name"] == "divide"
                assert all(part.startswith(f"{name}X") for part in [result, *term["args"]])


def what_is_drawn_is_a_column(file: list[dict]) -> None:
    """And every column is drawn, or part of one that is."""
    for lens, layer, drawn in _layers(file):
        columns = layer["columns"]
        parts = [part for column in columns.values() for part in column.get("references", [])]
        assert sorted([*drawn, *parts]) == sorted(columns), lens["id"]
        for name in drawn:
            column = columns[name]
            assert column.get("customLabel") or column["operationType"] == "date_histogram"


def _charts(file: list[dict]) -> list[dict]:
    return [each for each in file if each["type"] == "lens"]


def _layers(file: list[dict]) -> Iterator[tuple[dict, dict, list[str]]]:
    """Every chart with each of its layers, and the names of the columns that it draws."""
    for lens in _charts(file):
        visualization = lens["attributes"]["state"]["visualization"]
        layers = lens["attributes"]["state"]["datasourceStates"]["formBased"]["layers"]
        for shown in visualization.get("layers", [visualization]):
            accessors = ("xAccessor", "splitAccessor", "metricAccessor", "breakdownByAccessor")
            drawn = [shown[accessor] for accessor in accessors if accessor in shown]
            drawn += shown.get("accessors", []) + [column["columnId"] for column in shown.get("columns", [])]
            yield lens, layers[shown["layerId"]], drawn


def _references(saved: dict) -> dict[str, dict]:
    return {reference["name"]: reference for reference in saved["references"]}


RULES = [
    every_line_is_a_saved_object_of_a_version_for_all,
    references_resolve,
    panels_and_controls_resolve,
    panels_have_places_of_their_own,
    it_shows_something_at_once,
    searches_are_complete,
    states_are_complete,
    columns_are_complete,
    formulas_are_complete,
    what_is_drawn_is_a_column,
]
