"""Secrets of `serve`: it shows none, reads changed ones, and warns before it sends one in clear text."""

import base64
import itertools
import pathlib
from collections.abc import Callable, Iterator

import pytest

from support.canaries import (CANARIES, COMMANDS, ONE_OF_EACH_KIND, USER, Canary, Found, base64_of, by_name, prefix_of,
                              echoes_of, written)
from support.emails import MIDWAY
from support.fake_elasticsearch import healthy, refusal
from support.program import Exporter
from support.requests.raw_http import wait_for
from support.stand_in import Close, Raw, Reply, Request, Silence, StandIn


def pages(serving: Exporter) -> str:
    return "".join(serving.get(path).text for path in ("/", "/metrics", "/readyz", "/healthz", "/nothing"))


class TestServe:
    @pytest.fixture
    def begin(self, exporter, stand_in, run):
        def go(canary: Canary, log_format: str) -> tuple[StandIn, Exporter]:
            server = stand_in(healthy())
            env, arguments = canary.settings(run.home, server.url, "ES_")
            serving = exporter("--log-level", "trace", "--log-format", log_format, "--retries", "0", "--timeout", "2s",
                               "--refresh-interval", "1h", *arguments, env=env)
            assert serving.refresh().status == 200
            assert server.requests[0].headers["authorization"] == canary.authorization
            return server, serving

        return go

    @pytest.mark.parametrize(("canary", "log_format"), zip(CANARIES, itertools.cycle(["logfmt", "json"])),
                             ids=lambda value: getattr(value, "name", value))
    def test_all_that_it_shows(self, begin, run, canary, log_format):
        server, serving = begin(canary, log_format)
        shown = pages(serving)
        for script in (Reply(401), Close(), Silence(), refusal(403, "x", canary.authorization), Raw(canary.token.encode())):
            server.script = script
            shown += serving.refresh().text + pages(serving)
        shown += pathlib.Path(f"/proc/{serving.process.pid}/cmdline").read_text()
        serving.stop()
        assert canary.found_in(shown + serving.log + written(run.home)) == []

    @pytest.mark.parametrize("canary", ONE_OF_EACH_KIND, ids=by_name)
    def test_a_server_that_tells_it(self, begin, canary):
        server, serving = begin(canary, "logfmt")
        found = Found(canary)
        for name, script in echoes_of(canary):
            server.script = script
            found.look_in(name, serving.refresh().text + serving.get("/").text + serving.get("/readyz").text)
        serving.stop()
        found.look_in("log", serving.log)
        found.nothing()


class TestRotation:
    """The file has another secret than it had when `serve` began."""

    FLAGS = {"ApiKey": ["--api-key-file"], "Bearer": ["--bearer-token-file"],
             "Basic": ["--username", USER, "--password-file"]}

    @pytest.fixture(params=FLAGS)
    def rotation(self, request, stand_in, exporter, tmp_path) -> Iterator["Rotation"]:
        yield Rotation(request.param, stand_in, exporter, tmp_path / "secret", self.FLAGS[request.param])

    def test_the_new_one_is_used_without_a_restart(self, rotation):
        rotation.write("second-secret-2222")
        assert rotation.measure().status == 200
        assert rotation.sent() == ["first-secret-1111"]
        rotation.accept("second-secret-2222")
        assert rotation.measure().status == 200
        assert rotation.sent() == ["first-secret-1111", "second-secret-2222"]
        assert rotation.measure().status == 200
        assert rotation.sent() == ["second-secret-2222"]

    def test_the_file_may_come_later_than_the_server_s_change(self, rotation):
        rotation.accept("second-secret-2222")
        assert rotation.measure().status == 503
        samples = rotation.serving.metrics()
        assert samples['backfill_health_refresh_errors_total{reason="unauthorized"}'] >= 1
        assert samples["bills_with_dates"] == 20
        rotation.write("second-secret-2222")
        assert rotation.measure().status == 200
        rotation.write("third-secret-3333")
        rotation.accept("third-secret-3333")
        assert rotation.measure().status == 200

    @pytest.mark.parametrize("content", [None, "", "two\nlines", "wrong-secret"])
    def test_a_file_that_is_no_use_just_now(self, rotation, content):
        rotation.accept("second-secret-2222")
        rotation.write(content)
        for _ in range(2):
            assert rotation.measure().status == 503
        rotation.write("second-secret-2222")
        assert rotation.measure().status == 200

    def test_the_file_is_read_after_a_401_only_and_the_request_repeated_once(self, rotation):
        rotation.accept("nobody-has-this")
        rotation.write("second-secret-2222")
        rotation.measure()
        assert rotation.sent() == ["first-secret-1111", "second-secret-2222"]
        rotation.measure()
        assert rotation.sent() == ["second-secret-2222"]

    def test_neither_is_shown(self, rotation):
        rotation.write("second-secret-2222")
        shown = ""
        texts = [text for secret in ("first-secret-1111", "second-secret-2222")
                 for text in (secret, rotation.header(secret).split()[1])]
        for text in texts:
            rotation.server.script = refusal(401, "security_exception", text)
            shown += rotation.measure().text + pages(rotation.serving)
        rotation.serving.stop()
        shown += rotation.serving.log
        assert "***" in shown and not [text for text in texts if text in shown]

    def test_emit_between_the_count_and_the_write(self, run, stand_in, tmp_path):
        fake, file = healthy(), tmp_path / "secret"
        file.write_text("first-secret-1111")

        def script(request: Request) -> Reply:
            if request.path.endswith("/_search"):
                file.write_text("second-secret-2222")
                return fake(request)
            return fake(request) if "second-secret-2222" in request.headers["authorization"] else Reply(401)

        run("emit", "--es-url", stand_in(script).url, "--api-key-file", file).succeeded()
        assert len(fake.indices["backfill_health_v1"]) == 1


class Rotation:
    def __init__(self, kind: str, stand_in: Callable, exporter: Callable, file: pathlib.Path, flags: list[str]) -> None:
        self.kind = kind
        self.file = file
        self.fake = healthy()
        self.accept("first-secret-1111")
        self.write("first-secret-1111")
        self.server: StandIn = stand_in(self._answer)
        self.serving = exporter("--es-url", self.server.url, "--refresh-interval", "1h", "--log-level", "trace", *flags, file)
        assert self.measure().status == 200
        self.sent()

    def _answer(self, request: Request) -> Reply:
        if request.headers.get("authorization") == self.header(self.accepted):
            return self.fake(request)
        return refusal(401, "security_exception", "invalid credentials")

    def header(self, secret: str) -> str:
        return "Basic " + base64_of(f"{USER}:{secret}") if self.kind == "Basic" else f"{self.kind} {secret}"

    def accept(self, secret: str) -> None:
        self.accepted = secret

    def write(self, content: str | None) -> None:
        self.file.unlink(missing_ok=True)
        if content is not None:
            self.file.write_text(content)

    def measure(self) -> object:
        return self.serving.refresh()

    def sent(self) -> list[str]:
        """The secrets of the requests since the last time."""
        secrets_sent = []
        for request in self.server.requests:
            token = request.headers["authorization"].removeprefix(f"{self.kind} ")
            plain = base64.b64decode(token).decode() if self.kind == "Basic" else token
            secrets_sent.append(plain.removeprefix(f"{USER}:"))
        self.server.requests.clear()
        return secrets_sent


class TestClearText:
    """Credentials over http to another machine."""

    REMOTE = ["http://192.0.2.1:9200", "http://notloopback.invalid", "http://127.0.0.1.notloopback.invalid",
              "http://localhost.notloopback.invalid", "http://[2001:db8::1]:9200"]

    @staticmethod
    def warnings(log: str) -> list[str]:
        return [line for line in log.splitlines() if "level=warn" in line and "clear text" in line]

    @pytest.mark.parametrize("url", REMOTE)
    @pytest.mark.parametrize("canary", ONE_OF_EACH_KIND, ids=by_name)
    def test_serve_warns_after_its_first_line(self, exporter, run, url, canary):
        env, _ = canary.settings(run.home, url, "ES_")
        serving = exporter("--timeout", "300ms", "--retries", "0", env=env)
        wait_for(lambda: serving.log.count("\n") >= 2)
        first, second, *_ = serving.log.splitlines()
        assert "listening" in first and self.warnings(second) and url in second
        assert len(self.warnings(serving.log)) == 1

    def test_one_warning_for_each_node(self, exporter):
        nodes = [*self.REMOTE[:2], "http://127.0.0.1:1", "https://192.0.2.2"]
        env = {"ES_URL": ",".join(nodes), "ES_API_KEY": "canary"}
        serving = exporter("--timeout", "300ms", "--retries", "0", env=env)
        wait_for(lambda: len(self.warnings(serving.log)) == 2)
        assert [[node for node in nodes if node in line] for line in self.warnings(serving.log)] == [[nodes[0]], [nodes[1]]]

    def test_no_secret_in_the_warning(self, exporter, run):
        canary = CANARIES[9]
        env, _ = canary.settings(run.home, "http://192.0.2.1:9200", "ES_")
        serving = exporter("--timeout", "300ms", "--retries", "0", env=env)
        wait_for(lambda: self.warnings(serving.log))
        assert canary.found_in(serving.log) == []

    @pytest.mark.parametrize(
        "env",
        [
            {"ES_URL": "http://192.0.2.1:9200"},
            {"ES_URL": "https://192.0.2.1:9200", "ES_API_KEY": "canary"},
            {"ES_URL": "http://127.0.0.1:1", "ES_API_KEY": "canary"},
            {"ES_URL": "http://127.1.2.3:1", "ES_API_KEY": "canary"},
            {"ES_URL": "http://localhost:1", "ES_API_KEY": "canary"},
            {"ES_URL": "http://[::1]:1", "ES_API_KEY": "canary"},
        ],
    )
    def test_no_warning_without_need(self, exporter, env):
        serving = exporter("--timeout", "300ms", "--retries", "0", env=env)
        serving.refresh()
        assert self.warnings(serving.log) == []

    def test_none_for_the_embedded_store(self, exporter, files):
        serving = exporter("--es-url", files.url, "--index", files.load(MIDWAY), env={"ES_API_KEY": "canary"})
        serving.refresh()
        assert "warn" not in serving.log

    @pytest.mark.parametrize("url", REMOTE[:2])
    @pytest.mark.parametrize("command", COMMANDS)
    def test_other_commands_only_say_why_they_fail(self, run, command, url):
        prefix = prefix_of(command)
        env = {f"{prefix}URL": url, f"{prefix}API_KEY": "canary"}
        line = run(command, "--timeout", "300ms", "--retries", "0", env=env).failed(3, url)
        assert "clear text" not in line
