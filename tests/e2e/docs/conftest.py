import shutil
import subprocess
from collections.abc import Iterator

import pytest
import yaml

from support.emails import MIDWAY
from support.kibana.fake_kibana import FakeKibana
from support.ports import refusing_port
from support.program import ROOT
from support.requirements import tool
from support.serving.bcrypt import hash_of
from support.stand_in import Reply
from support.world import World, promised_port


@pytest.fixture
def world(run, tmp_path) -> World:
    folder = tmp_path / "repository"
    (folder / "build").mkdir(parents=True)
    (folder / "build/backfill-health").symlink_to(run.path)
    for name in ("Makefile", "examples"):
        (folder / name).symlink_to(ROOT / name)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    return World(folder, run.environment({"LC_ALL": "C.UTF-8", "TMPDIR": temporary}), {})


@pytest.fixture
def measured(world, run, indices, secured_engine) -> Iterator[World]:
    """The sample report's index, on an Elasticsearch that needs no credentials; another one does."""
    index, health = indices.load(MIDWAY), indices.unused_name("health")
    run("create-index", "--es-url", indices.url, "--health-index", health).succeeded()
    with refusing_port() as port:
        world.names = {"gmail_emails_v2": index, "backfill_health_v1": health, "http://localhost:9200": indices.url,
                       "localhost:9201": f"localhost:{port}", "https://search.example.com": secured_engine.url}
        world.env |= {"ES_URL": indices.url, "ES_EMAIL_INDEX": index, "ES_HEALTH_INDEX": health,
                      "ES_CA_CERT": secured_engine.ca_file, "PATH": f"{world.folder}/build:{world.env['PATH']}"}
        yield world


@pytest.fixture
def watched(measured, indices, run) -> World:
    """Has a snapshot."""
    run("emit", env=measured.env).succeeded()
    indices.visible(measured.names["backfill_health_v1"])
    return measured


@pytest.fixture
def served(world, exporter, files) -> World:
    world.names = {":8003": f":{exporter('--es-url', files.url, '--index', files.load(MIDWAY)).port}"}
    return world


@pytest.fixture
def backfilled(world, files) -> World:
    """All sample emails in a folder, after the backfill."""
    with files.path("gmail_emails_v2").open("wb") as emails:
        subprocess.run([ROOT / "examples/sample-emails.py", "--backfilled", "100"], stdout=emails, check=True, timeout=60)
    world.env |= {"ES_URL": files.url, "PATH": f"{world.folder}/build:{world.env['PATH']}"}
    return world


@pytest.fixture
def operator(world, stand_in) -> Iterator[World]:
    """May start `serve` and Prometheus on ports of their own, and has a Kibana. Does not wait a minute for the sample."""
    for name in ("prometheus", "promtool"):
        tool(name, "prometheus")
    with promised_port() as serve, promised_port() as prometheus:
        kibana = stand_in(FakeKibana()).port
        world.names |= {":8003": f":{serve}", ":9090": f":{prometheus}", "localhost:5601": f"localhost:{kibana}"}
        world.env |= {"BACKFILL_HEALTH_LISTEN": f"127.0.0.1:{serve}", "KIBANA_URL": f"http://localhost:{kibana}",
                      "PAUSE": "0"}
        world.copy("prometheus", {"30s": "1s"})
        yield world


@pytest.fixture
def operator_of_elasticsearch(operator, indices) -> World:
    index, health = indices.unused_name("emails"), indices.unused_name("health")
    operator.names |= {"gmail_emails_v2": index, "backfill_health_v1": health, "http://localhost:9200": indices.url}
    operator.env |= {"ES_EMAIL_INDEX": index, "ES_HEALTH_INDEX": health}
    return operator


@pytest.fixture
def old_kibana(world, stand_in) -> Iterator[World]:
    refusal = {"statusCode": 422, "error": "Unprocessable Entity",
               "message": 'Document "backfill-health-missing-backfill_health_v1" belongs to a more recent version of Kibana [8.9.0] '
                          "when the last known version is [8.5.0]."}
    server = stand_in(Reply(422, json=refusal))
    with refusing_port() as port:
        world.names = {"localhost:5602": f"localhost:{port}", "localhost:5601": server.address}
        world.env |= {"KIBANA_URL": server.url, "PATH": f"{world.folder}/build:{world.env['PATH']}"}
        yield world


@pytest.fixture
def secured(world, run, secured_engine) -> Iterator[World]:
    """An Elasticsearch with a health index and users, and an empty place for the key."""
    emails, health = secured_engine.unique_name("emails"), secured_engine.unique_name("health")
    secured_engine.load(emails, MIDWAY)
    etc = world.folder / "etc"
    etc.mkdir()
    shutil.copy(secured_engine.ca_file, etc / "ca.pem")
    world.names = {"gmail_emails_v2": emails, "backfill_health_v1": health,
                   "https://localhost:9200": secured_engine.url,
                   "/etc/backfill-health": str(etc), "/usr/local/bin": str(world.folder / "build"),
                   "/path/to/backfill-health": str(world.folder)}
    world.env |= {"ES_EMAIL_INDEX": emails, "ES_HEALTH_INDEX": health, "ELASTIC_PASSWORD": secured_engine.password,
                  "PATH": f"{world.folder}/build:{world.env['PATH']}"}
    administrator = {"ES_USERNAME": "elastic", "ES_PASSWORD": secured_engine.password, "ES_CA_CERT": etc / "ca.pem"}
    run("create-index", "--es-url", secured_engine.url, "--health-index", health, env=administrator).succeeded()
    yield world
    secured_engine.delete(emails)
    secured_engine.delete(health)


@pytest.fixture
def prepared(watched, stand_in) -> Iterator[World]:
    """What the examples of --help speak of is there."""
    (watched.folder / "web.yml").write_text(yaml.safe_dump({"basic_auth_users": {"prometheus": hash_of("secret")}}))
    (watched.folder / "backfills.yaml").write_text("settings: {timeout: 20s}\n")
    with promised_port() as port:
        watched.names |= {":8003": f":{port}"}
        watched.env |= {"KIBANA_URL": stand_in(FakeKibana()).url, "BACKFILL_HEALTH_LISTEN": f"127.0.0.1:{port}"}
        yield watched
