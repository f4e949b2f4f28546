"""The crontab, systemd units and Windows task that are ready to copy: their systems take them, what they call works."""

import os
import pathlib
import re
import shlex
import subprocess

import pytest

from support.emails import MIDWAY
from support.output.documents import blocks
from support.program import ROOT
from support.requirements import tool

AUTOMATION = ROOT / "docs/automation"
SERVICES = sorted((AUTOMATION / "systemd").glob("*.service"))
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
                              env=os.environ | {"SYSTEMD_LOG_LEVEL": "warning"}, timeout=60)
        ours = [line for line in done.stderr.splitlines() if "backfill-health" in line]
        assert (done.returncode, ours) == (0, []), done.stderr

    @pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.name)
    def test_security(self, service):
        done = subprocess.run([tool("systemd-analyze", "systemd"), "security", "--offline=true",
                               f"--threshold={round(EXPOSURE * 10)}", service], capture_output=True, text=True, timeout=60)
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


def test_windows_says_that_it_is_not_run(run):
    text = (AUTOMATION / "windows-task.ps1").read_text()
    assert "not run by our tests" in text
    (line,) = re.findall(r'-Argument "--exec /usr/bin/backfill-health (.*?)"', text)
    command, *options = shlex.split(line)
    help = run(command, "--help").succeeded()
    assert all(option in help for option in options if option.startswith("--"))
