"""import-dashboard before the first snapshot: Kibana draws empty panels, and does not say why."""

import pytest

from support.emails import MIDWAY
from support.kibana.fake_kibana import FakeKibana
from support.ports import refusing_port
from support.program import Result


@pytest.fixture
def env(indices):
    return {"ES_URL": indices.url, "ES_EMAIL_INDEX": indices.load(MIDWAY),
            "ES_HEALTH_INDEX": indices.unused_name("health")}


@pytest.fixture
def server(stand_in):
    return stand_in(FakeKibana())


@pytest.fixture
def send(run, server):
    def go(*arguments, **more):
        return run("import-dashboard", *arguments, "--kibana-url", server.url, **more)

    return go


def says_so(result: Result, env: dict[str, str]) -> bool:
    assert result.code == 0 and len(result.stdout.splitlines()) == 2, result
    if not result.stderr:
        return False
    assert result.stderr == (f"backfill-health: no snapshot of {env['ES_EMAIL_INDEX']} is stored in "
                             f"{env['ES_HEALTH_INDEX']} yet: the dashboard is empty until backfill-health emit has "
                             "stored one\n"), result
    return True


def test_it_says_so_until_there_is_one(run, send, indices, env):
    assert says_so(send(env=env), env)
    run("create-index", env=env).succeeded()
    assert says_so(send(env=env), env)
    run("emit", env=env).succeeded()
    indices.visible(env["ES_HEALTH_INDEX"])
    assert not says_so(send(env=env), env)


def test_one_in_a_monthly_index_will_do(run, send, indices, env):
    monthly = env | {"ES_HEALTH_INDEX": env["ES_HEALTH_INDEX"] + "-2025-10"}
    run("create-index", env=monthly).succeeded()
    try:
        run("emit", env=monthly).succeeded()
        indices.visible(monthly["ES_HEALTH_INDEX"])
        assert not says_so(send(env=env), env)
    finally:
        indices.remove(monthly["ES_HEALTH_INDEX"])


def test_flags_are_of_kibana(send, env):
    """So nobody knows with whose credentials to ask Elasticsearch."""
    assert not says_so(send("--username", "kibana", env=env | {"KIBANA_PASSWORD": "x"}), env)


def test_another_file_is_not_about_snapshots(run, send, env, tmp_path):
    file = tmp_path / "dashboard.ndjson"
    file.write_text(run("import-dashboard", "--print").succeeded())
    assert not says_so(send(file, env=env), env)


def test_an_elasticsearch_that_cannot_be_asked(send, env):
    with refusing_port() as port:
        assert not says_so(send(env=env | {"ES_URL": f"http://127.0.0.1:{port}"}), env)
    assert not says_so(send(env=env | {"ES_URL": "file:/nowhere"}), env)
