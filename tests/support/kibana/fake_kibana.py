"""A script for a StandIn that answers like a Kibana: a model of spaces and of the saved objects in them.

As of 8.0, ids are unique over all spaces. What is imported into a space whose id another space has already gets an id
of its own, and remembers its origin: by that the next import of the same file meets it. As long as one object of a file
conflicts (or lacks what it refers to), nothing is created, though the answer counts what would be.
"""

import email
import json
import urllib.parse
import uuid
from dataclasses import dataclass, field

from support.stand_in import Reply, Request

Key = tuple[str, str]  # type and id

RESOLVABLE = {"conflict", "ambiguous_conflict", "missing_references"}
MUST_EXIST = {"index-pattern", "search"}  # of what is referred to


@dataclass
class Plan:
    """What would become of an object of a file."""

    id: str
    origin: str | None = None
    overwrites: bool = False


@dataclass
class Retry:
    overwrite: bool = False
    destination: str | None = None
    copy: bool = False
    references: dict[Key, str] = field(default_factory=dict)


class FakeKibana:
    def __init__(self, version: str = "8.12.2", spaces: tuple[str, ...] = ()) -> None:
        self.version = version
        self.spaces = {"default", *spaces}
        self.objects: dict[Key, dict] = {}  # each with its `namespaces`, and its `originId` if it has one

    def __call__(self, request: Request) -> Reply:
        parts = [urllib.parse.unquote(part) for part in request.path.split("/api/", 1)[1].split("/")]
        prefix = request.path.split("/api/", 1)[0].rpartition("/s/")
        space = urllib.parse.unquote(prefix[2]) if prefix[1] else "default"
        match request.method, parts:
            case "GET", ["status"]:
                return Reply(json={"name": "kibana", "version": {"number": self.version},
                                   "status": {"overall": {"level": "available"}}})
            case "GET", ["spaces", "space", name]:
                return Reply(json={"id": name, "name": name}) if name in self.spaces else not_found()
            case "GET", ["saved_objects", "_find"]:
                return self._find(space, request)
            case "GET", ["saved_objects", kind, identifier]:
                found = self.in_space(space).get((kind, identifier))
                return Reply(json=found) if found else not_found(f"Saved object [{kind}/{identifier}] not found")
            case "POST", ["saved_objects", "_import"]:
                return self._import(space, request)
            case "POST", ["saved_objects", "_resolve_import_errors"]:
                return self._resolve(space, request)
        raise AssertionError(f"{request.method} {request.target}")

    def in_space(self, space: str) -> dict[Key, dict]:
        return {key: each for key, each in self.objects.items() if space in each["namespaces"]}

    def _find(self, space: str, request: Request) -> Reply:
        query = urllib.parse.parse_qs(request.target.partition("?")[2])
        fields = query.get("fields")
        found = [each for (kind, _), each in self.in_space(space).items() if kind in query["type"]]
        size, page = int(query["per_page"][0]), int(query["page"][0])
        shown = [each | {"attributes": {key: value for key, value in each["attributes"].items()
                                        if not fields or key in fields}} for each in found]
        return Reply(json={"page": page, "per_page": size, "total": len(found),
                           "saved_objects": shown[(page - 1) * size:page * size]})

    def _import(self, space: str, request: Request) -> Reply:
        form = parts_of(request)
        copies, overwrite = (request.query.get(name) == "true" for name in ("createNewCopies", "overwrite"))
        retries = {key_of(each): Retry(overwrite=overwrite) for each in objects_in(form)}
        return self._write(space, objects_in(form), retries, copies)

    def _resolve(self, space: str, request: Request) -> Reply:
        form = parts_of(request)
        retries = {key_of(each): Retry(each.get("overwrite", False), each.get("destinationId"),
                                       each.get("createNewCopy", False),
                                       {(to["type"], to["from"]): to["to"] for to in each.get("replaceReferences", [])})
                   for each in json.loads(form["retries"])}
        sent = [each for each in objects_in(form) if key_of(each) in retries]
        return self._write(space, sent, retries, request.query.get("createNewCopies") == "true")

    def _write(self, space: str, sent: list[dict], retries: dict[Key, Retry], copies: bool) -> Reply:
        for each in sent:
            references = retries[key_of(each)].references
            each["references"] = [to | {"id": references.get((to["type"], to["id"]), to["id"])}
                                  for to in each["references"]]
        keys = {key_of(each) for each in sent}
        errors, plans = [], {}
        for each in sent:
            outcome = self._missing(space, each, keys) or self._plan(space, each, keys, retries[key_of(each)], copies)
            if isinstance(outcome, Plan):
                plans[key_of(each)] = outcome
            else:
                title = each["attributes"].get("title")
                errors.append({"type": each["type"], "id": each["id"], "meta": {"title": title, "icon": ""},
                               "error": outcome})
        planned = [each for each in sent if key_of(each) in plans]
        if not any(error["error"]["type"] in RESOLVABLE for error in errors):
            for each in planned:
                self._store(space, each, plans)
        answer = {"successCount": len(planned), "success": not errors, "warnings": []}
        if errors:
            answer["errors"] = errors
        if planned:
            answer["successResults"] = [accepted(each, plans[key_of(each)]) for each in planned]
        return Reply(json=answer)

    def _missing(self, space: str, each: dict, sent: set[Key]) -> dict | None:
        there = self.in_space(space)
        missing = [{"type": to["type"], "id": to["id"]} for to in each["references"]
                   if to["type"] in MUST_EXIST and key_of(to) not in sent and key_of(to) not in there]
        return {"type": "missing_references", "references": missing} if missing else None

    def _plan(self, space: str, each: dict, sent: set[Key], retry: Retry, copies: bool) -> Plan | dict:
        """Or why it cannot be created."""
        kind, identifier = key_of(each)
        if copies:
            return Plan(str(uuid.uuid4()))
        wanted = retry.destination or identifier
        origin = None if wanted == identifier or retry.copy else identifier
        there = self.in_space(space)
        if (kind, wanted) in there:
            if retry.overwrite:
                return Plan(wanted, origin, overwrites=True)
            return {"type": "conflict"} | ({"destinationId": retry.destination} if retry.destination else {})
        copied = [key[1] for key, other in there.items()
                  if key[0] == kind and other.get("originId") == identifier and key not in sent]
        if len(copied) > 1:
            return {"type": "ambiguous_conflict", "destinations": [{"id": one, "title": ""} for one in copied]}
        if copied and not retry.destination:
            return (Plan(copied[0], identifier, overwrites=True) if retry.overwrite
                    else {"type": "conflict", "destinationId": copied[0]})
        if (kind, wanted) in self.objects:  # in another space
            return Plan(str(uuid.uuid4()), identifier)
        return Plan(wanted, origin)

    def _store(self, space: str, each: dict, plans: dict[Key, Plan]) -> None:
        plan = plans[key_of(each)]
        references = [to | {"id": plans[key_of(to)].id if key_of(to) in plans else to["id"]}
                      for to in each["references"]]
        stored = each | {"id": plan.id, "references": references, "namespaces": [space]}
        self.objects[each["type"], plan.id] = stored | ({"originId": plan.origin} if plan.origin else {})


def key_of(each: dict) -> Key:
    return each["type"], each["id"]


def accepted(each: dict, plan: Plan) -> dict:
    moved = plan.id != each["id"]
    return ({"type": each["type"], "id": each["id"], "meta": {"title": each["attributes"].get("title"), "icon": ""},
             "managed": False} | ({"overwrite": True} if plan.overwrites else {})
            | ({"destinationId": plan.id} if moved else {})
            | ({"createNewCopy": True} if moved and not plan.origin else {}))


def not_found(message: str = "Not Found") -> Reply:
    return Reply(404, json={"statusCode": 404, "error": "Not Found", "message": message})


def parts_of(request: Request) -> dict[str, bytes]:
    """Of a multipart form, by their names."""
    assert request.headers["kbn-xsrf"]
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    form = email.message_from_bytes(head + request.body)
    assert form.get_content_type() == "multipart/form-data"
    return {part.get_param("name", header="Content-Disposition"): part.get_payload(decode=True)
            for part in form.get_payload()}


def objects_in(form: dict[str, bytes]) -> list[dict]:
    lines = [json.loads(line) for line in form["file"].splitlines() if line.strip()]
    return [line for line in lines if "type" in line]
