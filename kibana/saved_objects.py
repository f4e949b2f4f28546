"""Kibana's saved objects. A change must keep to what old servers know: they refuse newer versions and unknown keys.

HEALTH_INDEX stands in every id and in every title that is seen beside those of another health index, and nowhere else:
import-dashboard puts the name of the health index there, and the name with its monthly indices in place of the pattern.
"""

import json

import lens

# Of Kibana 8.8 and 8.9; newer servers migrate these upwards.
CORE_VERSION = "8.8.0"
VERSIONS = {"index-pattern": "8.0.0", "lens": "8.9.0", "search": "8.0.0", "dashboard": "8.9.0"}
HEALTH_INDEX = "backfill_health_v1"


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def identifier(stem):
    return f"{stem}-{HEALTH_INDEX}"


def saved_object(kind, stem, attributes, references):
    return {"type": kind, "id": identifier(stem), "attributes": attributes, "references": references,
            "coreMigrationVersion": CORE_VERSION, "typeMigrationVersion": VERSIONS[kind]}


def to_data_view(name):
    return {"type": "index-pattern", "id": identifier("backfill-health"), "name": name}


def data_view():
    formats = {"ts": {"id": "date", "params": {"pattern": "MMM D, HH:mm"}}}
    return saved_object("index-pattern", "backfill-health",
                        {"title": f"{HEALTH_INDEX}*", "name": f"Backfill health: {HEALTH_INDEX}", "timeFieldName": "ts",
                         "fieldFormatMap": compact(formats)}, [])


def drawing(stem, title, description, chart):
    layers = chart["state"]["datasourceStates"]["formBased"]["layers"]
    return saved_object("lens", stem, {"title": title, "description": description} | chart,
                        [to_data_view(f"indexpattern-datasource-layer-{layer}") for layer in layers])


def documents(stem, title, description, columns):
    """The documents themselves, newest first. Without rowHeight a row is three lines high."""
    source = "kibanaSavedObjectMeta.searchSourceJSON.index"
    return saved_object(
        "search", stem,
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


def choices(**titles):
    """The controls above the panels: one for each field, of its values."""
    controls = {}
    for order, (field, title) in enumerate(titles.items()):
        name = f"c{order + 1}"
        shown = {"id": name, "fieldName": field, "title": title, "enhancements": {}}
        controls[name] = {"order": order, "width": "medium", "grow": True, "type": "optionsListControl",
                          "explicitInput": shown}
    return controls


def dashboard(stem, title, description, panels, controls):
    """panels: what is shown, and its x, y, width and height on Kibana's grid of 48 columns."""
    placed, references = [], []
    for number, (shown, (x, y, width, height)) in enumerate(panels):
        name = f"p{number}"
        panel = {"panelIndex": name, "gridData": {"x": x, "y": y, "w": width, "h": height, "i": name},
                 "embeddableConfig": {"enhancements": {}}}
        if "attributes" in shown:
            if shown["attributes"].get("visualizationType") == "lnsMetric":
                panel["embeddableConfig"]["hidePanelTitles"] = True  # its number has the title already
            panel |= {"type": shown["type"], "panelRefName": f"panel_{name}"}
            references.append({"name": f"{name}:panel_{name}", "type": shown["type"], "id": shown["id"]})
        else:
            panel["type"] = "visualization"
            panel["embeddableConfig"]["savedVis"] = shown
        placed.append(panel)
    options = {"useMargins": True, "syncColors": False, "syncCursor": True, "syncTooltips": False,
               "hidePanelTitles": False}
    obeyed = {f"ignore{what}": False for what in ("Filters", "Query", "Timerange", "Validations")}
    group = {"controlStyle": "oneLine", "chainingSystem": "HIERARCHICAL", "ignoreParentSettingsJSON": compact(obeyed),
             "panelsJSON": compact(controls)}
    attributes = {"title": f"{title}: {HEALTH_INDEX}", "description": description, "version": 1,
                  "panelsJSON": compact(placed), "optionsJSON": compact(options), "controlGroupInput": group,
                  "timeRestore": True,
                  "timeFrom": "now-7d", "timeTo": "now", "refreshInterval": {"pause": False, "value": 60000},
                  "kibanaSavedObjectMeta": {"searchSourceJSON": compact({"query": lens.EVERY_QUERY, "filter": []})}}
    references += [to_data_view(f"controlGroup_{name}:optionsListDataView") for name in controls]
    return saved_object("dashboard", stem, attributes, references)
