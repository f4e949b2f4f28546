"""What only a real Elasticsearch can show: aliases and patterns, incomplete indices, and security."""

import json
import urllib.parse

import pytest

from support.certificates import Authority
from support.emails import MIDWAY, bill, emails
from support.forward import Forward
from support.stand_in import Reply

NOWHERE = {"index.routing.allocation.require._name": "nowhere"}


@pytest.fixture
def missing(run, engine):
    def measure(index: str) -> int:
        return json.loads(run("validate", "--json", "--es-url", engine.url, "--index", index).succeeded())["missing_dates_count"]

    return measure


@pytest.fixture
def reason(exporter, engine):
    """Under which reason `serve` counts the failure to measure an index."""

    def measure(index: str, url: str = "") -> str:
        serving = exporter("--es-url", url or engine.url, "--index", index, "--refresh-interval", "1h", "--retries", "0")
        assert serving.refresh().status == 503
        (name,) = [name for name, value in serving.metrics().items() if "errors_total" in name and value > 0]
        return name.partition('reason="')[2].removesuffix('"}')

    return measure


class TestNames:
    def test_an_alias(self, engine, indices, missing):
        alias = indices.unused_name("alias")
        for documents in (emails(1), emails(10)):
            engine.do("PUT", f"{indices.load(documents)}/_alias/{alias}")
        assert missing(alias) == 11

    def test_an_alias_with_a_filter(self, engine, indices, missing):
        index, alias = indices.load([bill() | {"year": 2024}, bill() | {"year": 2025}]), indices.unused_name("alias")
        engine.do("PUT", f"{index}/_alias/{alias}", {"filter": {"term": {"year": 2025}}})
        assert missing(alias) == 1

    def test_the_report_shows_the_name_that_was_asked_for(self, run, engine, indices):
        index, alias = indices.load(MIDWAY), indices.unused_name("alias")
        engine.do("PUT", f"{index}/_alias/{alias}")
        assert run("validate", "--es-url", engine.url, "--index", alias).succeeded().startswith(f"Index: {alias}\n")

    def test_a_pattern_that_matches_nothing_is_a_missing_index(self, run, engine, indices, reason):
        pattern = indices.unused_name("nothing") + "*"
        for command in ("validate", "emit"):
            run(command, "--es-url", engine.url, "--index", pattern).failed(3, pattern)
        assert reason(pattern) == "index_missing"

    def test_a_missing_index(self, run, engine, indices, reason):
        name = indices.unused_name("absent")
        for command in ("validate", "emit"):
            run(command, "--es-url", engine.url, "--index", name).failed(3, name)
        assert reason(name) == "index_missing"

    def test_one_of_several_is_missing(self, run, engine, indices):
        there, absent = indices.load(MIDWAY), indices.unused_name("absent")
        run("validate", "--es-url", engine.url, "--index", f"{there},{absent}").failed(3, absent)

    def test_a_list_of_indices_too_long_for_a_request_line(self, run, engine, indices):
        """The numbers need no list in the URL; what does says what to do."""
        index = indices.load(MIDWAY)
        aliases = [f"{index}-{number:0220}" for number in range(20)]
        engine.do("POST", "_aliases", {"actions": [{"add": {"index": index, "aliases": aliases}}]})
        together = ",".join(aliases)
        assert "\nMissing dates[] (bills): 2\n" in "\n" + run("validate", "--es-url", engine.url, "--index", together).succeeded()
        looked = run("doctor", "--es-url", engine.url, "--index", together)
        assert "name fewer indices, or use a pattern" in " ".join(looked.stdout.decode().split())

    def test_one_of_several_patterns_matches_nothing(self, run, engine, indices, files):
        there, absent = indices.load(MIDWAY), indices.unused_name("absent")
        files.path(there).write_text("")
        for url in (engine.url, files.url):
            run("validate", "--es-url", url, "--index", f"{there}*,{absent}*").failed(3, absent)

    @pytest.mark.parametrize("name", ["a/b", "UPPER", "with space", "a?b", "a#b", "a%2Fb", "_x", "ünï", "a:b"])
    def test_odd_names_are_left_to_the_engine(self, run, engine, name):
        run("validate", "--es-url", engine.url, "--index", name).failed(3)

    def test_unicode_names_work(self, engine, indices, missing):
        name = indices.unused_name("postfächer-日本")
        engine.load(name, MIDWAY)
        assert missing(name) == 2


class TestNotWhole:
    def test_a_closed_index(self, run, engine, indices, reason):
        index = indices.load(MIDWAY)
        engine.do("POST", f"{index}/_close")
        run("validate", "--es-url", engine.url, "--index", index).failed(3, index)
        assert reason(index) == "rejected"

    def test_an_index_without_a_shard(self, run, engine, indices, reason):
        index = indices.unused_name()
        engine.create(index, settings=NOWHERE)
        run("validate", "--es-url", engine.url, "--index", index, "--timeout", "3s").failed(3, index)
        assert reason(index) == "partial"

    def test_one_of_two_indices_without_a_shard(self, run, engine, indices, reason):
        whole, broken = indices.load(MIDWAY), indices.unused_name()
        engine.create(broken, settings=NOWHERE)
        run("validate", "--es-url", engine.url, "--index", f"{whole},{broken}", "--timeout", "3s").failed(3)
        assert reason(f"{whole},{broken}") == "partial"

    def test_a_health_index_that_is_read_only(self, run, engine, indices):
        index, health = indices.load(MIDWAY), indices.load([], "health")
        engine.do("PUT", f"{health}/_settings", {"index.blocks.write": True})
        run("emit", "--es-url", engine.url, "--index", index, "--health-index", health).failed(3, health)
        assert engine.documents(health) == []

    def test_a_health_index_that_refuses_the_document(self, run, engine, indices):
        index, health = indices.load(MIDWAY), indices.unused_name("health")
        engine.create(health, {"properties": {"index": {"type": "integer"}}})
        run("emit", "--es-url", engine.url, "--index", index, "--health-index", health).failed(3, health)


def test_a_field_that_is_not_mapped_is_missing_everywhere(run, engine, indices):
    index = indices.load([{"category": "bills"}] * 3)
    report = json.loads(run("validate", "--json", "--field", "unheard.of", "--es-url", engine.url, "--index", index).succeeded())
    assert report["missing"] == 3


def test_more_documents_than_a_search_counts_by_default(engine, indices, missing):
    assert missing(indices.load([bill()] * 12_000)) == 12_000


def test_answers_are_asked_for_and_understood_in_gzip(run, engine, indices, stand_in):
    index = indices.load(MIDWAY)
    encodings = []

    def compressed(request):
        """Forward asks for no compression, so that it can edit; here it is put back."""
        reply = Forward(engine.url)(request)
        encodings.append(request.headers.get("accept-encoding", ""))
        return Reply(reply.status, reply.body, reply.headers, gzip=True)

    server = stand_in(compressed)
    run("validate", "--es-url", server.url, "--index", index).succeeded()
    assert encodings and all("gzip" in encoding for encoding in encodings)


def test_a_node_that_is_down_is_passed_over(run, engine, indices, stand_in):
    index, health = indices.load(MIDWAY), indices.load([], "health")
    down = stand_in(Reply())
    down.stop()
    env = {"ES_URL": f"{down.url},{engine.url}", "ES_EMAIL_INDEX": index, "ES_HEALTH_INDEX": health}
    for command in ("validate", "emit"):
        run(command, env=env).succeeded()
    assert len(engine.documents(health)) == 1


class TestSecurity:
    @pytest.fixture(scope="class")
    def names(self, secured_engine):
        index, health = secured_engine.unique_name("emails"), secured_engine.unique_name("health")
        secured_engine.load(index, MIDWAY)
        secured_engine.create(health)
        yield index, health
        for name in (index, health):
            secured_engine.delete(name)

    @pytest.fixture
    def env(self, secured_engine, names):
        index, health = names
        return {"ES_URL": secured_engine.url, "ES_CA_CERT": secured_engine.ca_file, "ES_EMAIL_INDEX": index,
                "ES_HEALTH_INDEX": health}

    @pytest.fixture
    def basic(self, secured_engine):
        return {"ES_USERNAME": "elastic", "ES_PASSWORD": secured_engine.password}

    def test_basic(self, run, env, basic):
        assert "Missing dates[] (bills): 2\n" in run("validate", env=env | basic).succeeded()

    def test_basic_in_the_url(self, run, env, secured_engine):
        userinfo = "elastic:" + urllib.parse.quote(secured_engine.password, safe="")
        url = secured_engine.url.replace("https://", f"https://{userinfo}@")
        run("validate", env=env | {"ES_URL": url}).succeeded()

    def test_api_key(self, run, env, secured_engine):
        run("validate", env=env | {"ES_API_KEY": secured_engine.api_key("all")}).succeeded()

    def test_api_key_from_a_file(self, run, env, secured_engine, tmp_path):
        (tmp_path / "key").write_text(secured_engine.api_key("all") + "\n")
        run("validate", "--api-key-file", "key", env=env).succeeded()

    def test_a_key_that_may_only_read_and_add(self, run, env, secured_engine, names):
        index, health = names
        before = len(secured_engine.documents(health))
        key = secured_engine.api_key("least", {"names": [index], "privileges": ["read"]},
                                     {"names": [health], "privileges": ["create_doc"]})
        for command in ("validate", "emit"):
            run(command, env=env | {"ES_API_KEY": key}).succeeded()
        assert len(secured_engine.documents(health)) == before + 1

    def test_a_key_that_may_only_read(self, run, env, secured_engine, names):
        key = secured_engine.api_key("reader", {"names": [names[0]], "privileges": ["read"]})
        run("validate", env=env | {"ES_API_KEY": key}).succeeded()
        run("emit", env=env | {"ES_API_KEY": key}).failed(3, "403")

    def test_a_key_that_may_read_something_else(self, run, env, secured_engine):
        key = secured_engine.api_key("other", {"names": ["other"], "privileges": ["read"]})
        run("validate", env=env | {"ES_API_KEY": key}).failed(3, "403")

    @pytest.mark.parametrize(
        "credentials",
        [{}, {"ES_API_KEY": "d3Jvbmc6a2V5"}, {"ES_API_KEY": "not base64!"}, {"ES_USERNAME": "elastic", "ES_PASSWORD": "wrong"}],
        ids=["none", "wrong key", "no key at all", "wrong password"],
    )
    @pytest.mark.parametrize("command", ["validate", "emit", "create-index"])
    def test_wrong_credentials(self, run, env, secured_engine, command, credentials):
        line = run(command, env=env | credentials).failed(3, "401", secured_engine.url)
        assert "wrong" not in line.replace("wrong credentials", "")

    def test_serve_counts_them_as_unauthorized(self, exporter, env):
        serving = exporter("--refresh-interval", "1h", env=env | {"ES_API_KEY": "d3Jvbmc6a2V5"})
        assert serving.refresh().status == 503
        assert serving.metrics()['backfill_health_refresh_errors_total{reason="unauthorized"}'] >= 1

    @pytest.mark.parametrize("command", ["validate", "emit", "create-index"])
    def test_an_authority_that_is_not_trusted(self, run, env, basic, secured_engine, command):
        run(command, env=env | basic | {"ES_CA_CERT": ""}).failed(3, secured_engine.url, "certificate")

    def test_insecure(self, run, env, basic):
        run("validate", "--insecure", env=env | basic | {"ES_CA_CERT": ""}).succeeded()

    def test_ca_cert_by_flag(self, run, env, basic, secured_engine):
        run("validate", "--ca-cert", secured_engine.ca_file, env=env | basic | {"ES_CA_CERT": ""}).succeeded()

    def test_every_name_of_the_certificate_is_good(self, run, env, basic, secured_engine):
        by_name = secured_engine.url.replace("127.0.0.1", "localhost")
        run("validate", env=env | basic | {"ES_URL": by_name}).succeeded()

    @pytest.mark.parametrize("content", [None, "", "not a certificate"])
    def test_a_ca_file_that_is_none(self, run, env, basic, tmp_path, content):
        path = tmp_path / "bad-ca.pem"
        if content is not None:
            path.write_text(content)
        run("validate", "--ca-cert", path, env=env | basic).failed(2, "bad-ca.pem")

    def test_plain_http_to_a_tls_port(self, run, env, basic, secured_engine):
        url = secured_engine.url.replace("https://", "http://")
        run("validate", env=env | basic | {"ES_URL": url}).failed(3, url)


class TestCertificates:
    """Of servers that must not be talked to."""

    @pytest.fixture(scope="class")
    def authority(self, tmp_path_factory):
        return Authority(tmp_path_factory.mktemp("authority"))

    @pytest.mark.parametrize(
        ("name", "more"),
        [("expired", {"expired": True}), ("other-host", {"alternatives": ("DNS:elsewhere.example",)}),
         ("other-address", {"alternatives": ("IP:127.0.0.2",)})],
    )
    @pytest.mark.parametrize("command", ["validate", "emit", "create-index"])
    def test_refused_before_a_secret_is_sent(self, run, stand_in, authority, command, name, more):
        server = stand_in(Reply(), tls=authority.issue(f"{name}-{command}", **more).server_context())
        env = {"ES_URL": server.url, "ES_CA_CERT": str(authority.file), "ES_API_KEY": "canary"}
        run(command, "--retries", "0", env=env).failed(3, server.url, "certificate")
        assert server.requests == []
