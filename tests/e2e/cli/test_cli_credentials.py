"""Which credentials are sent, which are refused, and that none is ever shown."""

import base64
import os
import pathlib
import threading

import pytest

from support.emails import MIDWAY
from support.fake_elasticsearch import FakeElasticsearch
from support.stand_in import Reply

KEY = "VuaCfGcBCdbkQm-e5aOx:ui2lp2axTNmsyakw9tvNnw=="


def basic(username: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


@pytest.fixture
def server(stand_in):
    return stand_in(FakeElasticsearch(gmail_emails_v2=list(MIDWAY)))


@pytest.fixture
def secret(tmp_path):
    def write(content: str, name: str = "secret"):
        path = tmp_path / name
        path.write_text(content)
        return path

    return write


@pytest.mark.parametrize(
    ("env", "arguments", "sent"),
    [
        ({}, [], None),
        ({"ES_API_KEY": KEY}, [], f"ApiKey {KEY}"),
        ({"ES_API_KEY_FILE": "{file}"}, [], "ApiKey from-file"),
        ({}, ["--api-key-file", "{file}"], "ApiKey from-file"),
        ({"ES_API_KEY": KEY}, ["--api-key-file", "{file}"], "ApiKey from-file"),
        ({"ES_API_KEY_FILE": "{other}"}, ["--api-key-file", "{file}"], "ApiKey from-file"),
        ({"ES_API_KEY": KEY, "ES_API_KEY_FILE": "{other}"}, ["--api-key-file", "{file}"], "ApiKey from-file"),
        ({"ES_API_KEY": KEY, "ES_API_KEY_FILE": ""}, [], f"ApiKey {KEY}"),
        ({"ES_USERNAME": "me", "ES_PASSWORD": "pa:ss wörd"}, [], basic("me", "pa:ss wörd")),
        ({"ES_USERNAME": "me", "ES_PASSWORD_FILE": "{file}"}, [], basic("me", "from-file")),
        ({"ES_PASSWORD": "secret"}, ["--username", "you"], basic("you", "secret")),
        ({"ES_USERNAME": "me", "ES_PASSWORD": "secret"}, ["--username", "you"], basic("you", "secret")),
        ({"ES_USERNAME": "me", "ES_PASSWORD": "x"}, ["--password-file", "{file}"], basic("me", "from-file")),
    ],
)
def test_what_is_sent(run, server, secret, env, arguments, sent):
    files = {"file": secret("from-file\n"), "other": secret("other", "other")}
    env = {name: value.format(**files) for name, value in env.items()}
    run("validate", *(a.format(**files) for a in arguments), env=env | {"ES_URL": server.url}).succeeded()
    assert {request.headers.get("authorization") for request in server.requests} == {sent}


@pytest.mark.parametrize(
    ("userinfo", "sent"),
    [("me:secret", basic("me", "secret")), ("me:p%40ss%3Aw%2Frd%25", basic("me", "p@ss:w/rd%"))],
)
def test_credentials_in_the_url_are_sent_as_basic_and_never_shown(run, server, userinfo, sent):
    url = server.url.replace("http://", f"http://{userinfo}@")
    run("validate", env={"ES_URL": url}).succeeded()
    assert {request.headers.get("authorization") for request in server.requests} == {sent}

    server.script = Reply(401)
    line = run("validate", "--es-url", url).failed(3, server.url)
    assert userinfo.split(":")[1] not in line


@pytest.mark.parametrize(
    ("env", "arguments", "words"),
    [
        ({"ES_API_KEY": KEY, "ES_API_KEY_FILE": "{file}"}, [], ["ES_API_KEY", "ES_API_KEY_FILE"]),
        ({"ES_USERNAME": "me", "ES_PASSWORD": "a", "ES_PASSWORD_FILE": "{file}"}, [], ["ES_PASSWORD_FILE"]),
        ({"ES_API_KEY": KEY, "ES_USERNAME": "me", "ES_PASSWORD": "a"}, [], []),
        ({"ES_API_KEY": KEY}, ["--username", "me"], []),
        ({"ES_USERNAME": "me", "ES_PASSWORD": "a"}, ["--api-key-file", "{file}"], []),
        ({"ES_API_KEY": KEY, "ES_URL": "http://me:canary@localhost:9200"}, [], []),
        ({"ES_API_KEY_FILE": "/nonexistent/key"}, [], ["/nonexistent/key"]),
        ({}, ["--api-key-file", "/nonexistent/key"], ["/nonexistent/key"]),
        ({}, ["--api-key-file", "/"], ["/"]),
        ({"ES_USERNAME": "me"}, ["--password-file", "/nonexistent/password"], ["/nonexistent/password"]),
        ({}, ["--api-key-file", "{empty}"], ["empty"]),
        ({}, ["--api-key-file", "{lines}"], []),
    ],
)
def test_what_is_refused(run, server, secret, env, arguments, words):
    files = {"file": secret("canary-1"), "empty": secret("", "empty"), "lines": secret("canary-2\r\nX: y\n", "lines")}
    env = {"ES_URL": server.url} | {name: value.format(**files) for name, value in env.items()}
    line = run("validate", *(a.format(**files) for a in arguments), env=env).failed(2, *words)
    assert "canary" not in line and KEY not in line
    assert server.connections == 0


@pytest.mark.parametrize("url", ["http://me:canary,x@127.0.0.1:9200", "http://me:can,ary@[::1],http://b:9200",
                                 "http://a:9200,http://me:canary,canary@b"])
def test_a_comma_in_a_password_does_not_show_half_of_it(run, url):
    for command in ("validate", "config"):
        assert "can" not in run(command, env={"ES_URL": url}).failed(2, "ES_URL", "%2C").replace("cannot", "")


@pytest.mark.parametrize("command", ["validate", "doctor", "serve"])
def test_a_secret_may_come_from_a_pipe(run, exporter, server, tmp_path, command):
    """Which can be read only once, also by who needs it twice."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(KEY + "\n",))
    writer.start()
    if command == "serve":
        assert exporter("--es-url", server.url, "--api-key-file", pipe).refresh().status == 200
    else:
        run(command, "--es-url", server.url, "--api-key-file", pipe)
    writer.join(20)
    assert {request.headers["authorization"] for request in server.requests} == {f"ApiKey {KEY}"}


@pytest.mark.parametrize("content", ["key", "key\n"])
def test_one_newline_at_the_end_of_a_secret_file_is_dropped(run, server, secret, content):
    run("validate", "--es-url", server.url, "--api-key-file", secret(content)).succeeded()
    assert server.requests[0].headers["authorization"] == "ApiKey key"


SECRETS = [
    {"ES_API_KEY": "canary-key"},
    {"ES_USERNAME": "me", "ES_PASSWORD": "canary-password"},
    {"ES_URL": "http://me:canary-password@{address}"},
]


@pytest.mark.parametrize("command", ["validate", "emit", "create-index"])
@pytest.mark.parametrize("answer", [None, Reply(401), Reply(500, "oops"), Reply(body="<html>")],
                         ids=["fine", "401", "500", "html"])
@pytest.mark.parametrize("env", SECRETS, ids=["key", "password", "url"])
def test_no_secret_is_shown_even_at_trace(run, server, command, answer, env):
    if answer:
        server.script = answer
    env = {"ES_URL": "http://{address}"} | env
    env = {name: value.format(address=server.address) for name, value in env.items()}
    result = run(command, "--log-level", "trace", env=env)
    shown = result.stdout.decode() + result.stderr
    encoded = basic("me", "canary-password").removeprefix("Basic ")
    assert "canary" not in shown and encoded not in shown, result
    assert server.requests[0].headers["authorization"] in (basic("me", "canary-password"), "ApiKey canary-key")


def test_no_secret_is_in_the_process_title(exporter, server):
    serving = exporter("--es-url", server.url.replace("http://", "http://me:canary@"))
    assert serving.refresh().status == 200
    assert "authorization" in server.requests[0].headers
    title = pathlib.Path(f"/proc/{serving.process.pid}/cmdline").read_bytes()
    assert b"canary" not in title and server.address.encode() in title


@pytest.mark.parametrize("log_format", ["logfmt", "json"])
@pytest.mark.parametrize("env", SECRETS, ids=["key", "password", "url"])
def test_serve_shows_no_secret(exporter, server, env, log_format):
    env = {name: value.format(address=server.address) for name, value in ({"ES_URL": "http://{address}"} | env).items()}
    serving = exporter("--log-level", "trace", "--log-format", log_format, "--retries", "0", env=env)
    shown = serving.refresh().text
    server.script = Reply(401, json={"error": "no"})
    shown += serving.refresh().text
    shown += serving.get("/metrics").text + serving.get("/").text + serving.get("/readyz").text
    serving.stop()
    shown += serving.log
    assert "canary" not in shown and basic("me", "canary-password").removeprefix("Basic ") not in shown
