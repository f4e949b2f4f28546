"""`validate --verify`: random documents are as a command says that they should be."""

import json
import os
import pathlib
import re
import signal
import subprocess
import time

import pytest

from support.emails import bill
from support.program import ROOT
from support.requests.raw_http import wait_for
from support.terminals.standard_error import on_terminal

RIGHT = """sed 's/.*"dates": *\\["\\([^"]*\\)"\\].*/{"expires_at":"after \\1"}/'"""


def due(number: int) -> dict:
    return bill([f"day {number}"], f"after day {number}")


@pytest.fixture
def verify(run, files):
    """Of these documents, in a folder."""

    def go(documents: list[dict], *options: object, sample: int = 300, expect: str = RIGHT, **more: object):
        index = files.load(documents)
        return run("validate", "--es-url", files.url, "--index", index, "--verify", sample, "--expect", expect, *options, **more)

    return go


def last_line(printed: str) -> str:
    return printed.splitlines()[-1]


def test_the_line_follows_the_report(verify):
    report = verify([due(number) for number in range(500)]).succeeded()
    assert re.fullmatch(r"Index: emails-0\n.*\nVerdict: OK  @ \S+Z\n"
                        r"Verified: 300 of 300 sampled documents are as expected "
                        r"\(at most 1\.0 % of all are wrong, 95 % confidence\)\n", report, re.S), report


def test_all_are_taken_where_there_are_fewer(verify):
    others = [bill(), bill(["day 1"], category="offers")]
    assert last_line(verify([due(number) for number in range(12)] + others).succeeded()) == \
        "Verified: 12 of all 12 documents are as expected"
    assert last_line(verify([due(1), due(2)], sample=2).succeeded()) == "Verified: 2 of all 2 documents are as expected"


def test_documents_of_which_the_command_says_nothing_are_left_out(verify):
    """They are not as expected, nor are the others all of them."""
    result = verify([due(number) for number in range(12)], expect=f"{RIGHT} | sed '2,3s/.*/{{}}/'")
    assert last_line(result.stdout.decode()).startswith("Verified: 10 of 10 sampled documents are as expected (at most 25.9 %")
    assert result.stderr == "backfill-health: left out, because --expect says nothing about them: 2 documents\n"


def test_one_wrong_document_is_enough_for_check(verify):
    documents = [due(number) for number in range(20)] + [bill(["day 99"], "after day 98")]
    result = verify(documents, "--seed", 7, "--exit-code")
    lines = result.stdout.decode().splitlines()
    assert result.code == 1
    assert lines[4].startswith("Verdict: CHECK  @ ") and lines[5] == "Verified: 20 of all 21 documents are as expected"
    assert result.stderr == ("backfill-health: 1 of 21 documents not as expected; --seed 7 draws them again:\n"
                             'backfill-health: line 21: expires_at is "after day 98", expected "after day 99"\n')
    assert verify(documents).code == 0


def test_ten_wrong_documents_are_listed(verify):
    result = verify([bill(["day 1"], f"late {number}") for number in range(30)])
    first, *listed = result.stderr.splitlines()
    assert "30 of 30" in first and len(listed) == 10
    assert all(0 < len(line) < 300 for line in listed)


def test_json_has_the_numbers(verify):
    report = json.loads(verify([due(number) for number in range(400)], "--json", "--seed", 3).succeeded())
    assert report["verified"] == {"sampled": 300, "as_expected": 300, "all": False, "seed": 3, "at_most_wrong": 0.01,
                                  "confidence": 0.95, "not_judged": 0, "gone": 0, "examples": []}


def test_markdown_and_github(verify, tmp_path):
    documents = [due(1), due(2), bill(["day 3"])]
    shown = verify(documents, "--format", "markdown")
    assert shown.stdout.decode().startswith("**CHECK**: ")
    assert "\nVerified: 2 of all 3 documents are as expected\n- line 3: " in shown.stdout.decode().replace("\\", "")
    step = {"GITHUB_OUTPUT": tmp_path / "output", "GITHUB_STEP_SUMMARY": tmp_path / "summary"}
    told = verify(documents, "--format", "github", env=step).stdout.decode()
    assert "::warning title=Backfill of bills::CHECK: " in told and "::Verified: 2 of all 3 documents are as expected\n" in told
    output = step["GITHUB_OUTPUT"].read_text()
    assert "sampled=3\nas_expected=2\n" in output and "verdict=CHECK\n" in output


def test_it_stands_before_the_comparison_and_does_not_disturb_the_next(verify, tmp_path):
    documents = [due(number) for number in range(3)]
    (tmp_path / "before.txt").write_text(verify(documents).succeeded())
    report = verify(documents, "--compare", "before.txt").succeeded()
    assert re.search(r"\nVerified: 3 of all 3 documents are as expected\n\n +before +after +change\n", report)
    (tmp_path / "before.json").write_text(verify(documents, "--json").succeeded())
    assert '"change":' in verify(documents, "--json", "--compare", "before.json").succeeded()


def test_samples_are_random_and_a_seed_repeats_them(run, files, tmp_path):
    index = files.load([due(number) for number in range(1000)])
    given = tmp_path / "given"

    def drawn(*options: object) -> list[str]:
        run("validate", "--es-url", files.url, "--index", index, "--verify", 20, "--expect", f"tee {given} | {RIGHT}",
            *options).succeeded()
        return [json.loads(line)["_id"] for line in given.read_text().splitlines()]

    assert len(set(drawn("--seed", 1))) == 20
    assert drawn("--seed", 1) == drawn("--seed", 1) != drawn("--seed", 2)
    assert drawn() != drawn()


def test_what_the_command_is_given(run, files, tmp_path):
    files.path("mail").write_text('{"index":{"_id":"x1"}}\n{ "category":"bills", "dates":["a  b"], "n":1.50 }\n')
    run("validate", "--es-url", files.url, "--index", "mail", "--derived=", "--verify", 1, "--expect",
        f"""tee {tmp_path}/given | sed 's/.*/{{"dates":"a  b"}}/'""").succeeded()
    assert json.loads((tmp_path / "given").read_text()) == {
        "_index": "mail", "_id": "x1", "_source": {"category": "bills", "dates": ["a  b"], "n": 1.5}}


@pytest.mark.parametrize("expect", [
    pytest.param("cat > all; " + RIGHT + " all", id="after its input has ended"),
    pytest.param(RIGHT.replace("sed", "sed -u"), id="line by line"),
    pytest.param("sleep 1; " + RIGHT, id="late"),
])
def test_it_may_answer_when_it_likes(verify, expect):
    """Far more than the pipes hold, both ways."""
    documents = [due(number) | {"padding": "x" * 2000} for number in range(3000)]
    assert last_line(verify(documents, sample=2000, expect=expect).succeeded()).startswith("Verified: 2000 of 2000 ")


def test_its_stderr_is_shown(verify):
    result = verify([due(1)], expect=f"echo I am looking >&2; {RIGHT}")
    assert (result.code, result.stderr) == (0, "I am looking\n")
    result = verify([due(1)], expect="echo Traceback: no >&2; exit 4")
    assert result.code == 3 and result.stdout == b""
    assert result.stderr.startswith("Traceback: no\nbackfill-health: the command ") and "exit status 4" in result.stderr


@pytest.mark.parametrize(("expect", "words"), [
    ("sed -n 1,5p | " + RIGHT, ["5 lines", "300 documents"]),
    ("head -n 5 | " + RIGHT, ["before it had read all"]),
    ("cat > /dev/null", ["0 lines"]),
    (RIGHT + "; echo '{}'", ["line 301", "one too many"]),
    ("yes '{}'", ["one too many"]),
    ("sed '3s/.*/nonsense/;3!s/.*/{}/'", ["line 3 ", "not a JSON object"]),
    ("sed 's/.*/[]/'", ["line 1 ", "not a JSON object"]),
    ("sed 's/.*//'", ["line 1 ", "not a JSON object"]),
    ("sed 's/.*/{\"expiry\":1}/'", ["line 1 ", "\"expiry\"", "expires_at"]),
    ("sed 's/.*/{}/'", ["dates or expires_at"]),
    (RIGHT + "; exit 3", ["exit status 3"]),
    ("exit 3", ["exit status 3"]),
    ("kill -9 $$", ["signal 9"]),
    ("exec 0<&-; sleep 1", ["before it had read all"]),
    ("head -c 1000000000 /dev/zero", ["line 1 ", "longer than 4 MiB"]),
    ("yes | tr -d '\\n'", ["line 1 ", "longer than 4 MiB"]),
])
def test_a_command_that_does_something_else(verify, expect, words):
    """There is no report then, also not of the numbers."""
    verify([due(number) | {"padding": "x" * 1000} for number in range(400)], expect=expect).failed(3, *words)


@pytest.mark.parametrize(("expect", "words"), [
    ("sleep 100", ["neither read nor printed", "1 s", "--timeout"]),
    ("cat > /dev/null; sleep 100", ["printed nothing after the end of its input", "--timeout"]),
    (RIGHT + "; exec >&-; sleep 100", ["not exited", "--timeout"]),
    ("trap '' TERM INT HUP; sleep 100 & sleep 100", ["--timeout"]),
])
def test_a_command_that_hangs_is_killed_with_all_that_it_started(verify, expect, words):
    documents = [due(number) | {"padding": "x" * 1000} for number in range(400)]
    mark = f"VERIFY_TEST_{os.getpid()}"
    verify(documents, "--timeout", "1s", expect=expect, env={mark: "1"}).failed(3, *words)
    assert processes_with(mark) == []


def processes_with(mark: str) -> list[str]:
    """The commands of those that have the variable."""
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_bytes().decode())
        except OSError:
            pass
    return found


def test_what_it_leaves_behind_in_its_group_is_killed(verify):
    mark = f"VERIFY_TEST_{os.getpid()}"
    verify([due(1)], expect=f"sleep 100 & {RIGHT}", env={mark: "1"}).succeeded()
    assert processes_with(mark) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_both(run, files, number):
    index, mark = files.load([due(1)]), f"VERIFY_TEST_{os.getpid()}"
    with subprocess.Popen([run.path, "validate", "--es-url", files.url, "--index", index, "--verify", "1", "--expect",
                           "echo begun >&2; cat > /dev/null; sleep 100"], env=run.environment({mark: "1", "ES_TIMEOUT": "60s"}),
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr.readline() == b"begun\n"
        process.send_signal(number)
        assert process.wait(timeout=30) == -number
    wait_for(lambda: processes_with(mark) == [], 10)


def test_its_memory_is_bounded(verify, own_memory):
    """The documents have 50 MB, and the command answers after all of them."""
    documents = [due(number) | {"padding": "x" * 100_000} for number in range(500)]
    result = verify(documents, sample=499, expect="cat > all; " + RIGHT + " all", under=("prlimit", f"--data={32 << 20}"))
    assert last_line(result.succeeded()).startswith("Verified: 499 of 499")


def test_it_gets_no_credentials(run, files, tmp_path):
    """Neither by our variables nor by an open descriptor."""
    index = files.load([due(1)])
    (tmp_path / "key").write_text("a-secret-key")
    env = {"ES_API_KEY_FILE": str(tmp_path / "key"), "KIBANA_PASSWORD": "kibana-secret", "KIBANA_USERNAME": "elastic",
           "KEPT": "yes", "ES_EMAIL_INDEX": index}
    run("validate", "--es-url", files.url, "--verify", 1, "--expect", f"env > environment; ls -l /proc/self/fd > open; {RIGHT}",
        env=env).succeeded()
    environment = (tmp_path / "environment").read_text()
    assert "KEPT=yes\n" in environment
    assert not re.search(r"^(ES_|KIBANA_)|secret", environment, re.M), environment
    assert set(re.findall(r" (\d+) -> ", (tmp_path / "open").read_text())) <= {"0", "1", "2", "3"}  # 3: of ls itself


@pytest.mark.parametrize(("options", "words"), [
    (["--verify", "10"], ["--expect"]),
    (["--expect", "cat"], ["--expect", "--verify"]),
    (["--seed", "1"], ["--seed", "--verify"]),
    (["--verify", "0", "--expect", "cat"], ["--verify", "0"]),
    (["--verify", "10001", "--expect", "cat"], ["--verify", "10000"]),
    (["--verify", "many", "--expect", "cat"], ["--verify", "many"]),
    (["--verify", "1", "--expect", ""], ["--expect"]),
    (["--verify", "1", "--expect", "cat", "--seed", "-1"], ["--seed"]),
    (["--verify", "1", "--expect", "cat", "--seed", "x"], ["--seed"]),
])
def test_wrong_usage(run, files, options, words):
    files.load([due(1)])
    run("validate", "--es-url", files.url, "--index", "emails-0", *options).failed(2, *words)


def test_one_backfill_at_a_time(run, files, tmp_path):
    index = files.load([due(1), due(2)])
    (tmp_path / "two.yaml").write_text("backfills:\n" + "".join(
        f"  - {{name: {name}, index: {index}, field: dates, derived: [expires_at]}}\n" for name in ("one", "two")))
    given = ("validate", "--config", "two.yaml", "--es-url", files.url, "--verify", 5, "--expect", RIGHT)
    run(*given).failed(2, "one backfill at a time")
    assert last_line(run(*given, "two").succeeded()) == "Verified: 2 of all 2 documents are as expected"


def test_a_document_that_changed_in_a_file_that_was_written_anew(run, files, tmp_path):
    """By its id where it has one, although its line is another."""
    path = files.path("mail")
    path.write_text("".join(f'{{"index":{{"_id":"n{number}"}}}}\n{json.dumps(bill([f"day {number}"], "too early"))}\n'
                            for number in range(3)))
    (tmp_path / "next").write_text("".join(f'{{"index":{{"_id":"n{number}"}}}}\n{json.dumps(due(number))}\n'
                                           for number in (2, 1)))
    result = run("validate", "--json", "--es-url", files.url, "--index", "mail", "--verify", 9, "--expect",
                 f"{RIGHT}; if [ -e next ]; then mv next {path}; fi")
    found = json.loads(result.stdout)["verified"]
    assert (result.code, found["sampled"], found["as_expected"], found["gone"]) == (0, 2, 2, 1), result
    assert result.stderr == (
        "backfill-health: left out, because they were deleted or have lost the field in the meantime: 1 document\n"
        "backfill-health: judged again, because they have changed in the meantime: 2 documents\n")


def test_on_a_terminal_its_words_stand_on_lines_of_their_own(run, files):
    index = files.load([due(1)])
    code, _, shown = on_terminal(run, "validate", "--es-url", files.url, "--index", index, "--verify", "1", "--expect",
                                 f"sleep 2.5; echo a word of the command >&2; {RIGHT}")
    assert (code, shown) == (0, "a word of the command\r\n")


def test_the_example_computes_what_the_sample_has(run, files):
    """But where a bill of the sample names no due date."""
    sample = subprocess.run([ROOT / "examples/sample-emails.py", "--backfilled", "100"], capture_output=True, check=True)
    files.path("gmail_emails_v2").write_bytes(sample.stdout)
    result = run("validate", "--json", "--es-url", files.url, "--verify", 5000, "--expect",
                 str(ROOT / "examples/expected-expiry.py"))
    verified = json.loads(result.stdout)["verified"]
    assert (verified["sampled"], verified["as_expected"], verified["all"]) == (1243, 1225, True)
    assert all(example["found"] is None for example in verified["examples"])
