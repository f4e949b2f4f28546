"""What the documents say is so: their commands run and print what they say.

Of the fenced blocks, a `console` is run for real (SESSIONS below), a `crontab` too; of `sh`, `yaml` and `powershell`,
which speak of other machines or take long, test_docs.py checks the syntax, and that what they call exists.
A command in a console ends with 0, unless the document shows the program's complaint, asks for $?, or it is a diff.
"""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import yaml

from support.emails import MIDWAY
from support.kibana.fake_kibana import FakeKibana
from support.output.documents import COMMANDS, DOCUMENTS, README, Command, blocks, commands
from support.output.help import examples, statuses
from support.ports import refusing_port
from support.program import ROOT
from support.requirements import tool
from support.serving.bcrypt import hash_of
from support.spool import delivered
from support.stand_in import Reply
from support.terminals.screen import ScreenProgram
from support.terminals.terminal import Terminal

pytestmark = pytest.mark.timeout(1200)  # one of them may be the first that needs the engine, which is built then

AUTOMATION = ROOT / "docs/automation/README.md"
TROUBLESHOOTING = ROOT / "docs/troubleshooting.md"
TRENDS = ROOT / "docs/trends.md"
VERIFY = ROOT / "docs/verify.md"

ENDLESS = ["serve", "watch"]

BEGINNING = ["A walkthrough with sample emails"]
WALK = ["Before: the report", "During: watch", "After: compare", "Prometheus", "Kibana", "From then on"]
# The headings whose consoles are one session, and the fixture that is the world in which it happens.
SESSIONS = {
    "report": (README, ["The report"], "measured"),
    "walk in a folder": (README, [*BEGINNING, "In a folder", *WALK], "operator"),
    "walk in Elasticsearch": (README, [*BEGINNING, "In Elasticsearch", *WALK], "operator_of_elasticsearch"),
    "404": (TROUBLESHOOTING, ["The metrics endpoint answers 404"], "served"),
    "zeros": (TROUBLESHOOTING, ["The metrics are 0.0, or missing"], "measured"),
    "emit": (TROUBLESHOOTING, ["A snapshot cannot be stored"], "measured"),
    "import": (TROUBLESHOOTING, ["The dashboard cannot be imported"], "old_kibana"),
    "trends": (TRENDS, ["In the terminal"], "watched"),
    "verify": (VERIFY, ["With the sample emails", "The sample"], "backfilled"),
    "key": (AUTOMATION, ["A key with minimal privileges"], "secured"),
}


@dataclass
class World:
    """A folder like the repository, an environment, and what the names of the documents are called here."""

    folder: pathlib.Path
    env: dict[str, str]
    names: dict[str, str]

    def translate(self, text: str) -> str:
        return replace_all(text, self.names)

    def copy(self, name: str, changes: dict[str, str]) -> None:
        """Files that a command reads are translated as well."""
        for path in (ROOT / name).rglob("*.*"):
            copied = self.folder / path.relative_to(ROOT)
            copied.parent.mkdir(parents=True, exist_ok=True)
            copied.write_text(replace_all(self.translate(path.read_text()), changes))


@pytest.fixture
def world(run, tmp_path) -> World:
    folder = tmp_path / "repository"
    (folder / "build").mkdir(parents=True)
    (folder / "build/backfill-health").symlink_to(run.path)
    for name in ("Makefile", "examples"):
        (folder / name).symlink_to(ROOT / name)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    return World(folder, run.environment({"LC_ALL": "C.UTF-8", "TMPDIR": temporary}), {})


@pytest.fixture
def measured(world, run, indices, secured_engine) -> Iterator[World]:
    """The sample report's index, on an Elasticsearch that needs no credentials; another one does."""
    index, health = indices.load(MIDWAY), indices.unused_name("health")
    run("create-index", "--es-url", indices.url, "--health-index", health).succeeded()
    with refusing_port() as port:
        world.names = {"gmail_emails_v2": index, "backfill_health_v1": health, "http://localhost:9200": indices.url,
                       "localhost:9201": f"localhost:{port}", "https://search.example.com": secured_engine.url}
        world.env |= {"ES_URL": indices.url, "ES_EMAIL_INDEX": index, "ES_HEALTH_INDEX": health,
                      "ES_CA_CERT": secured_engine.ca_file, "PATH": f"{world.folder}/build:{world.env['PATH']}"}
        yield world


@pytest.fixture
def watched(measured, indices, run) -> World:
    """Has a snapshot."""
    run("emit", env=measured.env).succeeded()
    indices.visible(measured.names["backfill_health_v1"])
    return measured


@pytest.fixture
def served(world, exporter, files) -> World:
    world.names = {":8003": f":{exporter('--es-url', files.url, '--index', files.load(MIDWAY)).port}"}
    return world


@pytest.fixture
def backfilled(world, files) -> World:
    """All sample emails in a folder, after the backfill."""
    with files.path("gmail_emails_v2").open("wb") as emails:
        subprocess.run([ROOT / "examples/sample-emails.py", "--backfilled", "100"], stdout=emails, check=True, timeout=60)
    world.env |= {"ES_URL": files.url, "PATH": f"{world.folder}/build:{world.env['PATH']}"}
    return world


@pytest.fixture
def operator(world, stand_in) -> Iterator[World]:
    """May start `serve` and Prometheus on ports of their own, and has a Kibana. Does not wait a minute for the sample."""
    for name in ("prometheus", "promtool"):
        tool(name, "prometheus")
    with promised_port() as serve, promised_port() as prometheus:
        kibana = stand_in(FakeKibana()).port
        world.names |= {":8003": f":{serve}", ":9090": f":{prometheus}", "localhost:5601": f"localhost:{kibana}"}
        world.env |= {"BACKFILL_HEALTH_LISTEN": f"127.0.0.1:{serve}", "KIBANA_URL": f"http://localhost:{kibana}",
                      "PAUSE": "0"}
        world.copy("prometheus", {"30s": "1s"})
        yield world


@pytest.fixture
def operator_of_elasticsearch(operator, indices) -> World:
    index, health = indices.unused_name("emails"), indices.unused_name("health")
    operator.names |= {"gmail_emails_v2": index, "backfill_health_v1": health, "http://localhost:9200": indices.url}
    operator.env |= {"ES_EMAIL_INDEX": index, "ES_HEALTH_INDEX": health}
    return operator


@pytest.fixture
def old_kibana(world, stand_in) -> Iterator[World]:
    refusal = {"statusCode": 422, "error": "Unprocessable Entity",
               "message": 'Document "backfill-health-missing-backfill_health_v1" belongs to a more recent version of Kibana [8.9.0] '
                          "when the last known version is [8.5.0]."}
    server = stand_in(Reply(422, json=refusal))
    with refusing_port() as port:
        world.names = {"localhost:5602": f"localhost:{port}", "localhost:5601": server.address}
        world.env |= {"KIBANA_URL": server.url, "PATH": f"{world.folder}/build:{world.env['PATH']}"}
        yield world


@pytest.fixture
def secured(world, run, secured_engine) -> Iterator[World]:
    """An Elasticsearch with a health index and users, and an empty place for the key."""
    emails, health = secured_engine.unique_name("emails"), secured_engine.unique_name("health")
    secured_engine.load(emails, MIDWAY)
    etc = world.folder / "etc"
    etc.mkdir()
    shutil.copy(secured_engine.ca_file, etc / "ca.pem")
    world.names = {"gmail_emails_v2": emails, "backfill_health_v1": health,
                   "https://localhost:9200": secured_engine.url,
                   "/etc/backfill-health": str(etc), "/usr/local/bin": str(world.folder / "build"),
                   "/path/to/backfill-health": str(world.folder)}
    world.env |= {"ES_EMAIL_INDEX": emails, "ES_HEALTH_INDEX": health, "ELASTIC_PASSWORD": secured_engine.password,
                  "PATH": f"{world.folder}/build:{world.env['PATH']}"}
    administrator = {"ES_USERNAME": "elastic", "ES_PASSWORD": secured_engine.password, "ES_CA_CERT": etc / "ca.pem"}
    run("create-index", "--es-url", secured_engine.url, "--health-index", health, env=administrator).succeeded()
    yield world
    secured_engine.delete(emails)
    secured_engine.delete(health)


def replace_all(text: str, replacements: dict[str, str]) -> str:
    for old, new in replacements.items():
        text = text.replace(old, new)
    return text


@contextlib.contextmanager
def promised_port() -> Iterator[int]:
    """A port that nobody gets by chance, but a server may listen on: servers set SO_REUSEADDR."""
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("", 0))  # of all addresses: one of them may be busy with a connection to elsewhere
        yield holder.getsockname()[1]


def consoles(document: pathlib.Path, heading: str) -> str:
    return "".join(b.text for b in blocks(document) if (b.heading, b.language) == (heading, "console"))


def play(world: World, document: pathlib.Path, headings: list[str]) -> None:
    session = commands(world.translate("".join(consoles(document, heading) for heading in headings)))
    assert session
    with Terminal(world.folder, world.env) as terminal:
        for command, following in zip(session, [*session[1:], Command("")]):
            status, printed = settled(terminal, command)
            assert command.matches(printed), f"$ {command.text}\n{printed}\nbut the document says\n{command.output}"
            may_fail = (command.text.startswith("diff ") or following.text == "echo $?"
                        or any(line.startswith("backfill-health: ") for line in command.output.splitlines()))
            assert status == 0 or may_fail, f"$ {command.text}\n{printed}\nexit {status}"


def settled(terminal: Terminal, command: Command) -> tuple[int, str]:
    """What only looks is asked again until it sees what it should: servers in the background need their time."""
    only_looks = re.match(r"curl -s [\"']?(http|\$ES_URL)|promtool query ", command.text) and " -d " not in command.text
    deadline = time.monotonic() + 30
    while True:
        status, printed = terminal.run(command.text)
        if command.matches(printed) or not only_looks or time.monotonic() > deadline:
            return status, printed
        time.sleep(0.1)


@pytest.mark.parametrize("name", SESSIONS)
def test_console(name, request):
    document, headings, fixture = SESSIONS[name]
    world = request.getfixturevalue(fixture)
    before = sorted(world.folder.rglob("*"))
    play(world, document, headings)
    if document == README:
        assert sorted(world.folder.rglob("*")) == before, "nothing is left in the clone"


def form(picture: str) -> list[str]:
    """Each line without its numbers, times and lengths."""
    for pattern, sign in ((r"(?:\d+[dhms] ?)+|minute", "T"), (r"[\d.:]+", "N"), (r"[▁▂▃▄▅▆▇█░]+", "#"), (r" +", " ")):
        picture = re.sub(pattern, sign, picture)
    return picture.splitlines()


def test_the_picture_of_watch(world, run):
    [picture] = [block.text for block in blocks(README) if (block.heading, block.language) == ("backfill-health", "text")]
    session = commands("".join(consoles(README, heading) for heading in (*BEGINNING, "In a folder", "During: watch")))
    with Terminal(world.folder, world.env | {"PAUSE": "0.2"}) as terminal:
        for command in session:
            terminal.run(command.text)
        _, url = terminal.run("echo $ES_URL")
        with ScreenProgram(run, "watch", "--interval", "500ms", env={"ES_URL": url.strip()}) as screen:
            # The rate of each quarter of a minute has a line of its own, later.
            shown = screen.shows(" left (")
    *lines, rates = form(picture)
    assert form(shown)[:4] == lines and rates == "rate # last T"


@pytest.fixture
def prepared(watched, stand_in) -> Iterator[World]:
    """What the examples of --help speak of is there."""
    (watched.folder / "web.yml").write_text(yaml.safe_dump({"basic_auth_users": {"prometheus": hash_of("secret")}}))
    (watched.folder / "backfills.yaml").write_text("settings: {timeout: 20s}\n")
    with promised_port() as port:
        watched.names |= {":8003": f":{port}"}
        watched.env |= {"KIBANA_URL": stand_in(FakeKibana()).url, "BACKFILL_HEALTH_LISTEN": f"127.0.0.1:{port}"}
        yield watched


@pytest.mark.parametrize("command", COMMANDS)
def test_examples_of_help_and_manual(command, prepared, run):
    help = run(command, "--help").succeeded()
    assert examples(help)
    for line in examples(help):
        played = prepared.translate(line)
        if command in ENDLESS:
            status, printed = interrupted(prepared, played)
            assert status in (0, 130), f"$ {line}\n{printed}\nexit {status}"
        else:
            done = subprocess.run(["bash", "-c", played], cwd=prepared.folder, env=prepared.env, capture_output=True,
                                  text=True, timeout=60)
            assert done.returncode in {0, 1} & statuses(help), f"$ {line}\n{done.stderr}\nexit {done.returncode}"


def interrupted(world: World, line: str) -> tuple[int, str]:
    """How it takes Ctrl-C once it has said something."""
    with subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "bash", "-c", f"exec {line}"], cwd=world.folder,
                          env=world.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True) as process:
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        printed, _ = process.communicate(timeout=30)
        return process.returncode, first + printed


def test_the_privileges_that_are_named_are_enough_and_needed(run, secured_engine):
    emails, health = secured_engine.unique_name("emails"), secured_engine.unique_name("health")
    secured_engine.load(emails, MIDWAY)

    def call(command, on_emails, on_health):
        key = secured_engine.api_key("x", {"names": [emails], "privileges": on_emails},
                                     {"names": [health], "privileges": on_health})
        return run(*command.split(), "--index", emails, "--health-index", health, "--es-url", secured_engine.url,
                   "--ca-cert", secured_engine.ca_file, env={"ES_API_KEY": key})

    call("create-index", ["read"], ["view_index_metadata"]).failed(3)
    for result in ("Created", "already exists"):
        assert result in call("create-index", ["read"], ["create_index", "view_index_metadata"]).succeeded()
    call("create-index", ["read"], ["create_index"]).failed(3)
    writer = ["create_doc", "view_index_metadata"]
    call("emit", ["read"], writer).succeeded()
    call("emit", ["read"], ["view_index_metadata"]).failed(3)
    call("emit --refresh", ["read"], writer).failed(3)
    delivered(call("emit --refresh", ["read", "maintenance"], writer))
    secured_engine.delete(emails)
    secured_engine.delete(health)


def test_cron_jobs_run_and_have_nothing_to_mail(secured, secured_engine):
    play(secured, AUTOMATION, ["A key with minimal privileges"])
    tables = [block for block in blocks(AUTOMATION) if block.language == "crontab"]
    environment = secured.env | {"SHELL": "/bin/sh"}
    del environment["ELASTIC_PASSWORD"]
    jobs = 0
    for line in secured.translate("\n".join(block.text for block in tables)).splitlines():
        if assignment := re.fullmatch(r"(\w+)=(.*)", line):
            environment[assignment[1]] = assignment[2]
        elif line:
            minute, hour, *days, command = line.split(maxsplit=5)
            assert (minute, hour, days) == ("0", "*", ["*", "*", "*"])
            assert "%" not in command, "cron ends the command there"
            done = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, timeout=60)
            assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), command
            jobs += 1
    documents = secured_engine.documents(secured.names["backfill_health_v1"])
    assert len(documents) == 1 + jobs and jobs == 2


@pytest.mark.parametrize("script", ["run.sh", "demo.sh"])
def test_what_make_run_and_make_demo_show(script, binary, request):
    if script == "demo.sh":
        request.getfixturevalue("engine")  # it starts another one, where one can be had
    told = subprocess.run(["setpriv", "--pdeathsig", "TERM", ROOT / "scripts" / script], stdin=subprocess.DEVNULL,
                          env=os.environ | {"BACKFILL_HEALTH": str(binary)}, capture_output=True, text=True, timeout=300)
    assert (told.returncode, told.stderr) == (0, ""), told.stdout + told.stderr
    missing = [int(count) for count in re.findall(r"^Missing dates\[\] \(bills\): (\d+)$", told.stdout, re.M)]
    assert len(missing) >= 2 and missing[-1] < missing[0]
    assert told.stdout.count("Emitted backfill health: ") >= 2
    assert f"\nbills_missing_dates {missing[-1]}.0\n" in told.stdout


def test_every_console_is_in_a_session():
    played = {(document, heading) for document, headings, _ in SESSIONS.values() for heading in headings}
    there = {(document, b.heading) for document in DOCUMENTS for b in blocks(document) if b.language == "console"}
    assert there == played
    assert {document for document in DOCUMENTS for b in blocks(document) if b.language == "crontab"} == {AUTOMATION}
