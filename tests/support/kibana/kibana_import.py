"""A small file of saved objects, and how Kibana 8.12 refuses it."""

import json

from support.kibana.fake_kibana import parts_of
from support.program import ROOT
from support.stand_in import Reply, Request

DASHBOARD_FILE = ROOT / "kibana/backfill-health-missing.ndjson"

OBJECTS = [
    {"type": "index-pattern", "id": "view-1", "attributes": {"title": "health*", "timeFieldName": "ts"}, "references": []},
    {"type": "lens", "id": "line-1", "attributes": {"title": "Missing over time"}, "references": []},
    {"type": "dashboard", "id": "dash-1", "attributes": {"title": "Backfill at a glance"}, "references": []},
]


def ndjson(objects: list[dict]) -> str:
    return "".join(json.dumps(each) + "\n" for each in objects)


def the_file(request: Request) -> bytes:
    return parts_of(request)["file"]


NOT_READY = Reply(503, "Kibana server is not ready yet", {"Content-Type": "text/plain"})


def refusing(*errors: dict) -> Reply:
    return Reply(json={"successCount": len(OBJECTS) - len(errors), "success": False, "warnings": [],
                       "errors": list(errors)})


def failure(number: int, **error: object) -> dict:
    failed = OBJECTS[number]
    title = failed["attributes"]["title"]
    return {"id": failed["id"], "type": failed["type"], "title": title, "meta": {"title": title, "icon": ""},
            "managed": False, "error": error}
