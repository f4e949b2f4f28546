"""Lens' charts, as its editor would save them: Kibana imports a wrong one too, and then draws an error icon."""

LAYER = "l1"
EVERY_QUERY = {"query": "", "language": "kuery"}
MOST_INDICES = 100  # Lens' own 10 would leave the others out of a total without a word


def column(operation, label, data_type="number", scale="ratio", **more):
    return {"label": label, "dataType": data_type, "operationType": operation, "isBucketed": False,
            "scale": scale} | more


def by_hour():
    return column("date_histogram", "ts", "date", "interval", sourceField="ts", isBucketed=True,
                  params={"interval": "1h", "includeEmptyRows": True, "dropPartials": False})


def by_index():
    """Ordered by name, because Elasticsearch refuses to rank by the latest value."""
    return column("terms", "index", "string", "ordinal", customLabel=True, sourceField="index", isBucketed=True,
                  params={"size": MOST_INDICES, "orderBy": {"type": "alphabetical"}, "orderDirection": "asc",
                          "otherBucket": False, "missingBucket": False, "parentFormat": {"id": "terms"}})


def average(field, **more):
    return column("average", field, customLabel=True, sourceField=field, params={"emptyAsNull": True}, **more)


def latest(field):
    """showArrayValues asks for top_hits, which every Elasticsearch has; without it, for a feature of x-pack."""
    return column("last_value", field, customLabel=True, sourceField=field,
                  filter={"query": f"{field}: *", "language": "kuery"},
                  params={"sortField": "ts", "showArrayValues": True})


def averages(*fields):
    return {field: average(field) for field in fields}


def latests(*fields):
    return {field: latest(field) for field in fields}


def share(name, part, whole, **more):
    """The averages' quotient in percent: a formula, and the columns that Lens computes it from."""
    x0, x1, x2 = (f"{name}X{number}" for number in range(3))
    return {
        name: column("formula", name, customLabel=True, references=[x2],
                     params={"formula": f"average({part}) / average({whole})", "isFormulaBroken": False,
                             "format": {"id": "percent", "params": {"decimals": 1}}}),
        x0: average(part, **more),
        x1: average(whole, **more),
        x2: column("math", "math", references=[x0, x1],
                   params={"tinymathAst": {"type": "function", "name": "divide", "args": [x0, x1]}}),
    }


def visible(values):
    hidden = {name for value in values.values() for name in value.get("references", [])}
    return [name for name in values if name not in hidden]


def lines(values, split=False, **options):
    """A line for each value over time, or for each index; options: Lens' own, such as yTitle."""
    layer = {"layerId": LAYER, "layerType": "data", "seriesType": "line", "xAccessor": "hour",
             "accessors": visible(values), "position": "top", "showGridlines": False}
    if split:
        layer["splitAccessor"] = "index"
    return chart("lnsXY", {"legend": {"isVisible": True, "position": "right"}, "valueLabels": "hide",
                           "fittingFunction": "None", "preferredSeriesType": "line", "layers": [layer]} | options,
                 # Lens bridges the gaps of a line when the hours come first.
                 ({"index": by_index()} if split else {}) | {"hour": by_hour()} | values)


def number(values, subtitle, total=False):
    """A big number; total: the sum over the indices, else of several indices one would be shown."""
    (name,) = visible(values)
    visualization = {"layerId": LAYER, "layerType": "data", "metricAccessor": name, "subtitle": subtitle}
    if total:
        visualization |= {"breakdownByAccessor": "index", "collapseFn": "sum"}
    return chart("lnsMetric", visualization, ({"index": by_index()} if total else {}) | values)


def table(values):
    """A row for each index."""
    columns = {"index": by_index()} | values
    visualization = {"layerId": LAYER, "layerType": "data", "columns": [{"columnId": name} for name in columns],
                     "paging": {"enabled": True, "size": 10}}
    return chart("lnsDatatable", visualization, columns)


def chart(kind, visualization, columns):
    """The attributes of a Lens object but for its title; buckets come first in columns."""
    layer = {"columnOrder": list(columns), "incompleteColumns": {}, "sampling": 1, "columns": columns}
    return {"visualizationType": kind,
            "state": {"visualization": visualization, "query": EVERY_QUERY, "filters": [], "internalReferences": [],
                      "adHocDataViews": {}, "datasourceStates": {"formBased": {"layers": {LAYER: layer}}}}}
