"""The Compose file and the image that are ready to copy: what they mount, call and serve exists."""

import fnmatch
import json
import pathlib
import re
import subprocess

import pytest
import yaml

from support.emails import MIDWAY
from support.program import ROOT
from support.requirements import tool

AUTOMATION = ROOT / "docs/automation"
COMPOSE = AUTOMATION / "docker/compose.yaml"
DOCKERFILE = AUTOMATION / "docker/Dockerfile"


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
                              capture_output=True, text=True, timeout=60)
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
        done = subprocess.run([tool("amtool", "prometheus-alertmanager"), "check-config", source], capture_output=True,
                              text=True, timeout=60)
        assert done.returncode == 0, done.stderr

    def test_grafana_has_the_data_source_and_the_dashboard(self, services):
        mounted = {target: source for source, target in self.mounts(services["grafana"])}
        (source,) = yaml.safe_load(mounted["/etc/grafana/provisioning/datasources/backfill-health.yml"].read_text())["datasources"]
        assert source["type"] == "prometheus" and source["url"] == "http://prometheus:9090" and source["isDefault"]
        (provider,) = yaml.safe_load(mounted["/etc/grafana/provisioning/dashboards/backfill-health.yml"].read_text())["providers"]
        folder = mounted[provider["options"]["path"]]
        dashboard = yaml.safe_load((folder / "backfill-health.json").read_text())
        # Provisioning fills no input. The only one is the value of a variable, for which Grafana then takes a data source
        # of the variable's type: the one above.
        variable = dashboard["templating"]["list"][0]
        assert (variable["type"], variable["query"]) == ("datasource", source["type"])
        others = {**dashboard, "__inputs": [], "templating": {"list": dashboard["templating"]["list"][1:]}}
        assert all(input["name"] not in yaml.safe_dump(others) for input in dashboard["__inputs"])
        assert all(panel["datasource"]["uid"] == f"${{{variable['name']}}}" for panel in dashboard["panels"])

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
