"""doctor on tomorrow's documents: ingest pipelines, and what the next index of a pattern, an alias or a data stream maps."""

import json
import uuid

import pytest

from support.configuration import dump
from support.output.doctor import Checkup, doctor
from support.elasticsearch import EMAIL_MAPPING, Elasticsearch
from support.emails import bill
from support.forward import Forward
from support.ports import refusing_port
from support.stand_in import Reply

PROPERTIES = EMAIL_MAPPING["properties"]
POPULATION = {"category": PROPERTIES["category"]}
DATA_STREAMS = ("es8", "es9", "os2", "os3")  # those that the tests have are without them in Elasticsearch 7
UNRELATED = {"measurement", "health-index", "serve", "kibana"}  # nothing is there that could be measured, and nobody answers
PROCESSORS = ("es8", "os2", "os3")  # the others have no processor at all


@pytest.fixture
def elsewhere():
    """Neither serve nor Kibana, whatever runs on this machine."""
    with refusing_port() as port:
        yield {"BACKFILL_HEALTH_LISTEN": f"127.0.0.1:{port}", "KIBANA_URL": f"http://127.0.0.1:{port}"}


@pytest.fixture
def look(run, engine, elsewhere):
    def go(index: str, *arguments: object, url: str = engine.url) -> Checkup:
        return doctor(run, "--es-url", url, "--index", index, "--health-index", "backfill-health-absent", *arguments,
                      env=elsewhere)

    return go


class Live:
    """Names, templates and pipelines of one test."""

    def __init__(self, engine: Elasticsearch) -> None:
        self.engine = engine
        self.name = f"live-{uuid.uuid4().hex}x"  # what stays of a data stream is in no other test's way
        self.made: list[str] = []

    def put(self, kind: str, body: dict, name: str = "") -> str:
        name = name or self.name
        self.engine.do("PUT", f"{kind}/{name}", body)
        if f"{kind}/{name}" not in self.made:
            self.made.append(f"{kind}/{name}")
        return name

    def index(self, suffix: str, settings: dict | None = None, **aliases: dict) -> str:
        name = self.engine.create(self.name + suffix, {"properties": PROPERTIES}, settings)
        self.made.append(name)
        for alias, details in aliases.items():
            action = {"add": {"index": name, "alias": self.name + alias.replace("_", "-")} | details}
            self.engine.do("POST", "_aliases", {"actions": [action]})
        self.wait_for(name)
        return name

    def wait_for(self, name: str) -> None:
        self.engine.do("GET", f"_cluster/health/{name}?wait_for_no_initializing_shards=true&timeout=20s")

    def template(self, mappings: dict, settings: dict | None = None, **more: object) -> None:
        content = {"mappings": mappings, "settings": {"number_of_replicas": 0} | (settings or {})}
        self.put("_index_template", {"index_patterns": [f"{self.name}*"], "template": content} | more)

    def legacy_template(self, mappings: dict) -> None:
        self.put("_template", {"index_patterns": [f"{self.name}*"], "mappings": mappings})

    def pipeline_that_sets(self, field: str) -> str:
        of_security = self.engine.name == "es8"
        sets = {"set_security_user": {"field": field}} if of_security else {"set": {"field": field, "value": "2025"}}
        return self.put("_ingest/pipeline", {"processors": [sets]})

    def data_stream(self, mappings: dict) -> str:
        self.template(mappings, data_stream={})
        document = bill(["2025-10-01"], "2025-10-31") | {"@timestamp": "2025-10-10T14:22:31Z"}
        self.engine.do("POST", f"{self.name}/_bulk?refresh=true", f'{{"create":{{}}}}\n{json.dumps(document)}\n')
        return self.name

    def roll_over(self, name: str) -> tuple[str, dict]:
        """The name and the fields of the index that is the next one, once it is there."""
        new = self.engine.do("POST", f"{name}/_rollover")["new_index"]
        self.made.append(new)
        self.wait_for(new)
        return new, self.engine.mapping(new).get("properties", {})

    def clean(self) -> None:
        if self.engine.name.startswith("os"):
            self.engine.request("DELETE", f"_data_stream/{self.name}")
        for each in reversed(self.made):  # a data stream of Elasticsearch stays, and so does its template
            self.engine.request("DELETE", each)


@pytest.fixture
def live(engine):
    made = Live(engine)
    yield made
    made.clean()


def levels(found: Checkup, check: str) -> list[str]:
    return [level for level, _ in found.of(check)]


def test_an_index_that_no_other_follows(look, live):
    name = live.index("")
    found = look(name)
    found.has("pipeline", "ok", f"the settings of {name} name no ingest pipeline")
    assert not found.of("next-index")


@pytest.mark.engines(*DATA_STREAMS)
def test_a_data_stream_whose_template_lacks_the_field(look, live):
    name = live.data_stream({"properties": PROPERTIES})
    found = look(name)
    assert levels(found, "next-index") == ["ok"]
    found.has("next-index", "ok", "will map dates, expires_at, category as .ds-" + name)
    live.template({"dynamic": False, "properties": POPULATION}, data_stream={})
    found = look(name)
    for field in ("dates", "expires_at"):
        found.has("next-index", "warning", f"{field} is keyword in .ds-{name}", f"the next index of the data stream {name}",
                  "will not map it (its index template, with dynamic: false)", f"map {field} in the template")
    found.has("next-index", "ok", "will map category as")
    assert not look(name).bad() - UNRELATED
    _, fields = live.roll_over(name)
    assert "dates" not in fields and "category" in fields


@pytest.mark.engines(*DATA_STREAMS)
def test_the_arrival_field(run, live, engine, elsewhere):
    name = live.data_stream({"properties": PROPERTIES | {"received": {"type": "date"}}})
    live.template({"dynamic": False, "properties": PROPERTIES}, data_stream={})

    def look(arrival: str) -> Checkup:
        backfill = {"name": "emails", "index": name, "field": "dates", "arrival": arrival}
        return doctor(run, "--config", dump(run.home / "config.yaml", {"backfills": [backfill]}), env=elsewhere | {
            "ES_URL": engine.url, "ES_HEALTH_INDEX": "backfill-health-absent"})

    look("received").has("next-index", "warning", "received is date", "will not map it")
    assert levels(look("@timestamp"), "next-index") == ["ok"]  # the engine maps it by itself


def test_a_pattern_whose_template_lacks_the_field(look, live):
    first, second = live.index("-2025.11"), live.index("-2025.12")
    live.template({"dynamic": False, "properties": POPULATION | {"expires_at": {"type": "date"}}})
    found = look(f"{live.name}-*")
    found.has("next-index", "warning", f"dates is keyword in {second}, and the next index {live.name}-2026.01 will not map it")
    found.has("next-index", "warning", f"expires_at is keyword in {second}, and will be date in the next index")
    live.template({"properties": PROPERTIES})
    found = look(f"{live.name}-*")
    assert levels(found, "next-index") == ["ok"]
    assert not look(f"{first},{second}").of("next-index")


def test_a_pattern_without_a_number(look, live):
    live.index("-eu")
    live.template({"dynamic": "strict", "properties": POPULATION})
    look(f"{live.name}-*").has("next-index", "warning", f"the next index {live.name}-next will not map it",
                               "with dynamic: strict", "documents with it are refused")


def test_an_alias_with_a_rollover(look, live, engine):
    first = live.index("-000001", all={"is_write_index": True})
    alias = live.name + "all"
    live.template({"dynamic": False, "properties": POPULATION})
    found = look(alias)
    found.has("next-index", "warning", f"dates is keyword in {first}, and the next index {live.name}-000002 will not map it")
    name, fields = live.roll_over(alias)
    assert name == f"{live.name}-000002" and "dates" not in fields
    found = look(alias)  # of what the newest index lacks, an older one has it
    found.has("next-index", "warning", f"the next index {live.name}-000003 will not map it")
    engine.do("POST", "_aliases", {"actions": [{"add": {"index": name, "alias": alias, "is_write_index": False}}]})
    assert not look(alias).of("next-index")


def test_legacy_templates_and_none(look, live):
    first = live.index("-1")
    found = look(f"{live.name}-*")
    found.has("next-index", "warning", f"dates is keyword in {first}, and the next index {live.name}-2 will map it dynamically",
              "as another type (no template)", "create an index template that maps dates")
    live.legacy_template({"dynamic": "false", "properties": POPULATION})
    found = look(f"{live.name}-*")
    found.has("next-index", "warning", f"will not map it (the legacy template {live.name}, with dynamic: false)")
    found.has("next-index", "ok", f"will map category as {first} does (the legacy template {live.name})")


def test_a_pipeline_that_does_not_exist(look, live, engine):
    name = live.index("", {"index.default_pipeline": "absent", "index.final_pipeline": "_none"})
    found = look(name)
    found.has("pipeline", "problem", f"the default pipeline absent of {name} does not exist: new documents are refused",
              "index.default_pipeline")
    status, answer = engine.request("POST", f"{name}/_doc", bill())
    assert status == 400 and "absent" in json.dumps(answer)


def test_a_pipeline_without_processors(look, live):
    pipeline = live.put("_ingest/pipeline", {"processors": []})
    name = live.index("", {"index.final_pipeline": pipeline})
    look(name).has("pipeline", "ok", f"the final pipeline {pipeline} of {name} does not set dates or expires_at")


@pytest.mark.engines(*PROCESSORS)
def test_a_pipeline_that_sets_the_field(look, live):
    pipeline = live.pipeline_that_sets("dates")
    first = live.index("-000001", {"index.default_pipeline": pipeline}, all={"is_write_index": True})
    alias = live.name + "all"
    live.template({"properties": PROPERTIES}, {"index.default_pipeline": pipeline})
    found = look(alias)
    found.has("pipeline", "ok", f"the default pipeline {pipeline} of {first} sets dates, does not set expires_at")
    assert levels(found, "next-index") == ["ok"]
    live.template({"properties": PROPERTIES})
    look(alias).has("next-index", "warning", f"an ingest pipeline sets dates in {first}, and none does in the next index")
    live.template({"properties": PROPERTIES}, {"index.default_pipeline": "absent"})
    look(alias).has("pipeline", "warning", f"the default pipeline absent of the next index {live.name}-000002 does not exist")


@pytest.mark.engines("os2", "os3")
def test_a_pipeline_that_a_script_makes_unclear(look, live):
    pipeline = live.put("_ingest/pipeline", {"processors": [
        {"set": {"field": "expires_at", "value": "x"}}, {"script": {"source": "ctx.a = 1"}}]})
    found = look(live.index("", {"index.default_pipeline": pipeline}))
    found.has("pipeline", "warning", f"not checked: whether the default pipeline {pipeline}", "sets dates cannot be seen",
              "script")
    found.has("pipeline", "ok", "sets expires_at")


REFUSALS = {
    "serverless": Reply(410, json={"error": {"type": "api_not_available_exception", "reason": "not available"}, "status": 410}),
    "privilege": Reply(403, json={"error": {"type": "security_exception", "reason": "no"}, "status": 403}),
    "proxy": Reply(404, "<html>no such page"),
    "nonsense": Reply(200, "[]"),
}


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize(("path", "check"), [
    ("/_ingest", "pipeline"), ("/_index_template", "next-index"), ("/_template", "next-index")])
def test_what_cannot_be_seen_is_neither_well_nor_a_problem(look, live, engine, stand_in, path, check, refusal):
    pipeline = live.put("_ingest/pipeline", {"processors": []})
    live.index("-1", {"index.default_pipeline": pipeline})
    server = stand_in(lambda request: REFUSALS[refusal] if request.path.startswith(path) else Forward(engine.url))
    found = look(f"{live.name}-*", url=server.url)
    assert levels(found, check) == ["warning"]
    found.has(check, "warning", "not checked", "cannot be seen")
    assert not found.bad() - UNRELATED


class TestSecured:
    @pytest.fixture
    def secured(self, secured_engine):
        made = Live(secured_engine)
        yield made
        made.clean()

    @pytest.fixture
    def ask(self, run, secured, elsewhere):
        def go(*cluster: str, metadata: bool = True) -> Checkup:
            """As a key with these privileges on the cluster, and those that measure on the index."""
            on_index = {"names": [f"{secured.name}*"], "privileges": ["read", *(["view_index_metadata"] if metadata else [])]}
            roles = {"only": {"cluster": list(cluster), "indices": [on_index]}}
            key = secured.engine.do("POST", "_security/api_key?refresh=true", {"name": secured.name, "role_descriptors": roles})
            return doctor(run, env=elsewhere | {
                "ES_URL": secured.engine.url, "ES_CA_CERT": secured.engine.ca_file, "ES_API_KEY": key["encoded"],
                "ES_EMAIL_INDEX": f"{secured.name}-*", "ES_HEALTH_INDEX": "backfill-health-absent"})

        return go

    def test_privileges(self, secured, ask):
        pipeline = secured.pipeline_that_sets("dates")
        secured.index("-1", {"index.default_pipeline": pipeline})
        secured.template({"dynamic": False, "properties": POPULATION})
        found = ask(metadata=False)
        for check in ("pipeline", "next-index"):
            assert levels(found, check) == ["warning"]
            found.has(check, "warning", "not checked: needs view_index_metadata on " + secured.name)
        found = ask()
        assert levels(found, "pipeline") == levels(found, "next-index") == ["warning"]
        found.has("pipeline", "warning", "not checked: needs the cluster privilege read_pipeline", pipeline)
        found.has("next-index", "warning", "not checked: needs the cluster privilege manage_index_templates", f"{secured.name}-2")
        found = ask("read_pipeline", "manage_index_templates")
        found.has("pipeline", "ok", f"the default pipeline {pipeline} of {secured.name}-1 sets dates")
        found.has("next-index", "warning", "dates is keyword", "will not map it")
