#!/usr/bin/env python3
"""Writes backfill-health-missing.ndjson: saved objects of Kibana, whose inner JSON nobody should edit by hand.

The versions are those of Kibana 8.8 and 8.9: newer servers migrate them upwards, older ones refuse them.
Run it after a change, and commit both files; --check only says whether the file is current.
"""
import json
import pathlib
import sys

TARGET = pathlib.Path(__file__).with_name("backfill-health-missing.ndjson")
DATA_VIEW = "backfill-health-v1"
LAYER = "l1"


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def saved_object(kind, version, identifier, attributes, references):
    return {"type": kind, "id": identifier, "attributes": attributes, "references": references,
            "coreMigrationVersion": "8.8.0", "typeMigrationVersion": version}


def date_histogram():
    return {"label": "ts", "dataType": "date", "operationType": "date_histogram", "sourceField": "ts",
            "isBucketed": True, "scale": "interval",
            "params": {"interval": "1h", "includeEmptyRows": True, "dropPartials": False}}


def average(field):
    return {"label": f"Average of {field}", "dataType": "number", "operationType": "average", "sourceField": field,
            "isBucketed": False, "scale": "ratio", "params": {"emptyAsNull": True}}


def line_chart(identifier, title, field):
    columns = {"c-date": date_histogram(), "c-avg": average(field)}
    visualization = {"legend": {"isVisible": True, "position": "right"}, "valueLabels": "hide",
                     "fittingFunction": "None", "preferredSeriesType": "line",
                     "layers": [{"layerId": LAYER, "layerType": "data", "seriesType": "line", "xAccessor": "c-date",
                                 "accessors": ["c-avg"], "position": "top", "showGridlines": False}]}
    layer = {"columnOrder": list(columns), "incompleteColumns": {}, "sampling": 1, "columns": columns}
    state = {"visualization": visualization, "query": {"query": "", "language": "kuery"}, "filters": [],
             "internalReferences": [], "adHocDataViews": {},
             "datasourceStates": {"formBased": {"layers": {LAYER: layer}}}}
    return saved_object("lens", "8.9.0", identifier,
                        {"title": title, "description": "", "visualizationType": "lnsXY", "state": state},
                        [{"type": "index-pattern", "id": DATA_VIEW, "name": f"indexpattern-datasource-layer-{LAYER}"}])


def dashboard(identifier, title, panels):
    """panels: (lens object, x, y, width, height) on Kibana's grid of 48 columns."""
    placed, references = [], []
    for number, (lens, x, y, width, height) in enumerate(panels):
        panel = f"p{number}"
        placed.append({"type": "lens", "panelIndex": panel, "panelRefName": f"panel_{panel}",
                       "gridData": {"x": x, "y": y, "w": width, "h": height, "i": panel},
                       "embeddableConfig": {"enhancements": {}}})
        references.append({"name": f"{panel}:panel_{panel}", "type": "lens", "id": lens["id"]})
    options = {"useMargins": True, "syncColors": False, "syncCursor": True, "syncTooltips": False,
               "hidePanelTitles": False}
    attributes = {"title": title, "description": "Is the backfill done, and is it right?", "version": 1,
                  "panelsJSON": compact(placed), "optionsJSON": compact(options), "timeRestore": True,
                  "timeFrom": "now-7d", "timeTo": "now", "refreshInterval": {"pause": False, "value": 60000},
                  "kibanaSavedObjectMeta": {"searchSourceJSON": compact({"query": {"query": "", "language": "kuery"},
                                                                         "filter": []})}}
    return saved_object("dashboard", "8.9.0", identifier, attributes, references)


def saved_objects():
    data_view = saved_object("index-pattern", "8.0.0", DATA_VIEW,
                             {"title": "backfill_health_v1*", "name": "Backfill health", "timeFieldName": "ts"}, [])
    missing = line_chart("backfill-health-missing-line", "Missing dates (hourly average)", "missing")
    return [data_view, missing,
            dashboard("backfill-health-missing", "Backfill health: missing dates", [(missing, 0, 0, 48, 16)])]


def main():
    text = "".join(compact(one) + "\n" for one in saved_objects())
    if "--check" in sys.argv[1:]:
        if TARGET.read_text(encoding="utf-8") != text:
            sys.exit(f"{TARGET.name} is not what {pathlib.Path(__file__).name} writes: run it and commit the result")
        return
    TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
