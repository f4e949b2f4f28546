"""What a Kibana must find in the charts of a file of saved objects (Lens): states, layers, columns and formulas."""

from collections.abc import Iterator, Set

from support.kibana.dashboard import layers_of, visualization_of

QUERY = {"query": "", "language": "kuery"}
STATE = {"visualization", "query", "filters", "internalReferences", "adHocDataViews", "datasourceStates"}
LAYER = {"columnOrder", "incompleteColumns", "sampling", "columns"}
# What each must have, and what it may have besides.
VISUALIZATIONS = {
    "lnsXY": ({"legend", "valueLabels", "fittingFunction", "preferredSeriesType", "layers",
               "axisTitlesVisibilitySettings", "yLeftExtent"}, set()),
    "lnsMetric": ({"layerId", "layerType", "metricAccessor", "subtitle"},
                  {"breakdownByAccessor", "collapseFn", "palette"}),
    "lnsDatatable": ({"layerId", "layerType", "columns", "paging"}, set()),
}
XY_LAYERS = {
    "data": ({"layerId", "layerType", "seriesType", "xAccessor", "accessors", "position", "showGridlines"},
             {"splitAccessor"}),
    "referenceLine": ({"layerId", "layerType", "accessors", "yConfig"}, set()),
}
COLUMN = {"label", "dataType", "operationType", "isBucketed", "scale"}
OPERATIONS = {
    "date_histogram": ({"sourceField", "params"}, set()),
    "terms": ({"sourceField", "params"}, {"customLabel"}),
    "average": ({"sourceField", "params"}, {"customLabel"}),
    "max": ({"sourceField", "params"}, {"customLabel"}),
    "last_value": ({"sourceField", "params", "filter"}, {"customLabel"}),
    "overall_sum": ({"references"}, set()),
    "formula": ({"references", "params"}, {"customLabel"}),
    "math": ({"references", "params"}, set()),
    "static_value": ({"references", "params", "isStaticValue"}, {"customLabel"}),
}
BUCKETS = ("date_histogram", "terms")
SIGNS = {"add": "+", "multiply": "*", "divide": "/"}
PALETTE = {"name", "steps", "reverse", "rangeType", "rangeMin", "rangeMax", "progression", "continuity", "stops",
           "colorStops"}
SHORT_LABEL = 8


def has(value: dict, must: Set[str], may: Set[str] = frozenset()) -> None:
    assert must <= set(value) <= must | may, f"lacks {must - set(value)}, has {set(value) - must - may}: {value}"


def references_by_name(saved: dict) -> dict[str, dict]:
    return {reference["name"]: reference for reference in saved["references"]}


def label_of_tile(attributes: dict) -> str:
    visualization = attributes["state"]["visualization"]
    layers = attributes["state"]["datasourceStates"]["formBased"]["layers"]
    return layers[visualization["layerId"]]["columns"][visualization["metricAccessor"]]["label"]


def states_are_complete(file: list[dict]) -> None:
    for lens in _charts(file):
        state, kind = lens["attributes"]["state"], lens["attributes"]["visualizationType"]
        has(state, STATE)
        assert (state["query"], state["filters"], state["internalReferences"]) == (QUERY, [], [])
        has(state["visualization"], *VISUALIZATIONS[kind])
        # One on ES|QL fails on servers before 8.11.
        assert set(state["datasourceStates"]) == {"formBased"}
        layers, drawn = layers_of(lens), _drawn_layers(lens)
        assert [layer["layerId"] for layer in drawn] == list(layers)
        # A line across needs its own reference to the data view, too.
        assert set(references_by_name(lens)) == {f"indexpattern-datasource-layer-{layer}" for layer in layers}
        for layer in drawn:
            if kind == "lnsXY":
                has(layer, *XY_LAYERS[layer["layerType"]])
            else:
                assert layer["layerType"] == "data"


def lines_can_be_read(file: list[dict]) -> None:
    """The legend lies below and is not cut; the title says what an axis would."""
    for lens in _charts(file):
        if lens["attributes"]["visualizationType"] != "lnsXY":
            continue
        shown = visualization_of(lens)
        assert shown["legend"] == {"isVisible": True, "position": "bottom", "shouldTruncate": False,
                                   "showSingleSeries": True}
        assert shown["axisTitlesVisibilitySettings"] == {"x": False, "yLeft": False, "yRight": False}
        extent = shown["yLeftExtent"]
        assert extent in ({"mode": "full"}, {"mode": "dataBounds"},
                          {"mode": "custom", "lowerBound": 0, "upperBound": 1})
        for layer in shown["layers"]:
            if layer["layerType"] == "referenceLine":
                assert [line["forAccessor"] for line in layer["yConfig"]] == layer["accessors"]
                for line in layer["yConfig"]:
                    has(line, {"forAccessor", "axisMode", "color", "lineWidth", "lineStyle", "fill", "textVisibility"})


def lines_are_of_one_index_each(file: list[dict]) -> None:
    """An average of several indices would be of none. Kibana bridges gaps when the hours come before the indices."""
    for lens in _charts(file):
        for layer in _drawn_layers(lens):
            if layer.get("seriesType"):
                order = layers_of(lens)[layer["layerId"]]["columnOrder"]
                assert order[:2] == [layer["splitAccessor"], layer["xAccessor"]], lens["id"]
    for lens, layer, _ in _layers(file):
        operations = {column["operationType"] for column in layer["columns"].values()}
        assert "terms" in operations or operations <= {"max", "static_value"}, lens["id"]


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
            assert column["isBucketed"] == (column["operationType"] in BUCKETS)


def operations_run_on_every_server(file: list[dict]) -> None:
    for lens, layer, _ in _layers(file):
        columns = layer["columns"]
        for column in columns.values():
            match column["operationType"]:
                case "terms":
                    # It cannot rank by top_hits, which last_value asks for.
                    assert column["params"]["orderBy"] == {"type": "alphabetical"}, lens["id"]
                    assert column["params"]["otherBucket"] is column["params"]["missingBucket"] is False
                case "last_value":
                    # Without showArrayValues it asks for top_metrics, which is of x-pack; so it does in a formula.
                    assert column["params"] == {"sortField": "ts", "showArrayValues": True}, lens["id"]
                    assert column["filter"] == {"query": f"{column['sourceField']}: *", "language": "kuery"}
                case "date_histogram":
                    assert column["params"] == {"interval": "1h", "includeEmptyRows": True, "dropPartials": False}
                case "average" | "max":
                    assert column["params"] == {"emptyAsNull": True}, "0 is not what nobody measured"
                case "static_value":
                    has(column["params"], {"value"})
                    assert column["isStaticValue"] and column["references"] == [] and float(column["params"]["value"])
                    assert len(column["label"]) <= SHORT_LABEL
                case "overall_sum":
                    (summed,) = column["references"]
                    assert columns[summed]["operationType"] == "last_value"


def formulas_are_complete(file: list[dict]) -> None:
    for lens, layer, _ in _layers(file):
        columns = layer["columns"]
        for name, column in columns.items():
            if column["operationType"] == "formula":
                has(column["params"], {"formula", "isFormulaBroken", "format"})
                assert column["params"]["isFormulaBroken"] is False
                assert column["params"]["format"] == {"id": "percent", "params": {"decimals": 1}}
                (result,) = column["references"]
                math = columns[result]
                assert math["operationType"] == "math" and isinstance(math["params"]["tinymathAst"], dict), lens["id"]
                used = list(dict.fromkeys(_operands(math["params"]["tinymathAst"])))
                assert math["references"] == used and result not in used
                assert column["params"]["formula"] == _written(math["params"]["tinymathAst"], columns)
                parts = [result, *used, *(part for operand in used for part in columns[operand].get("references", []))]
                assert all(part.startswith(f"{name}X") for part in parts)


def _operands(term: object) -> Iterator[str]:
    if isinstance(term, str):
        yield term
    elif isinstance(term, dict):
        has(term, {"type", "name", "args"})
        assert term["type"] == "function"
        for each in term["args"]:
            yield from _operands(each)
    else:
        assert isinstance(term, (int, float))


def _written(term: object, columns: dict[str, dict], inside: str = "") -> str:
    """The formula as its author would have typed it."""
    if isinstance(term, str):
        column = columns[term]
        of = column.get("sourceField") or _written(column["references"][0], columns)
        return f"{column['operationType']}({of})"
    if not isinstance(term, dict):
        return str(term)
    if term["name"] not in SIGNS:
        (argument,) = term["args"]
        return f"{term['name']}({_written(argument, columns)})"
    text = f" {SIGNS[term['name']]} ".join(_written(each, columns, term["name"]) for each in term["args"])
    return f"({text})" if term["name"] == "add" and inside else text


def what_is_drawn_is_a_column(file: list[dict]) -> None:
    """And every column is drawn, or part of one that is."""
    for lens, layer, drawn in _layers(file):
        columns = layer["columns"]
        parts = [part for column in columns.values() for part in column.get("references", [])]
        assert sorted([*drawn, *parts]) == sorted(columns), lens["id"]
        for name in drawn:
            column = columns[name]
            assert column.get("customLabel") or column["operationType"] == "date_histogram"


def colours_are_complete(file: list[dict]) -> None:
    """A palette has its colours twice: by where each begins, and by where it ends."""
    for lens in _charts(file):
        visualization = visualization_of(lens)
        coloured = [visualization, *visualization.get("columns", [])]
        for palette in (each["palette"] for each in coloured if "palette" in each):
            has(palette, {"type", "name", "params"})
            params = palette["params"]
            has(params, PALETTE)
            assert (palette["name"], params["name"], params["rangeType"]) == ("custom", "custom", "number")
            begins = [each["stop"] for each in params["colorStops"]]
            assert [each["color"] for each in params["stops"]] == [each["color"] for each in params["colorStops"]]
            assert begins[0] is None and params["steps"] == len(begins)
            assert [each["stop"] for each in params["stops"]] == [*begins[1:], begins[-1] + 1]
    for column in (column for lens in _charts(file) for column in visualization_of(lens).get("columns", [])):
        has(column, {"columnId"}, {"colorMode", "palette", "alignment"})
        assert ("palette" in column) == (column.get("colorMode") in ("cell", "text"))


def _charts(file: list[dict]) -> list[dict]:
    return [each for each in file if each["type"] == "lens"]


def _drawn_layers(lens: dict) -> list[dict]:
    return visualization_of(lens).get("layers", [visualization_of(lens)])


def _layers(file: list[dict]) -> Iterator[tuple[dict, dict, list[str]]]:
    """Every chart with each of its layers, and the names of the columns that it draws."""
    for lens in _charts(file):
        for shown in _drawn_layers(lens):
            accessors = ("xAccessor", "splitAccessor", "metricAccessor", "breakdownByAccessor")
            drawn = [shown[accessor] for accessor in accessors if accessor in shown]
            drawn += shown.get("accessors", []) + [column["columnId"] for column in shown.get("columns", [])]
            yield lens, layers_of(lens)[shown["layerId"]], drawn


RULES = [
    states_are_complete,
    lines_can_be_read,
    lines_are_of_one_index_each,
    columns_are_complete,
    operations_run_on_every_server,
    formulas_are_complete,
    what_is_drawn_is_a_column,
    colours_are_complete,
]
