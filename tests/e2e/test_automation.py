"""The files that are ready to copy: they are what their systems take, and what they call works."""

import fnmatch
import json
import os
import pathlib
import re
import shlex
import subprocess
import tarfile

import pytest
import yaml

from support.documents import blocks
from support.emails import DONE, MIDWAY, emails
from support.program import ROOT
from support.requirements import tool, unavailable

AUTOMATION = ROOT / "docs/automation"
SERVICES = sorted((AUTOMATION / "systemd").glob("*.service"))
WORKFLOWS = sorted((AUTOMATION / "github").glob("*.yml"))
COMPOSE = AUTOMATION / "docker/compose.yaml"
DOCKERFILE = AUTOMATION / "docker/Dockerfile"
ACTIONLINT = "v1.7.7"
# systemd's scale goes from 0 to 10, and below 2 is "OK".
EXPOSURE = 1.1


def test_the_crontab_is_the_one_of_the_document():
    documented = [block.text for block in blocks(AUTOMATION / "README.md") if block.language == "crontab"]
    assert (AUTOMATION / "crontab").read_text() == documented[0]


class TestSystemd:
    @pytest.fixture
    def root(self, tmp_path, binary):
        """Where the units are installed, with the program that they start."""
        for unit in [*SERVICES, *(AUTOMATION / "systemd").glob("*.timer")]:
            content = unit.read_text().replace("/usr/bin/backfill-health", str(binary)).replace("Documentation=", "#")
            (tmp_path / unit.name).write_text(content)
        return tmp_path

    @pytest.mark.parametrize("name", [path.name for path in [*SERVICES, AUTOMATION / "systemd/backfill-health-emit.timer"]])
    def test_verify(self, root, name):
        drop_in = root / f"{name}.d"
        if name.endswith(".service"):
            drop_in.mkdir()
            (drop_in / "api-key.conf").write_text((AUTOMATION / "systemd/api-key.conf").read_text())
        done = subprocess.run([tool("systemd-analyze", "systemd"), "verify", root / name], capture_output=True, text=True,
                              env=os.environ | {"SYSTEMD_LOG_LEVEL": "warning"})
        ours = [line for line in done.stderr.splitlines() if "backfill-health" in line]
        assert (done.returncode, ours) == (0, []), done.stderr

    @pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.name)
    def test_security(self, service):
        done = subprocess.run([tool("systemd-analyze", "systemd"), "security", "--offline=true",
                               f"--threshold={round(EXPOSURE * 10)}", service], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        words = " ".join((AUTOMATION / "README.md").read_text().split())
        assert f"`systemd-analyze security` gives each of them {EXPOSURE} " in words

    def command(self, service: pathlib.Path) -> list[str]:
        line = re.search(r"^ExecStart=/usr/bin/backfill-health (.*)$", service.read_text(), re.M)[1]
        return shlex.split(line)

    def test_emit_needs_no_more_than_the_unit_gives_it(self, run, files, tmp_path):
        """A credential, a folder for its state, and no home."""
        index = files.load(MIDWAY)
        files.path("health").write_text("")
        credential = tmp_path / "api-key"
        credential.write_text("key\n")
        credential.chmod(0o400)
        env = {"HOME": "/nonexistent", "XDG_STATE_HOME": tmp_path / "state", "ES_URL": files.url, "ES_EMAIL_INDEX": index,
               "ES_HEALTH_INDEX": "health", "ES_API_KEY_FILE": credential}
        assert run(*self.command(SERVICES[0]), env=env, umask=0o077).succeeded() == ""
        assert len(files.documents("health")) == 1

    def test_both_are_locked_up_alike(self):
        emit, serve = (set(re.findall(r"^\w+=.*$", service.read_text().partition("DynamicUser")[2].partition("[")[0], re.M))
                       for service in SERVICES)
        # serve tells since when it runs, which takes the time of the boot.
        assert emit - serve == {"ProcSubset=pid"} and serve <= emit and len(serve) > 20

    def test_the_commands_exist(self, run):
        for service in SERVICES:
            command, *options = self.command(service)
            help = run(command, "--help").succeeded()
            assert all(option in help for option in options)


@pytest.fixture(scope="module")
def actionlint() -> pathlib.Path:
    cache = pathlib.Path(os.environ.get("BACKFILL_HEALTH_CACHE")
                         or pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "backfill-health")
    folder = cache / f"actionlint-{ACTIONLINT}"
    program = folder / "actionlint"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = subprocess.run([tool("go", "golang-go"), "install", f"github.com/rhysd/actionlint/cmd/actionlint@{ACTIONLINT}"],
                              env=os.environ | {"GOBIN": str(folder), "GOFLAGS": "-modcacherw"}, capture_output=True, text=True)
        if made.returncode != 0:
            unavailable(f"actionlint cannot be built: {made.stderr.splitlines()[-1:]}")
    return program


def due(condition: str, status: int, outcomes: dict[str, str]) -> bool:
    """Whether a step runs, by the only condition that is in use."""
    if not condition:
        return status == 0
    (step,) = re.fullmatch(r"\$\{\{ !cancelled\(\) && steps\.(\w+)\.outcome == 'success' \}\}", condition).groups()
    return outcomes.get(step) == "success"


class TestGitHubActions:
    @pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
    def test_actionlint(self, actionlint, workflow):
        done = subprocess.run([actionlint, "-no-color", "-shellcheck=", "-pyflakes=", workflow], capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (0, ""), done.stdout

    @pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
    def test_no_more_rights_than_needed(self, workflow):
        content = yaml.safe_load(workflow.read_text())
        assert content["permissions"] == {"contents": "read"}
        assert all("timeout-minutes" in job for job in content["jobs"].values()) and content["concurrency"]
        actions = [step["uses"] for job in content["jobs"].values() for step in job["steps"] if "uses" in step]
        # A tag can be moved to other code, a commit cannot.
        assert actions and all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action) for action in actions)

    @pytest.fixture
    def runner(self, binary, files, tmp_path):
        """A checkout with the tarball, and what a runner gives to its steps."""
        work = tmp_path / "checkout"
        for folder in ("tools", "scripts"):
            (work / folder).mkdir(parents=True)
        with tarfile.open(work / "tools/backfill-health.tar.gz", "w:gz") as archive:
            archive.add(binary, "backfill-health-1/bin/backfill-health")
        index = files.load(MIDWAY)
        files.path("health").write_text("")
        (tmp_path / "temp").mkdir()
        env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "ES_URL": files.url, "ES_EMAIL_INDEX": index,
               "ES_HEALTH_INDEX": "health", "RUNNER_TEMP": str(tmp_path / "temp")}
        for name in ("GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
            env[name] = str(tmp_path / name)

        def play(workflow: str, after: list[dict] = MIDWAY, end: int = 0) -> tuple[int, str]:
            """The steps that run something: the first status that is not 0, and what all have printed. The backfill
            leaves these documents, and ends with that status."""
            files.path("after").write_text("".join(json.dumps(document) + "\n" for document in after))
            backfill = work / "scripts/backfill.sh"
            backfill.write_text(f"#!/bin/sh\ncp {files.path('after')} {files.path(index)}\nexit {end}\n")
            backfill.chmod(0o755)
            content = yaml.safe_load((AUTOMATION / "github" / workflow).read_text())
            ((_, job),) = content["jobs"].items()
            # What GitHub calls by that name; without one it is bash too, but blind to what fails within a pipe.
            named = content.get("defaults", {}).get("run", {}).get("shell") == "bash"
            shell = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail"] if named else ["bash", "-e"]
            status, printed, outcomes = 0, "", {}
            for step in job["steps"]:
                if "run" not in step or not due(step.get("if", ""), status, outcomes):
                    continue
                path = pathlib.Path(env["GITHUB_PATH"])
                added = path.read_text().splitlines() if path.exists() else []
                done = subprocess.run([*shell, "-c", step["run"]], cwd=work, text=True,
                                      env=env | {"PATH": ":".join([*added, env["PATH"]])}, stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT)
                printed += done.stdout
                status = status or done.returncode
                if "id" in step:
                    outcomes[step["id"]] = "failure" if done.returncode else "success"
            return status, printed

        play.env = env
        play.work = work
        return play

    def test_a_backfill_that_is_done_passes(self, runner, files):
        status, printed = runner("backfill.yml", DONE[:22])
        assert status == 0, printed
        assert "::notice title=Backfill of bills::OK: 0 missing" in printed
        assert "missing_dates_count=0\n" in pathlib.Path(runner.env["GITHUB_OUTPUT"]).read_text()
        assert "**OK**" in pathlib.Path(runner.env["GITHUB_STEP_SUMMARY"]).read_text()
        assert [document["missing"] for document in files.documents("health")] == [2, 0]
        assert "Missing dates[] (bills): 2\n" in (runner.work / "before.txt").read_text()
        assert "Missing dates[] (bills): 0\n" in (runner.work / "after.txt").read_text()

    @pytest.mark.parametrize("after", [MIDWAY, emails(3, 19, 19)], ids=["not done", "worse"])
    def test_a_backfill_that_is_not_done_or_makes_it_worse_fails(self, runner, files, after):
        status, printed = runner("backfill.yml", after)
        assert status == 1 and "::warning title=Backfill of bills::CHECK" in printed
        assert ("::error" in printed) == (after != MIDWAY)
        assert [document["missing"] for document in files.documents("health")] == [2, 2 if after == MIDWAY else 3]

    def test_a_backfill_that_fails_is_measured_too(self, runner, files):
        status, printed = runner("backfill.yml", emails(1, 21, 19), end=7)
        assert status == 7 and "CHECK: 1 missing" in printed
        assert [document["missing"] for document in files.documents("health")] == [2, 1]

    def test_an_unreachable_engine_fails_before_the_backfill(self, runner, files):
        runner.env["ES_URL"] = "file:/nowhere"
        status, printed = runner("backfill.yml", DONE[:22])
        assert status == 3 and printed.count("/nowhere") == 1
        assert not files.documents("health"), "neither the backfill nor what follows it has run"

    def test_a_snapshot_every_hour(self, runner, files):
        status, printed = runner("emit.yml")
        assert status == 0, printed
        assert len(files.documents("health")) == 1


class TestDocker:
    @pytest.fixture(scope="class")
    def services(self):
        return yaml.safe_load(COMPOSE.read_text())["services"]

    @staticmethod
    def mounts(service: dict) -> list[tuple[pathlib.Path, str]]:
        """Those of files and folders of ours, and where they are in the container."""
        pairs = [mount.split(":")[:2] for mount in service.get("volumes", []) if mount.startswith(".")]
        return [((COMPOSE.parent / source).resolve(), target) for source, target in pairs]

    def test_every_image_has_a_version(self, services):
        for service in services.values():
            assert re.fullmatch(r"[a-z/-]+:v?\d+\.\d+\.\d+", service["image"]) or service["image"] == "backfill-health"

    def test_only_this_machine_can_reach_it(self, services):
        for service in services.values():
            assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))

    def test_what_is_mounted_exists(self, services):
        found = [source for service in services.values() for source, _ in self.mounts(service)]
        assert len(found) >= 6 and all(source.exists() for source in found)
        volumes = {mount.partition(":")[0] for service in services.values() for mount in service.get("volumes", [])
                   if not mount.startswith(".")}
        assert volumes == set(yaml.safe_load(COMPOSE.read_text())["volumes"])

    def test_services_wait_for_services_that_exist(self, services):
        for service in services.values():
            for name, condition in service.get("depends_on", {}).items():
                assert "test" in services[name]["healthcheck"] and condition == {"condition": "service_healthy"}

    def test_prometheus_takes_its_files(self, services, tmp_path):
        for source, target in self.mounts(services["prometheus"]):
            copy = tmp_path / target.lstrip("/")
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(source.read_text())
        done = subprocess.run([tool("promtool", "prometheus"), "check", "config", tmp_path / "etc/prometheus/prometheus.yml"],
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "rules found" in done.stdout

    def test_prometheus_scrapes_and_alerts_services_that_exist(self, services):
        config = yaml.safe_load((COMPOSE.parent / "prometheus.yml").read_text())
        standard = yaml.safe_load((ROOT / "prometheus/prometheus.yml").read_text())
        targets = [*config["scrape_configs"][0]["static_configs"][0]["targets"],
                   *config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"]]
        assert targets == ["exporter:8003", "alertmanager:9093"]
        for target in targets:
            name, _, port = target.partition(":")
            assert services[name]["ports"][0].endswith(f":{port}")
        for place in (config["scrape_configs"][0], config["alerting"]["alertmanagers"][0]):
            place["static_configs"] = None
        for place in (standard["scrape_configs"][0], standard["alerting"]["alertmanagers"][0]):
            place["static_configs"] = None
        assert config == standard

    def test_alertmanager_takes_its_file(self, services):
        ((source, _),) = self.mounts(services["alertmanager"])
        done = subprocess.run([tool("amtool", "prometheus-alertmanager"), "check-config", source], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def test_grafana_has_the_data_source_and_the_dashboard(self, services):
        mounted = {target: source for source, target in self.mounts(services["grafana"])}
        (source,) = yaml.safe_load(mounted["/etc/grafana/provisioning/datasources/backfill-health.yml"].read_text())["datasources"]
        assert source["type"] == "prometheus" and source["url"] == "http://prometheus:9090" and source["isDefault"]
        (provider,) = yaml.safe_load(mounted["/etc/grafana/provisioning/dashboards/backfill-health.yml"].read_text())["providers"]
        folder = mounted[provider["options"]["path"]]
        dashboard = yaml.safe_load((folder / "backfill-health.json").read_text())
        # It takes whatever Prometheus there is, and asks for no input, which provisioning could not give.
        assert dashboard["templating"]["list"][0]["query"] == source["type"] and "__inputs" not in dashboard

    def test_our_services_call_what_exists(self, run, services):
        for name in ("bootstrap", "exporter"):
            command, *options = services[name]["command"]
            help = run(command, "--help").succeeded()
            assert all(option in help for option in options if option.startswith("--")), name
            known = help + "HOME"
            assert all(variable in known for variable in services[name]["environment"]
                       if not (name == "exporter" and variable == "KIBANA_URL"))
            build = services[name]["build"]
            assert (COMPOSE.parent / build["context"]).resolve() == ROOT
            assert (ROOT / build["dockerfile"]).samefile(DOCKERFILE)

    def test_the_image(self, run):
        text = re.sub(r"\\\n\s*", "", DOCKERFILE.read_text())
        steps = [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]
        assert [word for word, _ in steps if word == "FROM"] == ["FROM", "FROM"]
        assert dict(steps)["USER"] == "nobody", "the last stage runs as nobody"
        assert not re.search(r"KEY|PASSWORD|TOKEN|SECRET", text)
        packages = {word for _, rest in steps for word in re.findall(r"(?<= )[a-z][a-z0-9-]+(?= |$)", rest)
                    if "install -y" in rest} & {"ca-certificates", "git", "make"}
        assert packages == {"ca-certificates", "git", "make"}
        assert re.search(r"^[a-z ]*\bdeb\b[a-z ]*:", (ROOT / "Makefile").read_text(), re.M)
        assert yaml.safe_load(dict(steps)["ENTRYPOINT"]) == ["backfill-health"]
        run(*yaml.safe_load(dict(steps)["CMD"]), "--help").succeeded()

    def test_what_was_built_outside_stays_outside(self):
        """A CMake cache of another folder would end the build."""
        (pattern,) = [line for line in (DOCKERFILE.parent / "Dockerfile.dockerignore").read_text().splitlines()
                      if not line.startswith("#")]
        builds = [preset["binaryDir"] for preset in json.loads((ROOT / "CMakePresets.json").read_text())["configurePresets"]
                  if "binaryDir" in preset]
        assert builds and all(fnmatch.fnmatch("/" + build, pattern) for build in builds)

    def test_the_health_check_asks_the_exporter(self, exporter, files):
        check = re.search(r"HEALTHCHECK .*\\\n\s+CMD (\[.*\])$", DOCKERFILE.read_text(), re.M)[1]
        command = yaml.safe_load(check)
        serve = exporter("--es-url", files.url, "--index", files.load(MIDWAY))
        here = [word.replace("/8003", f"/{serve.port}") for word in command]
        assert here != command
        assert subprocess.run(here, timeout=10).returncode == 0
        serve.stop()
        assert subprocess.run(here, timeout=10, stderr=subprocess.DEVNULL).returncode != 0


def test_windows_says_that_it_is_not_run(run):
    text = (AUTOMATION / "windows-task.ps1").read_text()
    assert "not run by our tests" in text
    (line,) = re.findall(r'-Argument "--exec /usr/bin/backfill-health (.*?)"', text)
    command, *options = shlex.split(line)
    help = run(command, "--help").succeeded()
    assert all(option in help for option in options if option.startswith("--"))
