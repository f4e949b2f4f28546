"""No secret ever leaves but to the server that it is for, whatever that server and the network do."""

import itertools
import pathlib
import shutil
import subprocess
import urllib.parse

import pytest

from support.canaries import (CANARIES, COMMANDS, ECHOES, ONE_OF_EACH_KIND, USER, Canary, Found, by_name, prefix_of,
                              echoes_of, written)
from support.emails import MIDWAY
from support.fake_elasticsearch import healthy, refusal
from support.ports import refusing_port
from support.program import Program
from support.requests.raw_http import wait_for
from support.spool import is_write
from support.stand_in import Close, Raw, Reply, Script, Silence

CHECKUPS = ["doctor", "bootstrap"]  # ask what the others ask, and more
WITH_CHECKUPS = [
    pytest.param(canary, command, id=f"{command}-{canary.name}")
    for commands, canaries in ((COMMANDS, CANARIES), (CHECKUPS, ONE_OF_EACH_KIND))
    for command, canary in itertools.product(commands, canaries)
]


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


def only_writes(script: Script) -> Script:
    fake = healthy()
    return lambda request: script if is_write(request) else fake(request)


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
        for name, script in echoes_of(canary):
            server.script = only_writes(script) if command == "emit" else script
            found.look_in(name, look(run, canary, command, server.url, "--retries", "0"))
        found.nothing()

    @pytest.mark.parametrize("canary", ONE_OF_EACH_KIND, ids=by_name)
    def test_an_engine_that_is_one_and_tells_it(self, run, stand_in, canary):
        fake = healthy()
        server = stand_in(Reply())
        found = Found(canary)
        for name, script in echoes_of(canary):
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
            shown = b"".join(process.communicate(timeout=30)).decode()
        assert command in seen
        assert canary.found_in(seen + shown) == []
