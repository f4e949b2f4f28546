"""A script for a StandIn that answers like a Kibana, and keeps what it imports."""

import email
import json

from support.stand_in import Reply, Request


class FakeKibana:
    def __init__(self, version: str = "8.12.2") -> None:
        self.version = version
        self.objects: dict[tuple[str, str], dict] = {}

    def __call__(self, request: Request) -> Reply:
        if request.path.endswith("/api/status"):
            return Reply(json={"name": "kibana", "version": {"number": self.version},
                               "status": {"overall": {"level": "available"}}})
        assert (request.method, request.path.rpartition("/")[2]) == ("POST", "_import")
        assert request.headers["kbn-xsrf"]
        return self._import(_objects(request), "overwrite" in request.query)

    def _import(self, sent: list[dict], overwrite: bool) -> Reply:
        errors, results = [], []
        for each in sent:
            key = (each["type"], each["id"])
            if key in self.objects and not overwrite:
                errors.append({"type": each["type"], "id": each["id"], "meta": {}, "error": {"type": "conflict"}})
                continue
            self.objects[key] = each
            results.append({"type": each["type"], "id": each["id"], "meta": {}})
        answer = {"successCount": len(results), "success": not errors, "warnings": []}
        return Reply(json=answer | ({"errors": errors} if errors else {}) | ({"successResults": results} if results else {}))


def _objects(request: Request) -> list[dict]:
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    (part,) = email.message_from_bytes(head + request.body).get_payload()
    lines = [json.loads(line) for line in part.get_payload(decode=True).splitlines() if line.strip()]
    return [line for line in lines if "type" in line]
