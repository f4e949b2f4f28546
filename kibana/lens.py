"""Lens charts as its editor would save them: Kibana imports a wrong one too, and then draws an error icon."""

import formula

LAYER = "l1"
REFERENCE_LAYER = "ref"
EVERY_QUERY = {"query": "", "language": "kuery"}
MOST_INDICES = 100  # Lens' own 10 would leave the others out of a total without saying so

# The colours of Kibana's own status palette.
GREEN, AMBER, RED = "#54b399", "#d6bf57", "#e7664c"

# Every snapshot of the default backfill belongs to one of these: lines are drawn, rows listed and totals made by it.
SPLIT = "index"


def column(operation, label, data_type="number", scale="ratio", **more):
    return {"label": label, "dataType": data_type, "operationType": operation, "isBucketed": False,
            "scale": scale} | more


def by_hour():
    return column("date_histogram", "ts", "date", "interval", sourceField="ts", isBucketed=True,
                  params={"interval": "1h", "includeEmptyRows": True, "dropPartials": False})


def by(field):
    """Ordered by name, because Elasticsearch refuses to rank by the latest value."""
    return column("terms", field, "string", "ordinal", customLabel=True, sourceField=field, isBucketed=True,
                  params={"size": MOST_INDICES, "orderBy": {"type": "alphabetical"}, "orderDirection": "asc",
                          "otherBucket": False, "missingBucket": False, "parentFormat": {"id": "terms"}})


def average(field, label):
    return column("average", label, customLabel=True, sourceField=field, params={"emptyAsNull": True})


def last_value(field, label):
    """showArrayValues asks for top_hits, which every Elasticsearch has; without it, for a feature of x-pack."""
    return column("last_value", label, customLabel=True, sourceField=field,
                  filter={"query": f"{field}: *", "language": "kuery"},
                  params={"sortField": "ts", "showArrayValues": True})


def newest(label):
    return {"newest": column("max", label, "date", customLabel=True, sourceField="ts", params={"emptyAsNull": True})}


def overall_sum(operand):
    return column("overall_sum", "overall_sum", references=[operand])


AGGREGATIONS = {"average": average, "last_value": last_value}


def averages(**labels):
    return {field: average(field, label) for field, label in labels.items()}


def latest(**labels):
    return {field: last_value(field, label) for field, label in labels.items()}


def percent(name, label, term):
    """A formula in percent, and the columns that Lens computes it from."""
    parts, operands = {}, {}

    def add(part):
        parts[f"{name}X{len(parts)}"] = part
        return list(parts)[-1]

    for operand in formula.operands(term):
        operation, of = operand
        if operation == "overall_sum":
            aggregation, field = of
            operands[operand] = add(overall_sum(add(AGGREGATIONS[aggregation](field, field))))
        else:
            operands[operand] = add(AGGREGATIONS[operation](of, of))
    result = add(column("math", "math", references=list(operands.values()),
                        params={"tinymathAst": formula.tree(term, operands)}))
    return {name: column("formula", label, customLabel=True, references=[result],
                         params={"formula": formula.text(term), "isFormulaBroken": False,
                                 "format": {"id": "percent", "params": {"decimals": 1}}})} | parts


def visible(values):
    hidden = {name for value in values.values() for name in value.get("references", [])}
    hidden |= {inner for name in hidden for inner in values[name].get("references", [])}
    return [name for name in values if name not in hidden]


def two_colours(low, boundary, high):
    """low below the boundary, high from there on. A stop is where its colour ends."""
    return {"type": "palette", "name": "custom", "params": {
        "name": "custom", "steps": 2, "reverse": False, "rangeType": "number", "rangeMin": None, "rangeMax": None,
        "progression": "fixed", "continuity": "all",
        "stops": [{"color": low, "stop": boundary}, {"color": high, "stop": boundary + 1}],
        "colorStops": [{"color": low, "stop": None}, {"color": high, "stop": boundary}]}}


def lines(values, extent, reference=None, split=SPLIT):
    """A line over time for each index. extent: of the y axis; reference: a value with a line across, and its label."""
    layer = {"layerId": LAYER, "layerType": "data", "seriesType": "line", "xAccessor": "hour", "splitAccessor": split,
             "accessors": visible(values), "position": "top", "showGridlines": False}
    # Lens bridges the gaps of a line when the hours come before the split.
    layers, drawn = {LAYER: {split: by(split), "hour": by_hour()} | values}, [layer]
    if reference:
        value, label = reference
        layers[REFERENCE_LAYER] = {"at": column("static_value", label, customLabel=True, isStaticValue=True,
                                                references=[], params={"value": str(value)})}
        drawn.append({"layerId": REFERENCE_LAYER, "layerType": "referenceLine", "accessors": ["at"],
                      "yConfig": [{"forAccessor": "at", "axisMode": "left", "color": RED, "lineWidth": 1,
                                   "lineStyle": "dashed", "fill": "none", "textVisibility": True}]})
    return chart("lnsXY", {
        "legend": {"isVisible": True, "position": "bottom", "shouldTruncate": False, "showSingleSeries": True},
        "valueLabels": "hide", "fittingFunction": "None", "preferredSeriesType": "line", "layers": drawn,
        "axisTitlesVisibilitySettings": {"x": False, "yLeft": False, "yRight": False}, "yLeftExtent": extent}, layers)


def tile(values, subtitle, palette=None, collapse=None, split=SPLIT):
    """A big number. collapse: what makes one of those of each index; without it the values are of all snapshots."""
    (name,) = visible(values)
    visualization = {"layerId": LAYER, "layerType": "data", "metricAccessor": name, "subtitle": subtitle}
    if palette:
        visualization["palette"] = palette
    if collapse:
        visualization |= {"breakdownByAccessor": split, "collapseFn": collapse}
        values = {split: by(split)} | values
    return chart("lnsMetric", visualization, {LAYER: values})


def table(values, split=SPLIT, **looks):
    """A row for each index. looks: of a column, by its name."""
    columns = {split: by(split)} | values
    visualization = {"layerId": LAYER, "layerType": "data",
                     "columns": [{"columnId": name} | looks.get(name, {}) for name in visible(columns)],
                     "paging": {"enabled": True, "size": 10}}
    return chart("lnsDatatable", visualization, {LAYER: columns})


def chart(kind, visualization, layers):
    """The attributes of a Lens object but for its title. layers: their columns, those of buckets first."""
    states = {name: {"columnOrder": list(columns), "incompleteColumns": {}, "sampling": 1, "columns": columns}
              for name, columns in layers.items()}
    return {"visualizationType": kind,
            "state": {"visualization": visualization, "query": EVERY_QUERY, "filters": [], "internalReferences": [],
                      "adHocDataViews": {}, "datasourceStates": {"formBased": {"layers": states}}}}
