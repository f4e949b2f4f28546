"""Kibana's saved objects. A change must keep to what old servers know: they refuse newer versions and unknown keys."""

import json

import lens

# Of Kibana 8.8 and 8.9; newer servers migrate these upwards.
CORE_VERSION = "8.8.0"
VERSIONS = {"index-pattern": "8.0.0", "lens": "8.9.0", "search": "8.0.0", "dashboard": "8.9.0"}
DATA_VIEW = "backfill-health"


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def saved_object(kind, identifier, attributes, references):
    return {"type": kind, "id": identifier, "attributes": attributes, "references": references,
            "coreMigrationVersion": CORE_VERSION, "typeMigrationVersion": VERSIONS[kind]}


def to_data_view(name):
    return {"type": "index-pattern", "id": DATA_VIEW, "name": name}


def data_view(pattern, name):
    return saved_object("index-pattern", DATA_VIEW, {"title": pattern, "name": name, "timeFieldName": "ts"}, [])


def drawing(identifier, title, description, chart):
    return saved_object("lens", identifier, {"title": title, "description": description} | chart,
                        [to_data_view(f"indexpattern-datasource-layer-{lens.LAYER}")])


def documents(identifier, title, description, columns):
    """The documents themselves, newest first. Without rowHeight a row is three lines high."""
    source = "kibanaSavedObjectMeta.searchSourceJSON.index"
    return saved_object(
        "search", identifier,
        {"title": title, "description": description, "columns": columns, "sort": [["ts", "desc"]], "grid": {},
         "hideChart": True, "rowHeight": 0, "rowsPerPage": 10,
         "kibanaSavedObjectMeta": {"searchSourceJSON": compact({"query": lens.EVERY_QUERY, "filter": [],
                                                                "indexRefName": source})}},
        [to_data_view(source)])


def text(markdown):
    """No object of its own: the dashboard holds it."""
    empty = {"aggs": [], "searchSource": {"query": lens.EVERY_QUERY, "filter": []}}
    return {"id": "", "title": "", "description": "", "type": "markdown",
            "params": {"fontSize": 12, "openLinksInNewTab": True, "markdown": markdown}, "uiState": {}, "data": empty}


def choice(field, title):
    """The controls above the panels: one, of the values of a field."""
    shown = {"id": "c1", "fieldName": field, "title": title, "enhancements": {}}
    control = {"order": 0, "width": "medium", "grow": True, "type": "optionsListControl", "explicitInput": shown}
    heeds = {f"ignore{what}": False for what in ("Filters", "Query", "Timerange", "Validations")}
    return {"controlStyle": "oneLine", "chainingSystem": "HIERARCHICAL", "ignoreParentSettingsJSON": compact(heeds),
            "panelsJSON": compact({"c1": control})}


def dashboard(identifier, title, description, panels, control):
    """panels: what is shown, and its x, y, width and height on Kibana's grid of 48 columns."""
    placed, references = [], []
    for number, (shown, (x, y, width, height)) in enumerate(panels):
        name = f"p{number}"
        panel = {"panelIndex": name, "gridData": {"x": x, "y": y, "w": width, "h": height, "i": name},
                 "embeddableConfig": {"enhancements": {}}}
        if "attributes" in shown:
            panel |= {"type": shown["type"], "panelRefName": f"panel_{name}"}
            references.append({"name": f"{name}:panel_{name}", "type": shown["type"], "id": shown["id"]})
        else:
            panel["type"] = "visualization"
            panel["embeddableConfig"]["savedVis"] = shown
        placed.append(panel)
    options = {"useMargins": True, "syncColors": False, "syncCursor": True, "syncTooltips": False,
               "hidePanelTitles": False}
    attributes = {"title": title, "description": description, "version": 1, "panelsJSON": compact(placed),
                  "optionsJSON": compact(options), "controlGroupInput": control, "timeRestore": True,
                  "timeFrom": "now-7d", "timeTo": "now", "refreshInterval": {"pause": False, "value": 60000},
                  "kibanaSavedObjectMeta": {"searchSourceJSON": compact({"query": lens.EVERY_QUERY, "filter": []})}}
    return saved_object("dashboard", identifier, attributes,
                        [*references, to_data_view("controlGroup_c1:optionsListDataView")])
