"""doctor before an Elasticsearch with users, keys and TLS: what is refused, and which privileges are missing."""

import pytest

from support.emails import MIDWAY
from support.output.doctor import Checkup, doctor

NOTHING = {"names": ["nothing"], "privileges": ["read"]}


@pytest.fixture
def engine_with_index(secured_engine):
    index, health = secured_engine.unique_name("emails"), secured_engine.unique_name("health")
    secured_engine.load(index, MIDWAY)
    yield secured_engine, index, health
    for each in (index, health):
        secured_engine.delete(each)


@pytest.fixture
def ask(run, engine_with_index, elsewhere):
    engine, index, health = engine_with_index
    base = elsewhere | {"ES_URL": engine.url, "ES_CA_CERT": engine.ca_file, "ES_EMAIL_INDEX": index,
                        "ES_HEALTH_INDEX": health}

    def go(*arguments: object, **env: str) -> Checkup:
        return doctor(run, *arguments, env=base | env)

    return go


@pytest.fixture
def administrator(secured_engine) -> dict[str, str]:
    return {"ES_USERNAME": "elastic", "ES_PASSWORD": secured_engine.password}


def test_an_administrator(ask, administrator):
    found = ask(**administrator)
    assert found.bad() == {"health-index", "serve", "kibana"}
    found.has("tls", "ok", "verified", "expires in")
    found.has("credentials", "ok", "user elastic")
    found.has("privileges", "ok", "all required privileges")
    ask("--insecure", **administrator).has("tls", "warning", "--ca-cert")


def test_no_credentials_and_wrong_ones(ask):
    found = ask()
    found.has("credentials", "problem", "none are given", "ES_API_KEY")
    assert found.code == 1 and not found.of("index")
    ask(ES_API_KEY="d3Jvbmc6a2V5").has("credentials", "problem", "refused", "ES_API_KEY")


def test_an_unknown_authority(ask, administrator):
    found = ask("--retries", "0", ES_CA_CERT="", **administrator)
    assert found.code == 3
    found.has("connection", "problem", "not trusted", "--ca-cert")
    assert found.of("serve") and not found.of("index")


def test_a_small_key(ask, engine_with_index):
    engine, index, health = engine_with_index
    key = engine.api_key("small", {"names": [index], "privileges": ["read"]},
                         {"names": [health], "privileges": ["create_doc"]})
    found = ask(ES_API_KEY=key)
    found.has("credentials", "ok", "API key small")
    found.has("index", "warning", "not checked: needs view_index_metadata on " + index)
    found.has("field", "ok", "keyword")
    found.has("health-index", "warning", "not checked: needs view_index_metadata on " + health)
    for check in ("cluster", "clock", "disk"):
        found.has(check, "warning", "not checked: needs the cluster privilege monitor")
    found.has("measurement", "ok", "22 bills")
    found.has("last-snapshot", "warning", "not checked: needs read on " + health)
    found.has("privileges", "warning", "maintenance on " + index, "refreshed", f'"names":["{index}"]')
    assert "privileges" not in found.bad()


def test_a_key_for_nothing(ask, engine_with_index):
    engine, index, health = engine_with_index
    found = ask(ES_API_KEY=engine.api_key("nothing", NOTHING))
    found.has("privileges", "problem", "read on " + index)
    found.has("privileges", "problem", "create_doc on " + health)
    found.has("measurement", "problem", "403")


def test_create_index_is_needed_only_once(run, ask, engine_with_index, administrator):
    engine, index, health = engine_with_index
    key = engine.api_key("operator", {"names": [index, health], "privileges": [
        "read", "view_index_metadata", "maintenance", "create_doc"]})
    ask(ES_API_KEY=key).has("privileges", "problem", "create_index on " + health)
    run("create-index", env=administrator | {"ES_URL": engine.url, "ES_CA_CERT": engine.ca_file,
                                             "ES_HEALTH_INDEX": health}).succeeded()
    ask(ES_API_KEY=key).has("privileges", "ok", "all required privileges")
