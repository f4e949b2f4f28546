"""What the documents name exists: commands, flags, variables, targets and links."""

import itertools
import pathlib
import re
import shlex
import subprocess

import pytest
import yaml

from support.output.documents import COMMANDS, DOCUMENTS, MANUALS, SETTINGS, Block, blocks, prose
from support.output.help import flags
from support.program import ROOT

LANGUAGES = {"console", "crontab", "sh", "yaml", "powershell", "text", "json", "promql", "esql"}

CREDENTIALS = ["API_KEY", "API_KEY_FILE", "USERNAME", "PASSWORD", "PASSWORD_FILE", "CA_CERT"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_block_is_of_a_kind_that_is_checked(document):
    for block in blocks(document):
        assert block.language in LANGUAGES, f"{block.heading}: {block.language or 'a block without a language'}"
        if block.language in ("text", "json", "promql", "esql"):
            assert not re.search(r"^(\$ |make |backfill-health )", block.text, re.M), f"{block.heading}: a command"


def scripts(block: Block) -> list[str]:
    """The shell scripts in a block that is not run."""
    if block.language == "sh":
        return [block.text]
    if block.language == "yaml":
        jobs = (yaml.safe_load(block.text) or {}).get("jobs", {})
        return [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    if block.language == "powershell":
        return re.findall(r'-Argument "--exec (.*?)"', block.text)
    return []


def spans(document: pathlib.Path) -> list[str]:
    return re.findall(r"`([^`\n]+)`", prose(document))


def helps(run) -> dict[str, str]:
    return {command: run(command, "--help").succeeded() for command in COMMANDS}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_scripts_are_well_formed_and_call_what_exists(run, document):
    help = helps(run)
    found = [script for block in blocks(document) for script in scripts(block)]
    for script in found:
        checked = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, timeout=60)
        assert (checked.returncode, checked.stderr) == (0, ""), script
    for script in [*found, *(span for span in spans(document) if re.match(r"(backfill-health|make) ", span))]:
        for program, *arguments in calls(script):
            if pathlib.Path(program).name == "make":
                assert {word for word in arguments if not word.startswith("-")} <= make_targets(), script
            elif pathlib.Path(program).name == "backfill-health":
                run(*(word for word in arguments if word not in ("--help", "--version")), "--help").succeeded()
                command = next((word for word in arguments if word in COMMANDS), "")
                used = {word.partition("=")[0] for word in arguments if word.startswith("--")}
                assert used <= flags(help.get(command, "  --help\n  --version")), script


def calls(script: str) -> list[list[str]]:
    """Its simple commands, each on one line: with their redirections, without the variables before them."""
    found: list[list[str]] = []
    for line in script.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=";|&()")
        lexer.whitespace_split = True
        found.append([])
        for word in lexer:
            if set(word) <= set(";|&()"):
                found.append([])
            else:
                found[-1].append(word)
    found = [list(itertools.dropwhile(lambda word: re.match(r"\w+=", word), call)) for call in found]
    return [call for call in found if call]


def make_targets() -> set[str]:
    rules = re.findall(r"^([a-z][a-z -]*):(?!=)", (ROOT / "Makefile").read_text(), re.M)
    return {target for rule in rules for target in rule.split()}


@pytest.mark.parametrize("document", MANUALS, ids=lambda path: path.name)
def test_flags_and_variables_that_are_named_exist(run, document):
    help = "\n".join(helps(run).values())
    existing = set(re.findall(r"\b(?:ES|BACKFILL|KIBANA)_[A-Z_]+\b", help)) | {f"KIBANA_{name}" for name in CREDENTIALS}
    assert set(re.findall(r"\b(?:ES|BACKFILL|KIBANA)_[A-Z_]+\b", document.read_text())) <= existing
    assert {span.split("=")[0].split()[0] for span in spans(document) if span.startswith("--")} <= flags(help)


def test_the_settings_are_those_of_the_program(binary, run):
    written = binary.parent / "manual/settings.md"
    assert written.exists(), f"there is no {written}: build the target manual-pages"
    text = SETTINGS.read_text()
    assert text == written.read_text(), f"cp {written} {SETTINGS}"
    listed = [flag.partition(" ")[0] for flag in re.findall(r"^\| .*?`(--[^`]+)` \|", text, re.M)]
    assert sorted(listed) == sorted(set(listed)) == sorted(flags("\n".join(helps(run).values())))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document):
    for target in re.findall(r"\]\(([^)]+)\)", prose(document)):
        if not target.startswith("http"):
            path, _, anchor = target.partition("#")
            file = document.parent / path if path else document
            assert file.exists(), target
            assert not anchor or anchor in anchors(file), target


def anchors(document: pathlib.Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", prose(document), re.M)
    return {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
