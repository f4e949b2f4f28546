"""The Kibana dashboard that is shipped, taken apart.

Every id ends with the health index; objects are asked for without it.
"""

import json

from support.program import ROOT

FOLDER = ROOT / "kibana"
FILE = FOLDER / "backfill-health-missing.ndjson"
HEALTH_INDEX = "backfill_health_v1"


def parse(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def objects() -> list[dict]:
    return parse(FILE.read_text())


def stem(saved: dict) -> str:
    return saved["id"].removesuffix(f"-{HEALTH_INDEX}")


def find(kind: str, identifier: str) -> dict:
    (found,) = [each for each in objects() if (each["type"], stem(each)) == (kind, identifier)]
    return found


def attributes(kind: str, identifier: str) -> dict:
    return find(kind, identifier)["attributes"]


def layers_of(lens: dict) -> dict[str, dict]:
    return lens["attributes"]["state"]["datasourceStates"]["formBased"]["layers"]


def visualization_of(lens: dict) -> dict:
    return lens["attributes"]["state"]["visualization"]


def dashboard_of(file: list[dict]) -> dict:
    (dashboard,) = [each for each in file if each["type"] == "dashboard"]
    return dashboard


def panels_of(dashboard: dict) -> list[dict]:
    return json.loads(dashboard["attributes"]["panelsJSON"])


def controls_of(dashboard: dict) -> dict[str, dict]:
    return json.loads(dashboard["attributes"]["controlGroupInput"]["panelsJSON"])


def control_fields() -> list[str]:
    return [control["explicitInput"]["fieldName"] for control in controls_of(dashboard_of(objects())).values()]
