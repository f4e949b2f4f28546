"""A Kibana that imports what it is sent, as version 8.12 does, or says why it does not."""

import email
import json

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


def the_file(request: Request) -> tuple[str, bytes]:
    """Name and content of the part `file` of a multipart form."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    form = email.message_from_bytes(head + request.body)
    assert form.get_content_type() == "multipart/form-data"
    (part,) = form.get_payload()
    assert part.get_content_disposition() == "form-data"
    assert part.get_param("name", header="Content-Disposition") == "file"
    return part.get_filename(), part.get_payload(decode=True)


STATUS = {"name": "kibana", "version": {"number": "8.12.2"}, "status": {"overall": {"level": "available"}}}
NOT_READY = Reply(503, "Kibana server is not ready yet", {"Content-Type": "text/plain"})


def kibana(request: Request) -> Reply:
    """Imports everything."""
    if request.path.endswith("/api/status"):
        return Reply(json=STATUS)
    assert request.method == "POST"
    _, content = the_file(request)
    objects = [json.loads(line) for line in content.splitlines() if line.strip()]
    objects = [each for each in objects if "type" in each]
    results = [{"type": each["type"], "id": each["id"], "meta": {"title": each["attributes"].get("title"), "icon": ""},
                "managed": False, "overwrite": True} for each in objects]
    return Reply(json={"successCount": len(objects), "success": True, "warnings": [], "successResults": results})


def refusing(*errors: dict) -> Reply:
    return Reply(json={"successCount": len(OBJECTS) - len(errors), "success": False, "warnings": [],
                       "errors": list(errors)})


def failure(number: int, **error: object) -> dict:
    failed = OBJECTS[number]
    title = failed["attributes"]["title"]
    return {"id": failed["id"], "type": failed["type"], "title": title, "meta": {"title": title, "icon": ""},
            "managed": False, "error": error}
