"""What to try after a failure: in the words of the settings that are in force."""

import pytest

from support.emails import MIDWAY
from support.fake_elasticsearch import FakeElasticsearch, refusal
from support.spool import is_write
from support.stand_in import Reply


@pytest.fixture
def key(tmp_path):
    path = tmp_path / "key"
    path.write_text("a2V5OnNlY3JldA==\n")
    return path


@pytest.mark.parametrize(("env", "flags", "hint"), [
    ({}, [], "set ES_API_KEY, or ES_USERNAME and ES_PASSWORD"),
    ({"ES_API_KEY": "a2V5OnNlY3JldA=="}, [], "check ES_API_KEY"),
    ({"ES_API_KEY_FILE": "{key}"}, [], "check ES_API_KEY_FILE"),
    ({"ES_API_KEY": "other"}, ["--api-key-file", "{key}"], "check --api-key-file"),
    ({"ES_BEARER_TOKEN_FILE": "{key}"}, [], "check ES_BEARER_TOKEN_FILE"),
    ({"ES_USERNAME": "me", "ES_PASSWORD_FILE": "{key}"}, [], "check ES_USERNAME and ES_PASSWORD_FILE"),
    ({"ES_PASSWORD": "canary-1"}, ["--username", "me"], "check --username and ES_PASSWORD"),
    ({"ES_URL": "http://me:canary-1@{address}"}, [], "check the user name and password in ES_URL"),
], ids=lambda value: " ".join(value) if isinstance(value, list | dict) else None)
def test_refused_credentials_are_named_by_what_they_were_given_by(run, stand_in, key, env, flags, hint):
    server = stand_in(refusal(401, "security_exception", "unable to authenticate"))
    names = {"key": key, "address": server.address}
    env = {"ES_URL": server.url} | {name: value.format(**names) for name, value in env.items()}
    line = run("validate", *(flag.format(**names) for flag in flags), env=env).failed(3, "unable to authenticate")
    assert line.rstrip().endswith(f"; {hint}")


@pytest.mark.parametrize(("env", "flags", "place"), [
    ({"ES_URL": "file:/nowhere"}, [], "ES_URL"),
    ({"ES_URL": "file:/elsewhere"}, ["--es-url", "file:/nowhere"], "--es-url"),
], ids=["variable", "flag"])
def test_the_url_is_named_by_what_it_was_given_by(run, env, flags, place):
    assert run("validate", *flags, env=env).failed(3, "/nowhere").rstrip().endswith(f" the folder in {place}")


@pytest.mark.parametrize(("env", "hint"), [
    ({}, "set KIBANA_API_KEY, or KIBANA_USERNAME and KIBANA_PASSWORD"),
    ({"KIBANA_API_KEY_FILE": "{key}"}, "check KIBANA_API_KEY_FILE"),
    ({"ES_API_KEY_FILE": "{key}"}, "check ES_API_KEY_FILE"),
])
def test_and_so_are_those_of_kibana(run, stand_in, key, env, hint):
    server = stand_in(Reply(401, json={"statusCode": 401, "error": "Unauthorized", "message": "no"}))
    env = {"KIBANA_URL": server.url} | {name: value.format(key=key) for name, value in env.items()}
    assert run("import-dashboard", env=env).failed(3, "status 401").rstrip().endswith(f"; {hint}")


def test_a_reason_that_ends_with_a_semicolon(run, stand_in):
    engine = FakeElasticsearch(gmail_emails_v2=list(MIDWAY), backfill_health_v1=[])
    blocked = refusal(403, "cluster_block_exception", "index [a] blocked by: [FORBIDDEN/8/index write (api)];")
    server = stand_in(lambda request: blocked if is_write(request) else engine(request))
    line = run("emit", "--es-url", server.url, "--spool", "spool").failed(3, "(api)]; the snapshot is kept in spool")
    assert ";;" not in line
