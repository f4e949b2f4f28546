"""The workflows for GitHub Actions that are ready to copy: linted, and their steps run."""

import json
import os
import pathlib
import re
import subprocess
import tarfile

import pytest
import yaml

from support.emails import DONE, MIDWAY, emails
from support.program import ROOT
from support.requirements import tool, unavailable

AUTOMATION = ROOT / "docs/automation"
WORKFLOWS = sorted((AUTOMATION / "github").glob("*.yml"))
ACTIONLINT = "v1.7.7"


@pytest.fixture(scope="module")
def actionlint() -> pathlib.Path:
    cache = pathlib.Path(os.environ.get("BACKFILL_HEALTH_CACHE")
                         or pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "backfill-health")
    folder = cache / f"actionlint-{ACTIONLINT}"
    program = folder / "actionlint"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = subprocess.run([tool("go", "golang-go"), "install", f"github.com/rhysd/actionlint/cmd/actionlint@{ACTIONLINT}"],
                              env=os.environ | {"GOBIN": str(folder), "GOFLAGS": "-modcacherw"}, capture_output=True, text=True,
                              timeout=300)
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
        done = subprocess.run([actionlint, "-no-color", "-shellcheck=", "-pyflakes=", workflow], capture_output=True, text=True,
                              timeout=60)
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
                                      stderr=subprocess.STDOUT, timeout=60)
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
