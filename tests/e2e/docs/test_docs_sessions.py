"""What the documents say is so: their commands run and print what they say.

Of the fenced blocks, a `console` is run for real (SESSIONS below), a `crontab` too; of `sh`, `yaml` and `powershell`,
which speak of other machines or take long, test_docs.py checks the syntax, and that what they call exists.
A command in a console ends with 0, unless the document shows the program's complaint, asks for $?, or it is a diff.
"""

import os
import pathlib
import re
import subprocess
import time

import pytest

from support.emails import MIDWAY
from support.output.documents import DOCUMENTS, README, Command, blocks, commands
from support.program import ROOT
from support.spool import delivered
from support.terminals.screen import ScreenProgram
from support.terminals.terminal import Terminal
from support.world import World

pytestmark = pytest.mark.timeout(1200)  # one of them may be the first that needs the engine, which is built then

AUTOMATION = ROOT / "docs/automation/README.md"
TROUBLESHOOTING = ROOT / "docs/troubleshooting.md"
TRENDS = ROOT / "docs/trends.md"
VERIFY = ROOT / "docs/verify.md"

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
            # While its rate is uneven, the upper end of the time left is not known; and the rate of each quarter of a
            # minute has a line of its own, later.
            shown = screen.until(lambda text: re.search(r" left \(.* to ", text))
    *lines, rates = form(picture)
    assert form(shown)[:4] == lines and rates == "rate # last T"


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
