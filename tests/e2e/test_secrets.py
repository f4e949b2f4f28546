"""No secret ever leaves but to the server that it is for, whatever that server and the network do."""

import base64
import contextlib
import functools
import hashlib
import html
import itertools
import json
import pathlib
import re
import secrets
import shutil
import socket
import ssl
import subprocess
import urllib.parse
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from support.certificates import Authority, Certificate, self_signed
from support.emails import MIDWAY
from support.fake_elasticsearch import FakeElasticsearch, refusal
from support.ports import refusing_port
from support.program import Exporter, Program
from support.raw_http import wait_for
from support.stand_in import Close, Raw, Reply, Request, Script, Silence, StandIn

USER = "operator"
WINDOW = 8  # of so many characters in a row, none is there by chance
COMMANDS = ["validate", "emit", "create-index", "history", "import-dashboard"]
CHECKUPS = ["doctor", "bootstrap"]  # ask what the others ask, and more


def base64_of(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def random_text(special: str) -> str:
    """Special characters between random ones, so that no window is without these."""
    return "".join(secrets.token_hex(3) + each for each in special) + secrets.token_hex(6)


def decoded(text: str) -> str:
    with contextlib.suppress(ValueError):
        return base64.b64decode(text, validate=True).decode()
    return text


@dataclass(frozen=True)
class Canary:
    """One way to hand a secret to the program. `{...}` in its settings is a file, or the server's address."""

    name: str
    kind: str  # of the authorization
    secret: str
    env: dict[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()

    @property
    def token(self) -> str:
        """What follows the kind in the header."""
        return base64_of(f"{USER}:{self.secret}") if self.kind == "Basic" else self.secret

    @property
    def authorization(self) -> str:
        return f"{self.kind} {self.token}"

    @functools.cached_property
    def pieces(self) -> set[str]:
        """Of the secret and of what is sent for it: as they are, and as others might write them."""
        plain = {self.secret, self.token}
        if self.kind == "ApiKey":
            plain.add(decoded(self.secret).partition(":")[2])  # the id before it is none
        encodings: list[Callable[[str], str]] = [
            str,
            # As our own pages and logs would write them.
            html.escape,
            lambda text: json.dumps(text)[1:-1],
            lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
            # As servers might.
            lambda text: urllib.parse.quote(text, safe=""),
            lambda text: urllib.parse.quote(text, safe="").lower(),
            lambda text: urllib.parse.quote(text, safe="/:@"),
            # At each place in a longer text; what its neighbours shape is cut off.
            *(lambda text, shift=shift: base64_of("x" * shift + text)[4:-4] for shift in range(3)),
        ]
        forms = {encode(text) for text in plain for encode in encodings}
        return {form[at : at + WINDOW] for form in forms for at in range(len(form) - WINDOW + 1)}

    def found_in(self, shown: str) -> list[str]:
        """The lines that show a piece of it: a half of a key is still worth something."""
        return [line for line in shown.splitlines() if any(piece in line for piece in self.pieces)]

    def settings(self, folder: pathlib.Path, url: str, prefix: str) -> tuple[dict[str, str], list[str]]:
        """The environment and the flags, for the server at `url`."""
        (folder / "secrets").mkdir(exist_ok=True)
        file = folder / "secrets" / "file"
        file.write_text(self.secret + "\n")
        names = {
            "P_": prefix,
            "{file}": str(file),
            "{url}": url,
            "{userinfo}": url.replace("://", f"://{USER}:{urllib.parse.quote(self.secret, safe='')}@"),
            "{half_encoded}": url.replace("://", f"://{USER}:{urllib.parse.quote(self.secret, safe=':<&').lower()}@"),
            "--url": "--kibana-url" if prefix == "KIBANA_" else "--es-url",
        }

        def fill(text: str) -> str:
            for name, value in names.items():
                text = text.replace(name, value)
            return text

        env = {f"{prefix}URL": url} | {fill(name): fill(value) for name, value in self.env.items()}
        return env, [fill(argument) for argument in self.arguments]


# An API key is Base64 of an id and a key; a token may be of any visible characters; a password of any at all.
KEY = base64_of(f"{secrets.token_hex(10)}:{secrets.token_hex(11)}")
TOKEN = random_text("~+/=.-_")
PASSWORD = random_text(" \"'<&%+/:@?#\\ü€")

CANARIES = [
    Canary("API_KEY", "ApiKey", KEY, {"P_API_KEY": KEY}),
    Canary("API_KEY_FILE", "ApiKey", KEY, {"P_API_KEY_FILE": "{file}"}),
    Canary("--api-key-file", "ApiKey", KEY, {}, ("--api-key-file", "{file}")),
    Canary("BEARER_TOKEN", "Bearer", TOKEN, {"P_BEARER_TOKEN": TOKEN}),
    Canary("BEARER_TOKEN_FILE", "Bearer", TOKEN, {"P_BEARER_TOKEN_FILE": "{file}"}),
    Canary("--bearer-token-file", "Bearer", TOKEN, {}, ("--bearer-token-file", "{file}")),
    Canary("PASSWORD", "Basic", PASSWORD, {"P_USERNAME": USER, "P_PASSWORD": PASSWORD}),
    Canary("PASSWORD_FILE", "Basic", PASSWORD, {"P_USERNAME": USER, "P_PASSWORD_FILE": "{file}"}),
    Canary("--password-file", "Basic", PASSWORD, {}, ("--username", USER, "--password-file", "{file}")),
    Canary("URL", "Basic", PASSWORD, {"P_URL": "{userinfo}"}),
    Canary("--url", "Basic", PASSWORD, {}, ("--url", "{userinfo}")),
    Canary("--url=", "Basic", PASSWORD, {}, ("--url={half_encoded}",)),
]
ONE_OF_EACH_KIND = [CANARIES[0], CANARIES[3], CANARIES[6]]
WITH_CHECKUPS = [
    pytest.param(canary, command, id=f"{command}-{canary.name}")
    for commands, canaries in ((COMMANDS, CANARIES), (CHECKUPS, ONE_OF_EACH_KIND))
    for command, canary in itertools.product(commands, canaries)
]


def by_name(canary: Canary) -> str:
    return canary.name


# How a server may write down what it was sent.
ECHOES: dict[str, Callable[[Canary], str]] = {
    "head": lambda canary: f"authorization: {canary.authorization}",
    "secret": lambda canary: canary.secret,
    "decoded": lambda canary: decoded(canary.token),
    "percent-encoded": lambda canary: urllib.parse.quote(canary.secret, safe=""),
    "percent-encoded token": lambda canary: urllib.parse.quote(canary.token, safe=""),
    "in small percents": lambda canary: re.sub("%..", lambda m: m[0].lower(), urllib.parse.quote(canary.secret, safe="")),
    "Base64": lambda canary: base64_of(canary.secret),
}


def failures(text: str) -> dict[str, Script]:
    """Every place in an answer where a server may say this."""
    header = text.encode().decode("latin-1")
    return {
        "401": refusal(401, "security_exception", text),
        "plain error": Reply(400, json={"error": text, "message": text}),
        "403": refusal(403, "security_exception", f"action is unauthorized for {text}"),
        "404": refusal(404, "index_not_found_exception", text),
        "429": refusal(429, text, text),
        "500 root cause": Reply(500, json={"error": {"type": "x", "reason": "y", "root_cause": [{"reason": text}]}}),
        "500 caused by": Reply(500, json={"error": {"type": "x", "reason": "y", "caused_by": {"reason": text}}}),
        "Kibana's object": Reply(json={"success": False, "successCount": 0, "errors": [
            {"id": text, "type": text, "title": text, "error": {"type": text, "message": text}}]}),
        "page": Reply(200, f"<html><body>{text}</body></html>", {"Content-Type": "text/html"}),
        "page of a failure": Reply(502, text),
        "JSON": Reply(json={"authorization": text, "_shards": text, "result": text}),
        "header": Reply(500, json={}, headers={"Warning": header}),
        "redirect": Reply(302, headers={"Location": f"/?{urllib.parse.quote(text)}"}),
        "encoding": Reply(200, "x", {"Content-Encoding": header}),
        "no HTTP": Raw(text.encode()),
        "status line": Raw(f"HTTP/1.1 500 {text}\r\nContent-Length: 0\r\n\r\n".encode()),
    }


def tellings(canary: Canary) -> Iterator[tuple[str, Script]]:
    """Each echo in two places, and two echoes in each place."""
    for number, echo in enumerate(ECHOES):
        for place, script in list(failures(ECHOES[echo](canary)).items())[: None if number < 2 else 2]:
            yield f"{echo} in {place}", script


def prefix_of(command: str) -> str:
    return "KIBANA_" if command == "import-dashboard" else "ES_"


def look(run: Program, canary: Canary, command: str, url: str, *more: str, log_format: str = "logfmt") -> str:
    """All that the command shows and writes, at trace level."""
    prefix = prefix_of(command)
    env, arguments = canary.settings(run.home, url, prefix)
    env |= {"BACKFILL_HEALTH_LOG_LEVEL": "trace", "BACKFILL_HEALTH_LOG_FORMAT": log_format}
    if command in CHECKUPS:
        env |= {"KIBANA_URL": url}
    result = run(command, *arguments, *more, env=env)
    shown = result.stdout.decode() + result.stderr + written(run.home)
    shutil.rmtree(run.home / ".local", ignore_errors=True)  # or the spool would grow from look to look
    return shown


def written(folder: pathlib.Path) -> str:
    """The names and the contents of all files, but for the secret's own."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.parent.name != "secrets"]
    return "".join(f"{path}\n{path.read_text(errors='replace')}\n" for path in files)


def healthy() -> FakeElasticsearch:
    return FakeElasticsearch(gmail_emails_v2=list(MIDWAY), backfill_health_v1=[])


class Found:
    """In which case which line showed something."""

    def __init__(self, canary: Canary) -> None:
        self._canary = canary
        self._lines: dict[str, str] = {}

    def look_in(self, case: str, shown: str) -> None:
        if lines := self._canary.found_in(shown):
            self._lines[case] = lines[0]

    def nothing(self) -> None:
        if self._lines:
            listed = "".join(f"\n{case}: {line}" for case, line in self._lines.items())
            pytest.fail(f"{self._canary.secret} is shown{listed}", pytrace=False)


def only_writes(script: Script) -> Script:
    fake = healthy()
    return lambda request: script if request.method == "PUT" else fake(request)


class TestTheSearch:
    """That the tests below can fail."""

    @pytest.mark.parametrize("canary", CANARIES, ids=by_name)
    @pytest.mark.parametrize("echo", ECHOES)
    def test_finds_every_echo(self, canary, echo):
        assert canary.found_in(f"nothing here\n ({ECHOES[echo](canary)})") != []

    @pytest.mark.parametrize("canary", CANARIES, ids=by_name)
    def test_finds_nothing_else(self, canary):
        assert canary.found_in(f"Authorization: Basic ApiKey Bearer *** of {USER} on 2025-10-10T14:22:31Z") == []


class TestCanary:
    @pytest.mark.parametrize(("canary", "command"), WITH_CHECKUPS)
    def test_it_is_sent_in_its_header_and_shown_nowhere(self, run, stand_in, canary, command):
        server = stand_in(healthy())
        shown = look(run, canary, command, server.url)
        assert {request.headers["authorization"] for request in server.requests} == {canary.authorization}
        bodies = "".join(f"{request.target}\n{request.body.decode()}\n" for request in server.requests)
        assert canary.found_in(shown + bodies) == []

    @pytest.mark.parametrize("canary", CANARIES[:9], ids=by_name)
    def test_kibana_is_sent_what_is_meant_for_elasticsearch_when_it_has_none(self, run, stand_in, canary):
        server = stand_in(lambda request: refusal(400, "x", request.raw.decode("latin-1")))
        env, arguments = canary.settings(run.home, "http://unused.invalid", "ES_")
        line = run("import-dashboard", *arguments, env=env | {"KIBANA_URL": server.url}).failed(3)
        assert {request.headers["authorization"] for request in server.requests} == {canary.authorization}
        assert canary.found_in(line) == []

    @pytest.mark.parametrize(("canary", "command"), WITH_CHECKUPS)
    def test_a_server_that_echoes_all_that_it_is_sent(self, run, stand_in, canary, command):
        server = stand_in(lambda request: refusal(400, "x", request.raw.decode("latin-1")))
        for log_format in ("logfmt", "json"):
            assert canary.found_in(look(run, canary, command, server.url, log_format=log_format)) == []

    @pytest.mark.parametrize("canary", ONE_OF_EACH_KIND, ids=by_name)
    @pytest.mark.parametrize("command", COMMANDS)
    def test_a_server_that_tells_it(self, run, stand_in, canary, command):
        server = stand_in(Reply())
        found = Found(canary)
        for name, script in tellings(canary):
            server.script = only_writes(script) if command == "emit" else script
            found.look_in(name, look(run, canary, command, server.url, "--retries", "0"))
        found.nothing()

    @pytest.mark.parametrize("canary", ONE_OF_EACH_KIND, ids=by_name)
    def test_an_engine_that_is_one_and_tells_it(self, run, stand_in, canary):
        fake = healthy()
        server = stand_in(Reply())
        found = Found(canary)
        for name, script in tellings(canary):
            server.script = lambda request, script=script: fake(request) if request.path == "/" else script
            found.look_in(name, look(run, canary, "doctor", server.url, "--retries", "0"))
            assert len(server.requests) > 1
        found.nothing()

    @pytest.mark.parametrize("canary", ONE_OF_EACH_KIND, ids=by_name)
    @pytest.mark.parametrize("command", COMMANDS)
    def test_a_long_message_is_not_cut_within_it(self, run, stand_in, canary, command):
        server = stand_in(Reply())
        found = Found(canary)
        for length in range(10, 280, 18):
            text = "x" * length + canary.token
            reply = Reply(400, json={"error": {"type": "x", "reason": text}, "message": text})
            server.script = only_writes(reply) if command == "emit" else reply
            found.look_in(f"behind {length} others", look(run, canary, command, server.url))
        found.nothing()

    @pytest.mark.parametrize("canary", [*ONE_OF_EACH_KIND, CANARIES[-1]], ids=by_name)
    @pytest.mark.parametrize("command", ["validate", "import-dashboard"])
    def test_nobody_there_or_no_answer(self, run, stand_in, canary, command):
        shown = ""
        with refusing_port() as port:
            shown += look(run, canary, command, f"http://127.0.0.1:{port}", "--retries", "1")
            shown += look(run, canary, command, f"https://127.0.0.1:{port}", "--retries", "0")
        shown += look(run, canary, command, "http://no-such-host.invalid", "--retries", "0", "--timeout", "1s")
        for script in (Close(), Silence()):
            shown += look(run, canary, command, stand_in(script).url, "--retries", "0", "--timeout", "100ms")
        shown += look(run, canary, command, stand_in(Raw(b"x")).url.replace("http:", "https:"), "--timeout", "100ms")
        assert canary.found_in(shown) == []

    @pytest.mark.parametrize("canary", CANARIES, ids=by_name)
    def test_the_spool(self, run, stand_in, canary):
        server = stand_in(only_writes(Reply(503)))
        shown = look(run, canary, "emit", server.url, "--retries", "0")
        assert '"with_dates":20' in shown and f'"url":"{server.url}"' in shown
        assert canary.found_in(shown) == []

    @pytest.mark.parametrize("canary", CANARIES[:-3], ids=by_name)
    def test_the_embedded_store(self, run, files, canary):
        """It needs no credentials, and may be handed them all the same."""
        files.load(MIDWAY, "gmail_emails_v2")
        files.path("gmail_emails_v2-0").rename(files.path("gmail_emails_v2"))
        shown = look(run, canary, "emit", files.url)
        assert '"with_dates":20' in shown
        assert canary.found_in(shown) == []

    @pytest.mark.parametrize("prefix", ["ES_", "KIBANA_"])
    @pytest.mark.parametrize("canary", CANARIES[:-3], ids=by_name)
    def test_the_help(self, run, canary, prefix):
        env, arguments = canary.settings(run.home, "http://localhost", prefix)
        for command in ([], *([command] for command in (*COMMANDS, "serve"))):
            flags = arguments if command else []
            assert canary.found_in(run(*command, "--help", *flags, env=env).succeeded()) == []

    def test_wrong_usage(self, run, tmp_path):
        """What is refused before it is used is a secret all the same."""
        key, password = CANARIES[0], CANARIES[6]
        quoted = urllib.parse.quote(password.secret, safe="")
        (tmp_path / "lines").write_text(f"{key.secret}\r\n{key.secret}")
        attempts = [
            ({"ES_API_KEY": key.secret, "ES_API_KEY_FILE": "x"}, []),
            ({"ES_API_KEY": key.secret, "ES_USERNAME": USER, "ES_PASSWORD": password.secret}, []),
            ({"ES_API_KEY": f"{key.secret}\n{key.secret}"}, []),
            ({"ES_PASSWORD": password.secret}, []),
            ({"ES_USERNAME": "a:b", "ES_PASSWORD": password.secret}, []),
            ({}, ["--api-key-file", "lines"]),
            ({}, ["--es-url", f"http://:{quoted}@localhost"]),
            ({}, ["--es-url", f"http://{USER}:{quoted}%@localhost"]),
            ({}, ["--es-url", f"http://{USER}:{quoted}@localhost:port"]),
            ({}, ["--es-url", f"http://{USER}:{quoted}@"]),
            ({}, ["--es-url", f"ftp://{USER}:{quoted}@localhost"]),
            ({}, ["--es-url", f"{USER}:{quoted}@localhost"]),
            ({}, ["--es-url", f"http://{USER}:{quoted}@localhost,http://{USER}:other@localhost"]),
            ({}, ["--es-url", f"http://{USER}:{quoted}@localhost/?"]),
            ({"ES_URL": f"http://{USER}:{password.secret}@localhost"}, []),
        ]
        for env, arguments in attempts:
            line = run("validate", *arguments, env=env).failed(2)
            assert key.found_in(line) + password.found_in(line) == [], arguments

    @pytest.mark.parametrize("canary", CANARIES, ids=by_name)
    @pytest.mark.parametrize("command", COMMANDS)
    def test_what_others_see_of_the_process(self, run, stand_in, canary, command):
        server = stand_in(Silence())
        prefix = prefix_of(command)
        env, arguments = canary.settings(run.home, server.url, prefix)
        process = subprocess.Popen([run.path, command, *arguments], env=run.environment(env), cwd=run.home,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            wait_for(lambda: server.requests)
            seen = "".join(pathlib.Path(f"/proc/{process.pid}/{name}").read_text() for name in ("cmdline", "comm", "status"))
        finally:
            process.kill()
            shown = b"".join(process.communicate()).decode()
        assert command in seen
        assert canary.found_in(seen + shown) == []


def pages(serving: Exporter) -> str:
    return "".join(serving.get(path).text for path in ("/", "/metrics", "/readyz", "/healthz", "/nothing"))


class TestServe:
    @pytest.fixture
    def begin(self, exporter, stand_in, run):
        def go(canary: Canary, log_format: str) -> tuple[StandIn, Exporter]:
            server = stand_in(healthy())
            env, arguments = canary.settings(run.home, server.url, "ES_")
            serving = exporter("--log-level", "trace", "--log-format", log_format, "--retries", "0", "--timeout", "300ms",
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
        for name, script in tellings(canary):
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


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def issue(authority) -> Callable[..., Certificate]:
    """Each certificate once: an authority does not sign the same name twice."""
    return functools.cache(authority.issue)


@pytest.fixture(scope="module")
def impostor(tmp_path_factory) -> Authority:
    """Another authority, of the same name."""
    return Authority(tmp_path_factory.mktemp("impostor"))


def with_chain(certificate: Certificate, authority: Authority) -> ssl.SSLContext:
    """A server that shows its authority's certificate as well, as Elasticsearch does."""
    chain = certificate.certificate.with_suffix(".chain.pem")
    chain.write_text(certificate.certificate.read_text() + authority.file.read_text())
    return Certificate(chain, certificate.key).server_context()


def fingerprint(pem: pathlib.Path) -> str:
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem.read_text())).hexdigest()


class TestFingerprint:
    @pytest.fixture(scope="class")
    def leaf(self, issue) -> Certificate:
        return issue("pinned")

    @pytest.fixture
    def validate(self, run, stand_in, tmp_path):
        (tmp_path / "key").write_text("canary-key")

        def go(context: ssl.SSLContext, fingerprint: str, *more: str):
            self.server = stand_in(healthy(), tls=context)
            return run("validate", "--es-url", self.server.url, "--ca-fingerprint", fingerprint, "--api-key-file", "key",
                       "--retries", "0", *more)

        return go

    @pytest.mark.parametrize("spelled", [str, str.upper, lambda text: ":".join(re.findall("..", text)),
                                         lambda text: ":".join(re.findall("..", text.upper()))],
                             ids=["small", "capital", "small with colons", "capital with colons"])
    def test_the_authority_s(self, validate, authority, leaf, spelled):
        validate(with_chain(leaf, authority), spelled(fingerprint(authority.file))).succeeded()

    def test_the_server_s_own(self, validate, authority, leaf, tmp_path):
        validate(leaf.server_context(), fingerprint(leaf.certificate)).succeeded()
        validate(with_chain(leaf, authority), fingerprint(leaf.certificate)).succeeded()
        alone = self_signed(tmp_path)
        validate(alone.server_context(), fingerprint(alone.certificate)).succeeded()

    @pytest.mark.parametrize("variable", ["ES_CA_FINGERPRINT", "KIBANA_CA_FINGERPRINT"])
    def test_in_the_environment(self, run, stand_in, authority, leaf, variable):
        server = stand_in(healthy(), tls=with_chain(leaf, authority))
        command, url = ("validate", "ES_URL") if variable.startswith("ES_") else ("import-dashboard", "KIBANA_URL")
        wrong = "0" * 64
        run(command, env={url: server.url, variable: wrong}).failed(3, "certificate")
        assert server.requests == []
        run(command, env={url: server.url, variable: fingerprint(authority.file)})
        assert len(server.requests) == 1

    def refused(self, result) -> None:
        result.failed(3, self.server.url, "certificate")
        assert self.server.requests == []

    def test_wrong(self, validate, authority, impostor, leaf):
        self.refused(validate(with_chain(leaf, authority), fingerprint(impostor.file)))

    def test_an_authority_that_the_server_does_not_show(self, validate, authority, leaf):
        self.refused(validate(leaf.server_context(), fingerprint(authority.file)))

    def test_shown_by_a_server_that_it_did_not_sign_for(self, validate, authority, impostor):
        forged = impostor.issue("forged")
        self.refused(validate(with_chain(forged, authority), fingerprint(authority.file)))

    def test_for_another_host(self, validate, authority, issue):
        other = issue("pinned-elsewhere", ("DNS:elsewhere.example", "IP:127.0.0.2"))
        self.refused(validate(with_chain(other, authority), fingerprint(authority.file)))
        self.refused(validate(other.server_context(), fingerprint(other.certificate)))

    def test_expired(self, validate, authority, issue):
        old = issue("pinned-expired", expired=True)
        self.refused(validate(with_chain(old, authority), fingerprint(authority.file)))
        self.refused(validate(old.server_context(), fingerprint(old.certificate)))

    @pytest.mark.parametrize("text", ["garbage", "0" * 63, "0" * 65, "0" * 40, "g" * 64, ":" * 64, "0x" + "0" * 62,
                                      " " + "0" * 63, "sha256:" + "0" * 64])
    def test_garbage_is_wrong_usage(self, validate, leaf, text):
        validate(leaf.server_context(), text).failed(2, "fingerprint")
        assert self.server.connections == 0


class TestClientCertificate:
    """A server that wants one."""

    @pytest.fixture(scope="class")
    def client(self, issue) -> Certificate:
        return issue("client", ("DNS:client",))

    @pytest.fixture
    def server(self, stand_in, authority, issue) -> StandIn:
        context = issue("strict").server_context()
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(authority.file)
        return stand_in(healthy(), tls=context)

    @pytest.fixture
    def validate(self, run, server, authority):
        def go(*arguments: object, **env: object):
            return run("validate", "--es-url", server.url, "--ca-cert", authority.file, "--retries", "0", *arguments, env=env)

        return go

    def test_shown(self, validate, client):
        validate("--client-cert", client.certificate, "--client-key", client.key).succeeded()
        validate(ES_CLIENT_CERT=client.certificate, ES_CLIENT_KEY=client.key).succeeded()

    def test_for_kibana(self, run, server, client, authority):
        env = {"KIBANA_URL": server.url, "KIBANA_CA_CERT": authority.file, "KIBANA_CLIENT_CERT": client.certificate,
               "KIBANA_CLIENT_KEY": client.key}
        run("import-dashboard", env=env)
        assert len(server.requests) == 1

    def test_with_a_fingerprint(self, run, server, client, issue):
        pinned = fingerprint(issue("strict").certificate)
        run("validate", "--es-url", server.url, "--ca-fingerprint", pinned, "--client-cert", client.certificate,
            "--client-key", client.key).succeeded()

    def test_none(self, validate, server):
        validate().failed(3, server.url)
        assert server.requests == []

    def test_of_another_authority(self, validate, server, impostor):
        other = impostor.issue("client", ("DNS:client",))
        validate("--client-cert", other.certificate, "--client-key", other.key).failed(3, server.url)
        assert server.requests == []

    def test_only_one_of_the_two(self, validate, server, client):
        validate("--client-cert", client.certificate).failed(2, "--client-key")
        validate("--client-key", client.key).failed(2, "--client-cert")
        assert server.connections == 0

    def test_files_that_are_no_such_thing(self, validate, server, client, issue, tmp_path):
        (tmp_path / "empty").touch()
        other = issue("other-client", ("DNS:client",))
        validate("--client-cert", "absent", "--client-key", client.key).failed(2, "absent")
        validate("--client-cert", "empty", "--client-key", client.key).failed(2, "empty")
        validate("--client-cert", client.certificate, "--client-key", "absent").failed(2, "absent")
        validate("--client-cert", client.certificate, "--client-key", client.certificate).failed(2, client.certificate.name)
        validate("--client-cert", client.certificate, "--client-key", other.key).failed(2, other.key.name)
        assert server.connections == 0


class TestServerCertificate:
    CERTIFICATES: dict[str, Callable[[Callable[..., Certificate], pathlib.Path], Certificate]] = {
        "expired": lambda issue, folder: issue("old", expired=True),
        "other host": lambda issue, folder: issue("elsewhere", ("DNS:elsewhere.example",)),
        "old style name": lambda issue, folder: issue("127.0.0.1", ("DNS:elsewhere.example",)),
        "self-signed": lambda issue, folder: self_signed(folder),
    }

    @pytest.mark.parametrize("certificate", CERTIFICATES)
    @pytest.mark.parametrize("command", COMMANDS)
    def test_refused_and_insecure_accepts(self, run, stand_in, authority, issue, tmp_path, command, certificate):
        context = self.CERTIFICATES[certificate](issue, tmp_path).server_context()
        server = stand_in(healthy(), tls=context)
        prefix = prefix_of(command)
        env = {f"{prefix}URL": server.url, f"{prefix}CA_CERT": authority.file, f"{prefix}API_KEY": "canary"}
        run(command, "--retries", "0", env=env).failed(3, server.url, "certificate")
        assert server.requests == []
        run(command, "--retries", "0", "--insecure", env=env)
        assert server.requests[0].headers["authorization"] == "ApiKey canary"

    def test_serve_refuses_too(self, exporter, stand_in, tmp_path):
        server = stand_in(healthy(), tls=self_signed(tmp_path).server_context())
        serving = exporter("--es-url", server.url, "--retries", "0")
        assert "certificate" in serving.refresh().text
        assert serving.metrics()['backfill_health_refresh_errors_total{reason="unreachable"}'] >= 1
        assert server.requests == []

    def test_the_name_and_not_only_the_address_is_checked(self, run, stand_in, authority, issue):
        server = stand_in(healthy(), tls=issue("by-name", ("DNS:localhost",)).server_context())
        by_name = f"https://localhost:{server.port}"
        run("validate", "--es-url", by_name, "--ca-cert", authority.file).succeeded()
        run("validate", "--es-url", server.url, "--ca-cert", authority.file, "--retries", "0").failed(3, "certificate")


class TestProtocol:
    @staticmethod
    def only(version: ssl.TLSVersion, context: ssl.SSLContext) -> ssl.SSLContext:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # that is what it is about
            context.minimum_version = context.maximum_version = version
        if version < ssl.TLSVersion.TLSv1_2:
            context.set_ciphers("ALL:@SECLEVEL=0")
        return context

    @pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
    def test_current(self, run, stand_in, authority, issue, version):
        server = stand_in(healthy(), tls=self.only(version, issue("current").server_context()))
        run("validate", "--es-url", server.url, "--ca-cert", authority.file).succeeded()

    @pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
    @pytest.mark.parametrize("more", [[], ["--insecure"]])
    def test_outdated(self, run, stand_in, authority, issue, version, more):
        server = stand_in(healthy(), tls=self.only(version, issue("outdated").server_context()))
        run("validate", "--es-url", server.url, "--ca-cert", authority.file, "--retries", "0", *more).failed(3, server.url)
        assert server.requests == []
        old_client = self.only(version, ssl.create_default_context(cafile=authority.file))
        with socket.create_connection(("127.0.0.1", server.port)) as plain:
            with old_client.wrap_socket(plain, server_hostname="127.0.0.1") as stream:
                assert stream.version() in ("TLSv1", "TLSv1.1")


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


class TestRedirects:
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    @pytest.mark.parametrize("command", COMMANDS)
    def test_nobody_is_followed(self, run, stand_in, command, status):
        other = stand_in(healthy())
        prefix = prefix_of(command)
        for location in (f"{other.url}/x", f"//{other.address}/x", "/x", f"http://{USER}:canary@{other.address}/"):
            server = stand_in(Reply(status, headers={"Location": location}))
            run(command, env={f"{prefix}URL": server.url, f"{prefix}API_KEY": "canary"}).failed(3, server.url, str(status))
            assert len(server.requests) == 1 and other.connections == 0

    def test_serve(self, exporter, stand_in):
        other = stand_in(healthy())
        server = stand_in(Reply(307, headers={"Location": other.url}))
        serving = exporter("--es-url", server.url, "--refresh-interval", "1h", env={"ES_API_KEY": "canary"})
        assert serving.refresh().status == 503
        assert serving.metrics()['backfill_health_refresh_errors_total{reason="rejected"}'] >= 1
        assert other.connections == 0
