"""What doctor says of serve and Kibana."""

import shutil

import pytest

from support.certificates import Authority
from support.emails import MIDWAY
from support.fake_elasticsearch import refusal
from support.forward import Forward, edit_json
from support.kibana.fake_kibana import FakeKibana
from support.output.doctor import Checkup, doctor
from support.serving.web import Client
from support.stand_in import Close, Raw, Reply

KIBANA = {"name": "kibana", "version": {"number": "8.12.2"}, "status": {"overall": {"level": "available"}}}
ENGINE = {"name": "n", "version": {"number": "8.19.0"}, "tagline": "You Know, for Search"}


class TestServe:
    @pytest.fixture
    def look(self, run, files, nothing):
        def go(index: str, port: int, *arguments: object, **env: str) -> Checkup:
            return doctor(run, "--es-url", files.url, "--index", index, "--listen", f":{port}", "--kibana-url",
                          f"http://127.0.0.1:{nothing}", *arguments, env=env)

        return go

    def test_ready(self, look, files, exporter):
        index = files.load(MIDWAY)
        serve = exporter("--es-url", files.url, "--index", index)
        assert serve.refresh().status == 200
        look(index, serve.port).has("serve", "ok", f"is ready, and measures {index}")
        look("another", serve.port).has("serve", "warning", "measures an index other than another")

    def test_another_folder(self, look, files, exporter, tmp_path):
        index = files.load(MIDWAY)
        shutil.copytree(files.folder, tmp_path / "copy")
        (tmp_path / "link").symlink_to(files.folder)
        serve = exporter("--es-url", f"file:{tmp_path}/copy", "--index", index)
        assert serve.refresh().status == 200
        look(index, serve.port).has("serve", "problem", f"measures {index} in folder/", " instead of folder/",
                                    "start it with the same --es-url")
        same = exporter("--es-url", f"file:{tmp_path}/link", "--index", index)
        assert same.refresh().status == 200
        look(index, same.port).has("serve", "ok", f"is ready, and measures {index}")

    def test_another_cluster(self, run, engine, exporter, stand_in, elsewhere):
        """Of the same name, with an index of the same name: they have different UUIDs."""
        index = engine.load(engine.unique_name("emails"), MIDWAY)
        try:
            by_a_proxy = stand_in(Forward(engine.url))
            other = stand_in(Forward(engine.url, edit_json(
                lambda body: body.update(cluster_uuid="another-one") if "cluster_uuid" in body else None)))
            secret = stand_in(lambda request: refusal(403, "security_exception", "no") if request.path == "/"
                              else Forward(engine.url))
            for url, level, words in [
                (engine.url, "ok", [f"measures {index}"]),
                (by_a_proxy.url, "ok", [f"measures {index}"]),
                (other.url, "problem", [f"measures {index} in cluster/another-one instead of cluster/", "the same --es-url"]),
                (secret.url, "warning", ["not checked", "it does not say which", "the cluster privilege monitor"]),
            ]:
                serve = exporter("--es-url", url, "--index", index)
                assert serve.refresh().status == 200
                serving = {"BACKFILL_HEALTH_LISTEN": f"127.0.0.1:{serve.port}"}
                doctor(run, "--es-url", engine.url, "--index", index, env=elsewhere | serving).has("serve", level, *words)
            doctor(run, "--es-url", secret.url, "--index", index, env=elsewhere | serving).has(
                "serve", "warning", "not checked")
        finally:
            engine.delete(index)

    def test_not_ready(self, look, files, exporter):
        serve = exporter("--es-url", files.url, "--index", "absent")
        assert serve.refresh().status == 503
        look("absent", serve.port).has("serve", "problem", "not ready", "does not exist", "/metrics/refresh")

    def test_tls(self, look, files, exporter, run):
        index = files.load(MIDWAY)
        authority = Authority(run.home / "authority")
        certificate = authority.issue("localhost")
        config = run.home / "web.yml"
        config.write_text(f"tls_server_config: {{cert_file: {certificate.certificate}, key_file: {certificate.key}}}\n")
        serve = exporter("--es-url", files.url, "--index", index, "--web.config.file", config)
        Client(serve, authority).wait_until_measured()
        found = look(index, serve.port)
        found.has("serve", "ok", f"https://127.0.0.1:{serve.port} is ready")

    @pytest.mark.parametrize("answer", [Reply(404), Reply(200, "hello"), Raw(b"SSH-2.0\r\n"), Reply(401)])
    def test_something_else(self, look, stand_in, answer):
        look("absent", stand_in(answer).port, "--timeout", "300ms").has("serve", "problem")

    def test_nothing(self, run, files, look, nothing):
        look("absent", nothing).has("serve", "problem", "nothing answers", "backfill-health serve")


class TestKibana:
    @pytest.fixture
    def look(self, run, files, nothing):
        def go(answer: object, stand_in: object) -> Checkup:
            return doctor(run, "--es-url", files.url, "--listen", f":{nothing}",
                          env={"KIBANA_URL": stand_in(answer).url})

        return go

    @pytest.mark.parametrize(("answer", "level", "words"), [
        (Reply(json=KIBANA), "ok", "Kibana 8.12.2"),
        (Reply(json=KIBANA | {"version": {"number": "8.9.0"}}), "ok", "8.9.0"),
        (Reply(json=KIBANA | {"version": {"number": "9.0.1"}}), "ok", "9.0.1"),
        (Reply(json=KIBANA | {"version": {"number": "8.8.2"}}), "problem", "8.9 or later"),
        (Reply(json=KIBANA | {"version": {"number": "7.17.0"}}), "problem", "8.9 or later"),
        (Reply(json={"status": {"overall": {"level": "available"}}}), "warning", "not checked"),
        (Reply(401, json={}), "warning", "KIBANA_API_KEY"),
        (Reply(503, "Kibana server is not ready yet"), "warning", "starting"),
        (Reply(json=ENGINE, headers={"X-elastic-product": "Elasticsearch"}), "problem", "5601"),
        (Reply(404), "problem", "not Kibana"),
        (Reply(200, "<html>"), "problem", "not Kibana"),
        (Close(), "problem", ""),
    ])
    def test_answers(self, look, stand_in, answer, level, words):
        look(answer, stand_in).has("kibana", level, words)

    @pytest.mark.parametrize(("space", "level", "words"), [
        ("", "ok", "Kibana 8.12.2"),
        ("default", "ok", "Kibana 8.12.2"),
        ("team-a", "ok", "Kibana 8.12.2, with the space team-a"),
        ("team b", "problem", 'Kibana 8.12.2, without a space "team b"; create it in Kibana, or check --space'),
    ])
    def test_spaces(self, run, files, nothing, stand_in, space, level, words):
        server = stand_in(FakeKibana(spaces=("team-a",)))
        doctor(run, "--es-url", files.url, "--listen", f":{nothing}", "--kibana-url", server.url, "--space",
               space).has("kibana", level, words)

    def test_a_space_that_may_not_be_asked_for(self, run, files, nothing, stand_in):
        kibana = FakeKibana()
        server = stand_in(lambda request: Reply(403, json={}) if "/spaces/" in request.path else kibana(request))
        doctor(run, "--es-url", files.url, "--listen", f":{nothing}", env={
            "KIBANA_URL": server.url, "KIBANA_SPACE": "team-a"}).has("kibana", "warning", "not checked", "team-a", "403")

    def test_its_own_credentials_are_not_those_of_elasticsearch(self, run, stand_in, nothing):
        kibana, engine = stand_in(Reply(json=KIBANA)), stand_in(Reply(json=ENGINE))
        key = run.home / "key"
        key.write_text("ZWxhc3RpYzprZXk=")
        env = {"KIBANA_URL": kibana.url, "ES_URL": engine.url, "BACKFILL_HEALTH_LISTEN": f":{nothing}"}
        doctor(run, "--api-key-file", key, env=env)
        assert kibana.requests[-1].headers["authorization"] == "ApiKey ZWxhc3RpYzprZXk="
        doctor(run, "--api-key-file", key, env=env | {"KIBANA_API_KEY": "a2liYW5hOmtleQ=="})
        assert kibana.requests[-1].headers["authorization"] == "ApiKey a2liYW5hOmtleQ=="
        assert {request.headers["authorization"] for request in engine.requests} == {"ApiKey ZWxhc3RpYzprZXk="}
