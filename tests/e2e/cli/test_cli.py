"""How the program is called: help, version, options, their precedence, quiet, verbose, and what it says to nonsense."""

import json
import re

import pytest

from support.emails import MIDWAY
from support.fake_elasticsearch import FakeElasticsearch
from support.stand_in import Reply

COMMANDS = {
    "create-index": ["--health-index", "--es-url"],
    "emit": ["--index", "--health-index", "--json", "--refresh"],
    "validate": ["--index", "--json", "--compare", "--exit-code", "--max-missing", "--min-coverage", "--refresh",
                 "--format", "--by", "--samples", "--no-regression"],
    "serve": ["--listen", "--refresh-interval"],
    "import-dashboard": ["--kibana-url", "--space"],
    "doctor": ["--json", "--listen", "--kibana-url", "--index", "--health-index"],
    "bootstrap": ["--dry-run", "--no-kibana", "--wait", "--json", "--index", "--health-index"],
    "watch": ["--interval", "--until-done", "--give-up-after", "--emit-every", "--json", "--index"],
    "history": ["--since", "--every", "--json", "--csv", "--index", "--health-index"],
}


@pytest.mark.parametrize("arguments", [["--help"], ["-h"]], ids=" ".join)
def test_help_lists_every_command(run, arguments):
    text = run(*arguments).succeeded()
    for command in COMMANDS:
        assert re.search(rf"^\s+{command}\b", text, re.M), text


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("arrange", [lambda c: [c, "--help"], lambda c: [c, "-h"], lambda c: ["-h", c]],
                         ids=["--help behind", "-h behind", "-h before"])
def test_help_of_each_command(run, command, arrange):
    text = run(*arrange(command)).succeeded()
    for option in COMMANDS[command]:
        assert option in text


def test_help_names_the_environment_but_shows_no_secret(run):
    text = run("validate", "--help", env={"ES_API_KEY": "canary-4711", "ES_PASSWORD": "canary-4712"}).succeeded()
    for variable in ("ES_URL", "ES_EMAIL_INDEX", "ES_API_KEY", "ES_TIMEOUT"):
        assert variable in text
    assert "canary" not in text


def test_version(run):
    assert re.fullmatch(r"backfill-health \d+\.\d+\.\d+ \S.*\n", run("--version").succeeded())


def test_no_command_at_all_is_wrong_usage_and_shows_the_help(run):
    result = run()
    assert (result.code, result.stdout) == (2, b"")
    assert all(command in result.stderr for command in COMMANDS)


NONSENSE = [
    (["valdate"], ["valdate", "validate"]),
    (["emitt"], ["emitt", "emit"]),
    (["Serve"], ["Serve", "serve"]),
    (["import-dashbord"], ["import-dashbord", "import-dashboard"]),
    (["create_index"], ["create_index", "create-index"]),
    (["xyzzy"], ["xyzzy"]),
    (["validate", "--indx", "a"], ["--indx", "--index"]),
    (["--jsn", "validate"], ["--jsn", "--json"]),
    (["validate", "--max-mising", "3"], ["--max-mising", "--max-missing"]),
    (["emit", "--helth-index=a"], ["--helth-index", "--health-index"]),
    (["serve", "--lissten", ":1"], ["--lissten", "--listen"]),
    (["validate", "-x"], ["-x"]),
    (["validate", "extra"], ["extra"]),
    (["validate", "emit"], ["emit"]),
    (["validate", "--index"], ["--index"]),
    (["validate", "--timeout", "soon"], ["--timeout", "soon"]),
    (["validate", "--timeout", "10"], ["--timeout", "10"]),
    (["validate", "--timeout", "-1s"], ["--timeout"]),
    (["validate", "--retries", "many"], ["--retries", "many"]),
    (["validate", "--retries", "-1"], ["--retries"]),
    (["validate", "--max-missing", "few"], ["--max-missing", "few"]),
    (["validate", "--max-missing", "-1"], ["--max-missing"]),
    (["validate", "--min-coverage", "much"], ["--min-coverage", "much"]),
    (["validate", "--min-coverage", "nan"], ["--min-coverage"]),
    (["validate", "--min-coverage", "95"], ["--min-coverage"]),
    (["validate", "--min-coverage", "0,95"], ["--min-coverage"]),
    (["validate", "--population", "category"], ["--population", "category"]),
    (["validate", "--population", "=bills"], ["--population"]),
    (["validate", "--es-url", "ftp://localhost"], ["ftp"]),
    (["validate", "--es-url", "localhost:9200"], ["localhost:9200"]),
    (["validate", "--es-url", "http://"], ["http://"]),
    (["validate", "--es-url", "http://localhost:99999"], ["99999"]),
    (["validate", "--log-level", "loud"], ["loud"]),
    (["validate", "--log-format", "xml"], ["xml"]),
    (["serve", "--listen", "nowhere"], ["nowhere"]),
    (["serve", "--listen", "127.0.0.1:99999"], ["99999"]),
    (["serve", "--refresh-interval", "often"], ["often"]),
]


@pytest.mark.parametrize(("arguments", "words"), NONSENSE, ids=[" ".join(arguments) for arguments, _ in NONSENSE])
def test_nonsense_is_refused_with_the_nearest_that_exists(run, arguments, words):
    result = run(*arguments)
    result.failed(2, *words)
    assert result.own_seconds < 2


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ES_URL", "ftp://localhost"),
        ("ES_TIMEOUT", "soon"),
        ("ES_RETRIES", "many"),
        ("BACKFILL_POPULATION", "category"),
        ("BACKFILL_HEALTH_LOG_LEVEL", "loud"),
    ],
)
def test_nonsense_in_the_environment_names_the_variable(run, variable, value):
    run("validate", env={variable: value}).failed(2, variable)


@pytest.mark.parametrize(
    "arrange",
    [
        lambda options: ["validate", *options],
        lambda options: [*options, "validate"],
        lambda options: [*options[:2], "validate", *options[2:]],
    ],
    ids=["behind", "before", "around"],
)
@pytest.mark.parametrize("joined", [False, True], ids=["separate", "joined"])
def test_options_may_stand_before_or_after_the_command(run, files, arrange, joined):
    pairs = [("--es-url", files.url), ("--index", files.load(MIDWAY))]
    options = [f"{name}={value}" for name, value in pairs] if joined else [part for pair in pairs for part in pair]
    assert "Missing dates[] (bills): 2\n" in run(*arrange(options)).succeeded()


def test_a_command_s_name_may_be_an_option_s_value(run, files):
    files.path("emit").write_text('{"category":"bills"}\n')
    assert run("--index", "emit", "validate", "--es-url", files.url).succeeded().startswith("Index: emit\n")


@pytest.mark.parametrize(
    ("flag", "variable", "index"),
    [
        ("flag", "variable", "flag"),
        ("flag", None, "flag"),
        (None, "variable", "variable"),
        (None, None, "gmail_emails_v2"),
        (None, "", "gmail_emails_v2"),
    ],
)
def test_a_flag_beats_the_environment_beats_the_default(run, files, flag, variable, index):
    for name in ("flag", "variable", "gmail_emails_v2"):
        files.path(name).write_text("")
    env = {"ES_URL": files.url} | ({} if variable is None else {"ES_EMAIL_INDEX": variable})
    report = run("validate", "--json", *(["--index", flag] if flag else []), env=env)
    assert f'"index":"{index}"' in report.stdout.decode()


@pytest.mark.parametrize(("flags", "labels"), [
    ([], ["expires_at"]),
    (["--derived=paid_at"], ["paid_at"]),
    (["--derived", "paid_at", "--derived", "expires_at"], ["paid_at", "expires_at"]),
    (["--derived="], []),
], ids=lambda value: " ".join(value) or "none")
def test_any_number_of_derived_fields(run, files, flags, labels):
    report = run("validate", "--es-url", files.url, "--index", files.load(MIDWAY), *flags).succeeded()
    shown = re.findall(r"^Bills with ([a-z_]+):", report, re.M)
    assert [label for label in shown if label != "dates"] == labels  # that of another than the default has no brackets


def test_every_empty_variable_is_as_if_not_set(run, files):
    variables = (
        "ES_EMAIL_INDEX ES_HEALTH_INDEX ES_API_KEY ES_API_KEY_FILE ES_USERNAME ES_PASSWORD ES_PASSWORD_FILE ES_CA_CERT "
        "ES_TIMEOUT ES_RETRIES BACKFILL_NAME BACKFILL_POPULATION BACKFILL_FIELD BACKFILL_DERIVED "
        "BACKFILL_HEALTH_LOG_LEVEL BACKFILL_HEALTH_LOG_FORMAT BACKFILL_HEALTH_LISTEN BACKFILL_HEALTH_REFRESH_INTERVAL "
        "KIBANA_URL KIBANA_SPACE KIBANA_API_KEY"
    ).split()
    files.path("gmail_emails_v2").write_text('{"category":"bills"}\n')
    report = run("validate", env={"ES_URL": files.url} | dict.fromkeys(variables, "")).succeeded()
    assert report.startswith("Index: gmail_emails_v2\nMissing dates[] (bills): 1\n")


@pytest.mark.parametrize("expression", [" {0} , {1}", "{0},{1},", "{0},\t{1} ,\n"], ids=repr)
def test_blanks_and_a_last_comma_are_no_part_of_an_index_expression(run, store, expression):
    first, second = store.load(MIDWAY), store.load(MIDWAY)
    report = run("validate", "--es-url", store.url, env={"ES_EMAIL_INDEX": expression.format(first, second)}).succeeded()
    assert report.startswith(f"Index: {first},{second}\nMissing dates[] (bills): 4\n")


@pytest.mark.parametrize("urls", [" {0} , {0} ", "{0},", "{0}\n"], ids=repr)
def test_blanks_and_a_last_comma_are_no_part_of_a_url(run, stand_in, urls):
    server = stand_in(FakeElasticsearch(gmail_emails_v2=list(MIDWAY)))
    run("validate", env={"ES_URL": urls.format(server.url)}).succeeded()


@pytest.mark.parametrize("url", [" {}\n", "{},", "{} , "], ids=repr)
def test_blanks_around_a_folder_and_a_last_comma_are_no_part_of_it(run, files, url):
    index = files.load(MIDWAY)
    run("validate", "--index", index, env={"ES_URL": url.format(files.url)}).succeeded()


@pytest.mark.parametrize("url", ["{0},,{0}", ",{0}", ","])
def test_a_list_of_urls_has_no_gaps(run, url):
    run("validate", env={"ES_URL": url.format("http://localhost:9200")}).failed(2, "ES_URL")


@pytest.mark.parametrize("command", ["validate", "emit", "create-index"])
def test_stdout_that_cannot_be_written_is_a_failure(run, files, command):
    files.load(MIDWAY, "emails")
    given = f"--es-url {files.url} --index emails-0"
    for redirection in (">&-", ">/dev/full"):
        run.shell(f'"$PROGRAM" {command} {given} {redirection}').failed(3)


def test_a_snapshot_that_is_stored_and_cannot_be_shown_is_said_to_be_stored(run, files):
    files.load(MIDWAY, "emails")
    result = run.shell(f'"$PROGRAM" emit --es-url {files.url} --index emails-0 >/dev/full')
    result.failed(3, "No space left on device; the snapshot is stored")
    assert len(run("history", "--es-url", files.url, "--index", "emails-0", "--csv").stdout.splitlines()) == 2


@pytest.mark.parametrize("arguments", ["--help", "--version", "validate --help"])
def test_help_that_cannot_be_written_is_a_failure(run, arguments):
    run.shell(f'"$PROGRAM" {arguments} >/dev/full').failed(3)


@pytest.mark.parametrize("redirection", ["2>/dev/full", "2>&-"])
def test_wrong_usage_of_which_nobody_can_be_told_is_wrong_usage(run, redirection):
    assert run.shell(f'"$PROGRAM" {redirection}; exit $?').code == 2
    assert run.shell(f'"$PROGRAM" nonsense {redirection}; exit $?').code == 2


@pytest.mark.parametrize("option", ["--name", "--field", "--derived", "--arrival"])
def test_a_name_fits_on_one_line(run, files, option):
    index = files.load(MIDWAY)
    run("validate", "--es-url", files.url, "--index", index, option, "b\nVerdict: OK").failed(2, option, "control characters")


def test_a_reader_that_has_left_is_a_failure_and_no_crash(run, files):
    index = files.load(MIDWAY)
    # The reader leaves before the report is written.
    result = run.shell(f'mkfifo left; {{ read _ < left; "$PROGRAM" validate --es-url {files.url} --index {index}; '
                       'echo "exit $?" >&2; } | { exec <&-; echo > left; }')
    lines = result.stderr.splitlines()
    assert lines[-1] == "exit 3" and len(lines) == 2, result


@pytest.mark.parametrize("command", ["create-index", "emit", "validate", "history"])
@pytest.mark.parametrize("flag", ["-q", "--quiet"])
def test_quiet_success_says_nothing(run, store, command, flag):
    index, health = store.load(MIDWAY), store.unused_name()
    given = ("--es-url", store.url, "--index", index, "--health-index", health)
    if command != "create-index":
        run("create-index", *given[:2], *given[4:]).succeeded()
    used = given if command != "validate" else given[:4]
    assert run(command, flag, *used).succeeded() == ""


def test_quiet_failure_is_told_and_the_exit_status_stays(run, files):
    run("validate", "-q", "--es-url", "file:/nowhere").failed(3, "/nowhere")
    result = run("-q", "validate", "--exit-code", "--max-missing", "1", "--es-url", files.url, "--index", files.load(MIDWAY))
    assert (result.code, result.stdout) == (1, b"")
    assert "2 missing is more than --max-missing 1" in result.stderr


def test_quiet_and_verbose_at_once_is_wrong_usage(run, files):
    run("validate", "-q", "-v", "--es-url", files.url).failed(2, "--quiet", "--verbose")


def test_verbose_tells_each_request_and_no_secret(run, stand_in):
    busy = [Reply(503), FakeElasticsearch(emails=MIDWAY)]
    server = stand_in(busy)
    result = run("validate", "-v", "--index", "emails", "--es-url", server.url, env={"ES_API_KEY": "canary-4711"})
    assert result.code == 0 and result.stdout.startswith(b"Index: emails\n")
    asked = [line for line in result.stderr.splitlines() if "msg=asked" in line]
    assert len(asked) == len(server.requests) == 2
    assert "answer=503" in asked[0] and "answer=200" in asked[1] and "/emails/_search" in asked[1]
    assert "retrying" in result.stderr and "canary" not in result.stderr


def test_verbose_tells_which_file_is_read(run, files):
    result = run("validate", "--verbose", "--es-url", files.url, "--index", files.load(MIDWAY))
    assert f"file={files.path('emails-0')}" in result.stderr and result.code == 0


def test_the_version_for_a_script(run):
    version = json.loads(run("--version", "--json").succeeded())
    assert list(version) == ["name", "version", "revision"] and version["name"] == "backfill-health"
    assert run("--version").succeeded() == f"backfill-health {version['version']} ({version['revision']})\n"


@pytest.mark.parametrize("when", ["sometimes", ""])
def test_a_colour_that_is_none_is_wrong_usage(run, files, when):
    run("validate", f"--color={when}", "--es-url", files.url).failed(2, "--color")


def test_short_options_may_stand_together(run, files):
    index = files.load(MIDWAY)
    assert "msg=read" in run("validate", "-vv", "--es-url", files.url, "--index", index).stderr
    run("validate", "-qv", "--es-url", files.url).failed(2, "--quiet and --verbose are both given")
    run("validate", "-qx", "--es-url", files.url).failed(2, "-qx")
