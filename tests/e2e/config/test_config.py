"""The configuration file: which one is read, what it must be, and where each setting comes from."""

import json
import os
import pathlib
import re
import time

import pytest

from support.configuration import checker, dump
from support.stand_in import Reply, Silence

ENTRY = {"name": "invoices", "index": "emails-0", "field": "due_date"}
SEARCH = {"BACKFILL_HEALTH_CONFIG": ""}  # looks where a user's may be


@pytest.fixture
def check(run):
    return checker(run)


def settings_of(result) -> dict:
    return json.loads(result.succeeded())["settings"]


def test_each_setting_has_its_source(run, check):
    shown = settings_of(check("settings:\n  timeout: 3s\n  retries: 1\n  listen: ':9000'\n", "--json", "--timeout", "5s",
                              env={"ES_RETRIES": "2"}))
    assert shown["timeout"] == {"value": "5s", "source": "flag"}
    assert shown["retries"] == {"value": "2", "source": "ES_RETRIES"}
    assert shown["listen"] == {"value": ":9000", "source": "f.yaml:4"}
    assert shown["max-stale"] == {"value": "15m", "source": "default"}


def test_text_for_people(check):
    out = check("settings:\n  timeout: 3s\nbackfills:\n- name: invoices\n  index: i-*\n  population: {status: [open, paid]}\n"
                "  field: due_date\n  derived: [a, b]\n  max-missing: 5\n  min-coverage: 0.95\n  rules: [due_date < now+2y]\n"
                ).succeeded()
    first, *lines = out.splitlines()
    assert first == "Configuration file: f.yaml"
    assert any(re.fullmatch(r"timeout +3s +f\.yaml:2", line) for line in lines)
    assert any(re.fullmatch(r"retries +3 +default", line) for line in lines)
    assert out.endswith("""
invoices
  index         i-*
  population    status: open or paid
  field         due_date
  derived       a, b
  max-missing   5
  min-coverage  0.95
  rule          due_date < now+2y
""")


def test_without_a_file_the_options_describe_the_one_backfill(run):
    shown = json.loads(run("config", "--json", "--field", "x", "--config=", env={"BACKFILL_NAME": "orders"}).succeeded())
    assert shown["file"] is None
    assert shown["backfills"] == [{"name": "orders", "field": "x", "derived": ["expires_at"]} | {
        key: value for key, value in shown["backfills"][0].items() if key in ("index", "population")}]


class TestSearch:
    @pytest.fixture
    def found(self, run):
        def found(*arguments, env=None):
            return json.loads(run("config", "--json", *arguments, env=SEARCH | (env or {})).succeeded())["file"]
        return found

    def put(self, path: pathlib.Path) -> str:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("settings: {timeout: 3s}\n")
        return str(path)

    def test_in_this_order(self, found, tmp_path):
        home = self.put(tmp_path / ".config/backfill-health/config.yaml")
        assert found(env={"XDG_CONFIG_HOME": ""}) == home
        other = self.put(tmp_path / "xdg/backfill-health/config.yaml")
        xdg = {"XDG_CONFIG_HOME": str(tmp_path / "xdg")}
        assert found(env=xdg) == other
        assert found(env={"XDG_CONFIG_HOME": "xdg"}) == home, "a relative one counts as not set"
        variable = self.put(tmp_path / "variable.yaml")
        assert found(env=xdg | {"BACKFILL_HEALTH_CONFIG": variable}) == variable
        flag = self.put(tmp_path / "flag.yaml")
        assert found("--config", flag, env=xdg | {"BACKFILL_HEALTH_CONFIG": variable}) == flag
        assert found("--config=", env=xdg | {"BACKFILL_HEALTH_CONFIG": variable}) is None

    def test_never_in_the_working_directory(self, run, found, tmp_path):
        if os.path.exists("/etc/backfill-health/config.yaml"):
            pytest.skip("this machine has a configuration")
        for name in ("config.yaml", "backfill-health.yaml", "backfill-health/config.yaml"):
            self.put(tmp_path / name)
        assert found() is None

    def test_a_named_or_found_one_that_cannot_be_read_is_not_passed_over(self, run, tmp_path):
        run("config", "--config", "nowhere.yaml").failed(2, "nowhere.yaml")
        run("validate", env={"BACKFILL_HEALTH_CONFIG": "nowhere.yaml"}).failed(2, "nowhere.yaml")
        run("config", "--config", tmp_path).failed(2, str(tmp_path))
        (tmp_path / ".config/backfill-health/config.yaml").mkdir(parents=True)
        run("config", env=SEARCH).failed(2, "config.yaml")

    def test_a_link_that_leads_nowhere_is_not_passed_over(self, run, tmp_path):
        folder = tmp_path / ".config/backfill-health"
        folder.mkdir(parents=True)
        (folder / "config.yaml").symlink_to("gone")
        run("config", env=SEARCH).failed(2, "config.yaml")


def test_what_a_command_would_refuse_is_not_valid(run, check):
    run("config", "--index", "../x").failed(2, "../x")
    run("config", "--spool=").failed(2, "--spool")
    check(b'settings: {spool: ""}\n').failed(2, "spool")


class TestBadFiles:
    def test_too_large(self, check):
        check(b"#" * 10_000_000).failed(2, "f.yaml", "4 MiB")
        check(b"#" * 4_000_000 + b"\n").succeeded()

    def test_an_endless_one(self, run):
        begun = time.monotonic()
        run("config", "--config", "/dev/zero").failed(2, "/dev/zero")
        assert time.monotonic() - begun < 10

    @pytest.mark.parametrize(("text", "words"), [
        ("backfills:\n\t- name: a\n", ["f.yaml:2: ", "YAML"]),
        ("a: &a [x, x]\nb: &b [*a, *a]\n", ["f.yaml:1: ", "anchor"]),
        ("settings: *a\n", ["f.yaml:1: "]),
        ("settings:\n  timeout: 1s\n  timeout: 2s\n", ["f.yaml:3: timeout is given twice", "line 2"]),
        ("settings: {}\nbackfills: [{name: a, index: b, field: c}]\nsettings: {}\n", ["f.yaml:3: settings is given twice"]),
        ("backfills:\n- {name: a, index: b, field: c}\n- {name: a, index: d, field: e}\n", ["f.yaml:3: ", "named a", "line 2"]),
        ("backfills:\n- {name: a, index: b, field: c, query: " + "{bool: {filter: [" * 20 + "{}" + "]}}" * 20 + "}",
         ["f.yaml:2: query is nested more than 32 levels deep"]),
        ("backfills: [{name: a, index: b, field: c, query:\n  {a: 1e400}}]", ["f.yaml:2: 1e400 is too large"]),
        ("backfills: [{name: a, index: b, field: c, query: {a: 5e" + "3" * 200 + "}}]", ["f.yaml:1: ", "too large"]),
        ("settings: [1, 2\n", ["f.yaml:", "YAML"]),
        ("settings: {timeout: 'x}\n", ["f.yaml:", "YAML"]),
        ("a: " + "[" * 100_000, ["f.yaml:1: ", "YAML"]),
        ("a: " + "{a: " * 100_000, ["f.yaml:1: ", "YAML"]),
        ("settings: {timeout: \x1b[31m}\n", ["f.yaml:1: "]),
        ("settings: {\x1b: 1}\n", ["f.yaml:1: "]),
        ("settings:\n  listen: nonsense\n", ["f.yaml:2: listen", "nonsense", "127.0.0.1:8003"]),
        ("settings:\n  listen: localhost:65536\n", ["f.yaml:2: listen"]),
        ("settings:\n  web.config.file: /nowhere/web.yml\n", ["/nowhere/web.yml"]),
        ("settings:\n  threads: 0\n", ["f.yaml:2: threads"]),
        ("backfills:\n- {nmae: a, index: b, field: c}\n", ["f.yaml:2: unknown key nmae; did you mean name?"]),
        (b"settings: {timeout: \xff}\n", ["f.yaml:1: ", "UTF-8"]),
        (b"settings: {}\n\0more\n", ["f.yaml:2: ", "NUL"]),
        ("x" * 5000 + ": 1\n", ["f.yaml:1: "]),
        ("backfills: [{name: a, index: b, field: " + "x" * 5000 + ", derived: [" + "x" * 5000 + "]}]", ["f.yaml:1: "]),
    ])
    def test_one_line_that_names_the_place(self, check, text, words):
        check(text).failed(2, *words)

    def test_a_byte_order_mark_and_other_line_ends_do_no_harm(self, check):
        shown = settings_of(check("\ufeffsettings:\r\n  timeout: 3s\r\n  space: NO\r\n", "--json"))
        assert shown["timeout"] == {"value": "3s", "source": "f.yaml:2"}
        assert shown["space"]["value"] == "NO"

    def test_no_and_on_are_text(self, run, files):
        index = files.load([{"country": "NO", "on": 1}, {"country": "NO"}, {"country": "false", "on": 1}])
        path = dump(run.home / "f.yaml", {})
        path.write_text(f"backfills: [{{name: on, index: {index}, population: {{country: NO}}, field: on}}]\n")
        line = run("validate", "--json", "--config", path, "--es-url", files.url).succeeded()
        assert (json.loads(line)["missing"], json.loads(line)["present"]) == (1, 1)


@pytest.mark.parametrize(("arguments", "env", "named"), [
    (["--index", "x"], {}, "--index"), (["--name", "x"], {}, "--name"), (["--population", "a=b"], {}, "--population"),
    (["--field", "x"], {}, "--field"), (["--derived="], {}, "--derived"),
    ([], {"ES_EMAIL_INDEX": "x"}, "ES_EMAIL_INDEX"), ([], {"BACKFILL_NAME": "x"}, "BACKFILL_NAME"),
    ([], {"BACKFILL_POPULATION": "a=b"}, "BACKFILL_POPULATION"), ([], {"BACKFILL_FIELD": "x"}, "BACKFILL_FIELD"),
    ([], {"BACKFILL_DERIVED": "x"}, "BACKFILL_DERIVED"),
])
@pytest.mark.parametrize("command", ["validate", "emit", "config"])
def test_two_places_that_say_what_is_measured(run, command, arguments, env, named):
    dump(run.home / "f.yaml", {"backfills": [ENTRY]})
    run(command, "--config", "f.yaml", "--es-url", "file:.", *arguments, env=env).failed(2, named, "f.yaml:1", "--config=")


def test_a_setting_alone_leaves_the_options_in_force(run, files):
    index = files.load([{"category": "bills"}])
    dump(run.home / "f.yaml", {"settings": {"es-url": files.url}})
    assert "Missing x (bills):     1\n" in run("validate", "--config", "f.yaml", "--index", index, "--field", "x").succeeded()


class TestInForce:
    """What the file says holds."""

    def test_url_and_health_index(self, run, files):
        index, health = files.load([{"due_date": 1}, {}]), files.unused_name("h")
        dump(run.home / "f.yaml", {"settings": {"es-url": files.url, "health-index": health},
                                   "backfills": [ENTRY | {"index": index}]})
        run("create-index", "--config", "f.yaml").succeeded()
        run("emit", "--config", "f.yaml").succeeded()
        [document] = files.documents(health)
        assert document["backfill"] == "invoices" and document["missing"] == 1

    def test_timeout(self, run, stand_in):
        server = stand_in(Silence())
        dump(run.home / "f.yaml", {"settings": {"es-url": server.url, "timeout": "300ms", "retries": 0}})
        begun = time.monotonic()
        run("validate", "--config", "f.yaml").failed(3, "no answer in time")
        assert time.monotonic() - begun < 10

    def test_log_format(self, run, exporter, files):
        dump(run.home / "f.yaml", {"settings": {"es-url": files.url, "log-format": "json"}})
        serve = exporter("--config", "f.yaml")
        assert json.loads(serve.log.splitlines()[0])


def authorization(run, stand_in, settings: dict, env: dict) -> str:
    server = stand_in(Reply(401))
    dump(run.home / "f.yaml", {"settings": {"es-url": server.url, "retries": 0} | settings})
    run("validate", "--config", "f.yaml", env=env).failed(3)
    return server.requests[0].headers.get("authorization", "")


def test_credentials_of_the_file_are_used_and_beaten_by_variables(run, stand_in):
    for name in ("file", "other"):
        (run.home / name).write_text(f"key-of-{name}\n")
    settings = {"api-key-file": str(run.home / "file")}
    assert authorization(run, stand_in, settings, {}) == "ApiKey key-of-file"
    assert authorization(run, stand_in, settings, {"ES_API_KEY": "own"}) == "ApiKey own"
    assert authorization(run, stand_in, settings, {"ES_API_KEY_FILE": run.home / "other"}) == "ApiKey key-of-other"


def test_secrets_are_never_shown(run):
    secret = "zyx-canary-wvu"
    (run.home / "secret").write_text(secret)
    dump(run.home / "f.yaml", {"settings": {"api-key-file": str(run.home / "secret")}})
    for env, arguments in (({"ES_API_KEY": secret}, []), ({"ES_API_KEY_FILE": run.home / "secret"}, []),
                           ({}, ["--config", "f.yaml"]), ({"ES_USERNAME": "joe", "ES_PASSWORD": secret}, []),
                           ({"ES_URL": f"https://joe:{secret}@localhost:1"}, []), ({"ES_BEARER_TOKEN": secret}, []),
                           ({"KIBANA_URL": f"https://joe:{secret}@localhost:1"}, []), ({"KIBANA_API_KEY": secret}, [])):
        for form in ([], ["--json"]):
            out = run("config", *form, *arguments, env=env).succeeded()
            assert secret not in out, env
    shown = settings_of(run("config", "--json", env={"ES_API_KEY": secret}))
    assert shown["api-key-file"] == {"value": None, "source": "ES_API_KEY"}


@pytest.mark.parametrize("key", ["es-url", "kibana-url"])
def test_a_secret_in_a_url_of_the_file_is_refused_and_not_shown(check, key):
    assert "zyx" not in check(f"settings:\n  {key}: https://joe:zyx@localhost:1\n").failed(2, "f.yaml:2", "password")


def test_unknown_keys_have_the_nearest(check):
    check("settings: {timout: 1s}").failed(2, "f.yaml:1: unknown key timout; did you mean timeout?")
    check("backfills: [{nam: a, index: b, field: c}]").failed(2, "did you mean name?")


def test_rules_are_checked(check):
    def rules(*texts):
        return json.dumps({"settings": {"es-url": "file:."}, "backfills": [ENTRY | {"rules": texts}]})

    assert "due_date < now+2y" in check(rules("due_date<now+2y")).succeeded()
    check(rules("due_date < ")).failed(2, 'f.yaml:1: rule "due_date < ", column 12: a field or a value is missing')
    check(rules("created < now")).failed(2, "f.yaml:1", "neither the field nor a derived field", "due_date")
    check(rules("due_date < now", "due_date  <now")).failed(2, "f.yaml:1: the rule due_date < now is given twice")


@pytest.mark.parametrize(("env", "where"), [({}, "es-url in f.yaml"), ({"ES_URL": "file:."}, "ES_URL")])
def test_a_hint_names_the_place_that_decides(run, env, where):
    dump(run.home / "f.yaml", {"settings": {"es-url": "file:."}, "backfills": [ENTRY]})
    run("validate", "--config", "f.yaml", env=env).failed(3, f"check index in f.yaml, and the folder in {where}")
