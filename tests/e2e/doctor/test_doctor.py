"""doctor on what no real Elasticsearch shows here, and on folders."""

import json
import time

import pytest

from support.emails import MIDWAY, bill, emails
from support.fake_elasticsearch import refusal
from support.forward import Forward, edit_json
from support.output.doctor import Checkup, doctor
from support.stand_in import Close, Raw, Reply, Silence
from support.terminals.screen import color_of, drawn

ENGINE = {"name": "n", "version": {"number": "8.19.0"}, "tagline": "You Know, for Search"}


class TestEngine:
    """A real one, of which some answers are changed on their way."""

    @pytest.fixture(scope="class")
    def index(self, engine):
        name = engine.load(engine.unique_name("emails"), MIDWAY)
        yield name
        engine.delete(name)

    @pytest.fixture
    def changed(self, run, engine, index, stand_in, elsewhere):

        def go(*arguments: object, **answers: object) -> Checkup:
            """By the part of the path that they answer: `_cluster_health` is /_cluster/health."""

            def script(request):
                for part, answer in answers.items():
                    if request.path == "/" if part == "root" else part.replace("__", "/") in request.path:
                        return Forward(engine.url, edit_json(answer)) if callable(answer) else answer
                return Forward(engine.url)

            server = stand_in(script)
            found = doctor(run, "--es-url", server.url, "--index", index, "--health-index",
                           "backfill-health-absent", "--retries", "0", *arguments, env=elsewhere)
            assert len(server.requests) <= 12
            assert all(request.method in ("GET", "POST") for request in server.requests)
            return found

        return go

    @pytest.mark.parametrize(("root", "level", "words"), [
        (ENGINE | {"version": {"number": "7.10.0"}}, "ok", "Elasticsearch 7.10.0"),
        (ENGINE | {"version": {"number": "7.9.3"}}, "problem", "7.10 or later"),
        (ENGINE | {"version": {"number": "2.11.0", "distribution": "opensearch"}}, "ok", "OpenSearch 2.11.0"),
        ({"hello": "world"}, "problem", "not Elasticsearch"),
    ])
    def test_products(self, changed, root, level, words):
        found = changed(root=Reply(json=root))
        found.has("product", level, words)
        assert bool(found.of("index")) == ("hello" not in root)

    def test_a_version_that_is_not_shown(self, changed):
        found = changed(root=refusal(403, "security_exception", "no"))
        found.has("product", "warning", "not checked", "monitor")
        found.has("measurement", "ok")

    @pytest.mark.parametrize("answer", [
        Reply(302, headers={"kbn-name": "kibana", "location": "/login"}),
        Reply(200, "<html>", {"kbn-name": "kibana"}),
    ])
    def test_a_kibana(self, changed, answer):
        found = changed(root=answer)
        found.has("product", "problem", "is Kibana", "9200")
        assert found.code == 1 and not found.of("index")

    def test_a_web_server(self, changed):
        changed(root=Reply(200, "<html>")).has("product", "problem", "not Elasticsearch")

    @pytest.mark.parametrize("script", [Close(), Silence(), Raw(b"SSH-2.0-OpenSSH_9.2\r\n")])
    def test_it_cannot_be_reached(self, run, stand_in, elsewhere, script):
        found = doctor(run, "--es-url", stand_in(script).url, "--timeout", "300ms", "--retries", "0", env=elsewhere)
        assert found.code == 3
        assert [one["check"] for one in found.checks] == ["connection", "serve", "kibana"]
        assert found.checks[0]["level"] == "problem"

    def test_red(self, changed):
        found = changed(_cluster__health=lambda body: body.update(status="red", unassigned_shards=3))
        found.has("cluster", "problem", "red", "3", "allocation/explain")

    @pytest.mark.parametrize(("free", "settings", "level", "words"), [
        (16, {}, "ok", "84 %"),
        (14, {}, "warning", "low"),
        (9, {}, "problem", "high"),
        (4, {}, "problem", "flood_stage"),
        (14, {"transient": {"low": "90%"}}, "ok", "86 %"),
        (14, {"persistent": {"low": "13gb"}}, "ok", "86 %"),
        (14, {"persistent": {"low": "15gb"}}, "warning", "low"),
        (14, {"persistent": {"low": "0.9"}}, "ok", "86 %"),
        (14, {"persistent": {"low.max_headroom": "13GB"}}, "ok", "86 %"),
        (1, {"persistent": {"threshold_enabled": "false"}}, "ok", "disabled"),
    ])
    def test_watermarks(self, changed, free, settings, level, words):
        prefix = "cluster.routing.allocation.disk."
        kinds = {"defaults": {"threshold_enabled": "true", "low": "85%", "low.max_headroom": "200GB", "high": "90%",
                              "flood_stage": "95%"}} | settings
        named = {kind: {prefix + (name if name == "threshold_enabled" else f"watermark.{name}"): value
                        for name, value in values.items()} for kind, values in kinds.items()}

        def disk(body: dict) -> None:
            for node in body["nodes"].values():
                node["fs"]["total"] = {"total_in_bytes": 100 << 30, "available_in_bytes": free << 30}

        changed(_cluster__settings=Reply(json=named), _nodes=disk).has("disk", level, words)

    @pytest.mark.parametrize(("seconds", "level", "words"), [
        (-20, "ok", ""), (60, "warning", "ahead of ours"), (-60, "warning", "behind ours"), (-600, "problem", "behind")])
    def test_the_clock(self, changed, seconds, level, words):
        def move(body: dict) -> None:
            for node in body["nodes"].values():
                node["timestamp"] = int((time.time() + seconds) * 1000)

        changed(_nodes=move).has("clock", level, words)

    def test_a_failing_check_hides_no_other(self, changed):
        found = changed("--timeout", "3s", _field_caps=Reply(500), _cluster=Silence(), _security=Reply(502, "<html>"))
        for check in ("fields", "cluster", "disk", "credentials"):
            found.has(check, "warning", "not checked")
        found.has("measurement", "ok", "22 bills")
        found.has("clock", "ok")

    def test_a_silent_engine_is_not_asked_about_each_rule(self, changed):
        rules = [word for number in range(12) for word in ("--rule", f'dates != "{number}"')]
        found = changed(*rules, "--timeout", "3s", _search=Silence())
        assert [level for level, _ in found.of("rule")] == ["warning"] * 12
        found.has("rule", "warning", '"dates != "11""', "not checked")

    @pytest.mark.parametrize("part", ["root", "_security", "_field_caps", "_cluster", "_nodes", "_search"])
    @pytest.mark.parametrize("body", ["[]", "{}", '{"nodes":{"a":7},"fields":{"dates":{"keyword":7}},"status":[]}'])
    def test_nonsense_is_no_ok(self, changed, part, body):
        found = changed(**{part: Reply(200, body)})
        assert found.code in (0, 1)
        checks = {"root": ["product"], "_security": ["credentials"], "_field_caps": ["fields", "population"],
                  "_cluster": ["cluster"], "_nodes": ["clock"], "_search": ["measurement"]}[part]
        for check in checks:
            assert "ok" not in [level for level, _ in found.of(check)]


class TestFolder:
    @pytest.fixture
    def look(self, run, files, elsewhere):
        return lambda *arguments: doctor(run, "--es-url", files.url, *arguments, env=elsewhere)

    def test_all_is_well(self, run, files, look):
        index = files.load(MIDWAY)
        run("create-index", "--es-url", files.url).succeeded()
        look("--index", index).has("last-snapshot", "warning", "none yet")
        run("emit", "--es-url", files.url, "--index", index).succeeded()
        found = look("--index", index)
        assert found.bad() == {"serve", "kibana"}
        assert all(one["level"] == "ok" for one in found.checks[:-2])
        found.has("measurement", "ok", "22 bills")

    def test_no_folder(self, run, elsewhere, tmp_path):
        found = doctor(run, "--es-url", f"file:{tmp_path}/absent", env=elsewhere)
        found.has("folder", "problem", "No such file", "--es-url", "mkdir -p '")
        assert not found.of("index") and found.of("serve")

    def test_nothing_in_it(self, look):
        found = look()
        found.has("index", "problem", "gmail_emails_v2.ndjson")
        found.has("health-index", "problem", "backfill-health create-index")

    def test_what_does_not_occur(self, files, look):
        index = files.load([bill(), {"kind": "bills"}])
        found = look("--index", index, "--population", "type=bills")
        found.has("population", "problem", "no document has type", "--population")
        found.has("field", "warning", "no document has dates", "--field")
        found.has("derived", "warning", "no document has expires_at")
        found.has("measurement", "problem", "no document matches type: bills")

    def test_before_the_first_run(self, files, look):
        found = look("--index", files.load(emails(20, 0, 0)))
        found.has("field", "warning", "no bills have dates", "expected before the first run", "--field")
        assert [level for level, _ in found.of("field")] == ["warning"]
        assert "index" not in found.bad() and found.of("measurement")[0][0] == "ok"

    @pytest.mark.parametrize("missing", [0, 2])
    def test_a_derived_field_that_is_never_set(self, files, look, missing):
        found = look("--index", files.load(emails(missing, 20, 0)))
        assert found.of("derived") == [("warning", "no bills with dates have expires_at; check --derived "
                                        "(BACKFILL_DERIVED), and whether the backfill sets it")]

    def test_rules(self, files, look):
        day = "2025-10-10"
        index = files.load([bill([day]) | {"created": day, "customer": {"since": day}}])
        rules = ["dates < now", "dates >= creatd", "dates >= customer.sinc", "dates == zz", "expires_at > 2025-01-01"]
        found = look("--index", index, *(word for rule in rules for word in ("--rule", rule)))
        assert [level for level, _ in found.of("rule")] == ["ok"] + ["problem"] * 3 + ["warning"]
        found.has("rule", "ok", '"dates < now": can be judged')
        found.has("rule", "problem", '"dates >= creatd": no document has creatd', "did you mean created?")
        found.has("rule", "problem", "no document has customer.sinc", "did you mean customer.since?")
        found.has("rule", "problem", "no document has zz", "check its name: no field has a similar name")
        found.has("rule", "warning", "no document has expires_at", "before the first run", "--derived")
        found.has("measurement", "ok", "1 bills: 0 without dates, 1 with")

    def test_a_line_that_is_none(self, files, look):
        index = files.load(MIDWAY)
        with files.path(index).open("a") as file:
            file.write("{nonsense\n")
        look("--index", index).has("measurement", "problem", f"{index}.ndjson:26")

    def test_a_health_index_that_is_no_file(self, files, look):
        files.path("backfill_health_v1").mkdir()
        look().has("health-index", "problem", "not a regular file", "--health-index")


class TestText:
    @pytest.fixture
    def ill(self, run, files, elsewhere):
        return lambda *arguments: run("doctor", "--es-url", files.url, *arguments, env=elsewhere)

    def test_columns_and_the_last_line(self, ill, files):
        result = ill()
        assert (result.code, result.stderr) == (1, "")
        *lines, last = result.stdout.decode().splitlines()
        assert last == "2 ok, 0 warnings, 4 problems"
        assert lines[0] == f"ok       folder        {files.folder} can be read and written"
        assert lines[1].startswith("problem  index         the index gmail_emails_v2 does not exist")
        assert lines[2] == "                       check --index, and the folder in --es-url"

    def test_quiet(self, ill):
        lines = ill("-q").stdout.decode().splitlines()
        assert {line.split()[0] for line in lines if not line.startswith(" ")} == {"problem"}

    def test_color(self, ill):
        screen = drawn(ill("--color", "always").stdout)
        assert [color_of(screen, word) for word in ("ok ", "problem ", "folder")] == ["green", "red", "default"]
        assert b"\x1b" not in ill().stdout

    def test_what_was_not_asked_for_may_be_absent(self, run, files):
        """The default addresses: whoever is there, its absence would be no problem."""
        report = json.loads(run("doctor", "--json", "--es-url", files.url).stdout)
        absent = [one for one in report["checks"] if "Connection refused" in one["message"]
                  or "nothing answers" in one["message"]]
        assert absent and all(one["level"] == "warning" for one in absent)
