"""The manual pages say what --help says, in good form; and the shells complete what there is."""

import contextlib
import os
import pathlib
import re
import select
import subprocess
from collections.abc import Callable, Iterator, Mapping

import pytest

from support.output.help import commands, examples, flags, statuses, variables
from support.requirements import tool

Complete = Callable[[str], list[str]]


@pytest.fixture(scope="module")
def manual(binary) -> pathlib.Path:
    folder = binary.parent / "manual"
    assert folder.is_dir(), f"there is no {folder}: build the target manual-pages"
    return folder


@pytest.fixture
def names(run) -> list[str]:
    return commands(run("--help").succeeded())


def pages(manual: pathlib.Path) -> dict[str, pathlib.Path]:
    return {path.stem: path for path in (manual / "man1").iterdir()}


def call(*command: object, env: Mapping[str, str] | None = None, cwd: pathlib.Path | None = None) -> str:
    done = subprocess.run([str(word) for word in command], env=env, cwd=cwd, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, ""), f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def shown(page: pathlib.Path, width: int = 400) -> str:
    """As on a terminal, without bold and italics."""
    tool("man", "man-db")
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "MANWIDTH": str(width), "MANPAGER": "cat"}
    text = call("man", "--warnings", "-l", page, env=env)
    assert "\N{HYPHEN}\n" not in text, "names are to be copied"
    return re.sub(r"\x1b\[[0-9;]*m|.\x08", "", text)


def part(page: str, title: str) -> str:
    found = re.search(rf"^{title}\n((?: .*\n|\n)*)", page, re.M)
    return found[1] if found else ""


def test_every_command_has_a_page_and_they_refer_to_each_other(manual, names):
    assert set(pages(manual)) == {"backfill-health", *(f"backfill-health-{name}" for name in names)}
    for own, path in pages(manual).items():
        assert set(re.findall(r"(\S+)\(1\)", part(shown(path), "SEE ALSO"))) == set(pages(manual)) - {own}


def test_a_page_says_what_help_says(run, manual, names):
    for words in [[], *([name] for name in names)]:
        help = run(*words, "--help").succeeded()
        page = shown(pages(manual)["-".join(["backfill-health", *words])])
        assert set(re.findall(r"^ {7}(--[a-z.-]+)", part(page, "OPTIONS"), re.M)) == flags(help)
        assert set(re.findall(r"^ {7}([A-Z_]+)\b", part(page, "ENVIRONMENT"), re.M)) == variables(help) | {"NO_COLOR"}
        assert re.findall(r"^ +(backfill-health .*)$", part(page, "EXAMPLES"), re.M) == examples(help)
        assert bool(examples(help)) == bool(words)
        assert {int(code) for code in re.findall(r"^ {7}(\d+) ", part(page, "EXIT STATUS"), re.M)} == (
            statuses(help) or {0, 2, 3})
        for default in re.findall(r"\(default: (.*)\)$", help, re.M):
            assert f"Default: {default}." in page
        described = " ".join(re.search(r"\n\n((?:.+\n|\n(?!Options:|Commands:))+)", help)[1].split())
        assert described.endswith(" ".join(part(page, "DESCRIPTION").split())) and part(page, "DESCRIPTION")


def test_man_and_mandoc_have_nothing_to_say_of_a_page(manual):
    tool("mandoc", "mandoc")
    for path in pages(manual).values():
        assert call("mandoc", "-T", "lint", path) == ""
        shown(path, width=60)


# What is typed, and what the word under the cursor may become.
COMPLETIONS = {
    "va": ["validate"],
    "cr": ["create-index"],
    "--vers": ["--version"],
    "validate --max": ["--max-missing"],
    "history --max": [],
    "emit --spo": ["--spool"],
    "--quiet emit --spo": ["--spool"],
    "validate --color al": ["always"],
    "--log-format j": ["json"],
    "validate --format git": ["github"],
    "validate --compare bef": ["before.txt"],
    "validate bef": [],
    "emit --spool sp": ["spool/"],
    "import-dashboard das": ["dashboard.ndjson"],
    "emit --index bef": [],
}


@pytest.fixture
def folder(tmp_path) -> pathlib.Path:
    for name in ("before.txt", "dashboard.ndjson", "spam.txt"):
        (tmp_path / name).touch()
    (tmp_path / "spool").mkdir()
    return tmp_path


@pytest.fixture
def bash(manual, folder) -> Complete:
    script = """source "$0"; COMP_WORDS=(backfill-health $1) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _backfill_health; for word in "${COMPREPLY[@]}"; do [[ -d $word ]] && word+=/; echo "$word"; done"""
    return lambda line: call("bash", "--norc", "-c", script, manual / "backfill-health.bash", line,
                             cwd=folder).splitlines()


@pytest.fixture
def fish(manual, folder) -> Complete:
    tool("fish", "fish")
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    script = f"source {manual}/backfill-health.fish; complete -C $argv[1]"

    def complete(line: str) -> list[str]:
        return [found.split("\t")[0] for found in
                call("fish", "--no-config", "-c", script, f"backfill-health {line}", env=env, cwd=folder).splitlines()]

    return complete


# Control-G tells what stands in the line when Tab has done its work, and empties it.
ZSH = """
fpath=({manual} $fpath); PROMPT=; unsetopt beep
autoload -Uz compinit && compinit -C -D
show() {{ print -r -- "$BUFFER" > {told}; BUFFER= }}; zle -N show; bindkey '^G' show; bindkey '^I' expand-or-complete
"""


@pytest.fixture
def zsh(manual, folder) -> Iterator[Complete]:
    tool("zsh", "zsh")
    told = folder / ".told"
    os.mkfifo(told)
    listener = os.open(told, os.O_RDWR)
    (folder / ".zshrc").write_text(ZSH.format(manual=manual, told=told))
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "TERM": "dumb", "LC_ALL": "C.UTF-8"}
    terminal, other = os.openpty()
    os.set_blocking(terminal, False)
    command = ["setpriv", "--pdeathsig", "KILL", "setsid", "--ctty", "zsh", "-d", "-i"]
    shell = subprocess.Popen(command, env=env, cwd=folder, stdin=other, stdout=other, stderr=other)
    os.close(other)

    def complete(line: str) -> list[str]:
        typed = f"backfill-health {line}"
        os.write(terminal, f"{typed}\t\a".encode())
        assert select.select([listener], [], [], 30)[0], f"zsh did not answer to {typed}"
        completed = os.read(listener, 4096).decode().rstrip("\n")
        with contextlib.suppress(BlockingIOError):
            while os.read(terminal, 4096):  # or zsh would wait for a reader
                pass
        return [] if completed == typed else [completed.split()[-1].removesuffix("=")]

    yield complete
    shell.kill()
    shell.wait(timeout=30)
    os.close(terminal)
    os.close(listener)


@pytest.mark.parametrize("shell", ["bash", "fish", "zsh"])
def test_the_shell_completes(shell, request):
    complete = request.getfixturevalue(shell)
    assert {line: complete(line) for line in COMPLETIONS} == COMPLETIONS


@pytest.mark.parametrize("shell", ["bash", "fish"])
def test_the_shell_offers_all_that_there_is(shell, run, names, request):
    complete = request.getfixturevalue(shell)
    for name in names:
        assert complete(name[:2]) == [known for known in names if known.startswith(name[:2])]
        offered = {word for word in complete(f"{name} --") if word.startswith("--")}
        assert offered == flags(run(name, "--help").succeeded())


def test_bash_completes_a_value_behind_an_equals_sign(manual, folder):
    script = """source "$0"; COMP_WORDS=(backfill-health validate --color = n) COMP_CWORD=4
        _backfill_health; echo "${COMPREPLY[@]}"; COMP_WORDS=(backfill-health --color =) COMP_CWORD=2
        _backfill_health; echo "${COMPREPLY[@]}" """
    assert call("bash", "--norc", "-c", script, manual / "backfill-health.bash") == "never\nauto always never\n"
