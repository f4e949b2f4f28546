"""The folder of NDJSON files: what a line may be, which files an index names, and that nothing is half written."""

import contextlib
import json
import os
import resource
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.emails import MIDWAY, bill, emails

BILL = json.dumps(bill())


@pytest.fixture
def counts(run, files):
    """The three numbers of an index."""

    def measure(index: str) -> tuple[int, int, int]:
        report = json.loads(run("validate", "--json", "--es-url", files.url, "--index", index).stdout)
        return report["missing_dates_count"], report["bills_with_dates"], report["bills_with_expires_at"]

    return measure


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        ("", 0),
        ("\n\n", 0),
        (BILL, 1),
        (BILL + "\n", 1),
        (BILL + "\r\n" + BILL + "\r\n", 2),
        (f"\n  \n{BILL}\n\t\n{BILL}\n\n", 2),
        (f"  {BILL}  \n", 1),
        ('{"category":"b\\u0069lls"}\n', 1),
        ('{"c\\u0061tegory":"bills"}\n', 1),
        ('{"category":["x",["bills"]]}\n', 1),
        ('{"category":"bills","n":123456789012345678901234567890}\n', 1),
        ('{"category":"bills","n":-0.1e-7,"deep":{"a":[[[{}]]]},"s":"\\ud83d\\ude00 ü"}\n', 1),
        ('{"category":"Bills"}\n{"category":"bill"}\n{"category":null}\n{"category":{"bills":1}}\n{}\n', 0),
    ],
)
def test_lines_that_are_documents(counts, files, content, missing):
    files.path("emails").write_bytes(content.encode())
    assert counts("emails") == (missing, 0, 0)


@pytest.mark.parametrize(
    "line",
    [
        b"hello",
        b"[1]",
        b'"text"',
        b"1",
        b"null",
        b"{} {}",
        b"{}{}",
        b"{},",
        b'{"a":1',
        b'{"a":}',
        b"{'a':1}",
        b'{"a":NaN}',
        b'{"a":01}',
        b'{"a":"\\x"}',
        b'{"a":"\xff"}',
        b'{"a":"tab\there"}',
        b'{"a":tru}',
        b'{"a":1,}',
        b"\x00",
        BILL.encode() + b"\x00",
    ],
)
@pytest.mark.parametrize("command", ["validate", "emit"])
def test_a_malformed_line_names_file_and_line(run, files, line, command):
    files.path("emails").write_bytes(BILL.encode() + b"\n\n" + line + b"\n" + BILL.encode() + b"\n")
    run(command, "--es-url", files.url, "--index", "emails").failed(3, "emails.ndjson", "3")
    assert not files.path("backfill_health_v1").exists()


def test_a_bulk_file(counts, files):
    actions = [
        '{"index":{"_id":"1"}}', BILL,
        '{"create":{"_index":"emails"}}', json.dumps(bill(["x"])),
        '{"index":{}}', '{"index":{"dates":1},"category":"bills"}',
    ]
    files.path("emails").write_text("\n".join(actions) + "\n")
    assert counts("emails") == (2, 1, 0)


@pytest.mark.parametrize("action", ['{"update":{"_id":"1"}}', '{"delete":{"_id":"1"}}', '{"index":1}', BILL])
def test_other_actions_of_a_bulk_file_are_refused(run, files, action):
    files.path("emails").write_text(f'{{"index":{{}}}}\n{BILL}\n{action}\n{BILL}\n')
    run("validate", "--es-url", files.url, "--index", "emails").failed(3, "emails.ndjson", "3")


def test_a_bulk_file_whose_last_document_is_missing(run, files):
    files.path("emails").write_text(f'{{"index":{{}}}}\n{BILL}\n{{"index":{{}}}}\n')
    run("validate", "--es-url", files.url, "--index", "emails").failed(3, "emails.ndjson")


def test_an_elasticdump_file(counts, files):
    documents = [{"_index": "x", "_id": str(n), "_source": document} for n, document in enumerate(MIDWAY)]
    files.path("emails").write_text("".join(json.dumps(document) + "\n" for document in documents))
    assert counts("emails") == (2, 20, 18)


@pytest.mark.parametrize("name", ["absent", "absent*", "emails,absent", "absent,emails"])
@pytest.mark.parametrize("command", ["validate", "emit"])
def test_what_does_not_exist_is_never_0(run, files, command, name):
    files.path("emails").write_text(BILL)
    run(command, "--es-url", files.url, "--index", name).failed(3, "absent")


def test_a_missing_folder(run, tmp_path):
    for command in ("validate", "emit", "create-index"):
        run(command, "--es-url", f"file:{tmp_path}/nowhere").failed(3, "nowhere")


@pytest.mark.parametrize("url", ["file:store", "file:./store", "file:{folder}", "file:{folder}/", "file://{folder}"])
def test_ways_to_name_the_folder(run, files, url):
    files.path("gmail_emails_v2").write_text(BILL + "\n")
    report = run("validate", "--json", env={"ES_URL": url.format(folder=files.folder)}).succeeded()
    assert json.loads(report)["missing_dates_count"] == 1


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("mail-a", 1),
        ("mail-a,mail-b", 11),
        ("mail-*", 111),
        ("*-b", 10),
        ("m*l-*", 111),
        ("mail-a,mail-*", 111),
        ("mail-a,mail-a", 1),
        ("mail-*,-mail-b", 101),
        ("mail-*,other", 1111),
    ],
)
def test_patterns_mean_the_same_on_both_stores(run, files, indices, name, missing):
    sizes = {"mail-a": 1, "mail-b": 10, "mail-c": 100, "other": 1000}
    prefix = indices.engine.unique_name("p") + "-"
    for index, size in sizes.items():
        documents = [bill()] * size
        files.path(index).write_text("".join(json.dumps(document) + "\n" for document in documents))
        indices.made.append(prefix + index)
        indices.engine.load(prefix + index, documents)

    def measured(url: str, index: str) -> int:
        report = run("validate", "--json", "--es-url", url, "--index", index).succeeded()
        return json.loads(report)["missing_dates_count"]

    parts = [("-" if part.startswith("-") else "") + prefix + part.removeprefix("-") for part in name.split(",")]
    assert measured(indices.url, ",".join(parts)) == missing
    assert measured(files.url, name) == missing


@pytest.mark.parametrize("name", ["..", "../emails", "a/../../emails", "/etc/passwd", "."])
@pytest.mark.parametrize("flag", ["--index", "--health-index"])
def test_nothing_leaves_the_folder(run, files, name, flag):
    files.path("gmail_emails_v2").write_text(BILL + "\n")
    (files.folder.parent / "emails.ndjson").write_text(BILL + "\n")
    run("emit", "--es-url", files.url, flag, name).failed(2)
    assert (files.folder.parent / "emails.ndjson").read_text() == BILL + "\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ('{"missing":1}\n', '{"missing":1}\n'),
        ('{"missing":1}', '{"missing":1}\n'),
    ],
)
def test_emit_appends_whole_lines(run, files, before, after):
    files.path("gmail_emails_v2").write_text(BILL)
    files.path("health").write_text(before)
    line = run("emit", "--json", "--es-url", files.url, "--health-index", "health").succeeded()
    assert files.path("health").read_text() == after + line


def test_emits_at_once_lose_nothing(run, files):
    files.path("gmail_emails_v2").write_text(BILL)
    files.path("health").write_text('{"missing":1}')
    with ThreadPoolExecutor(8) as pool:
        lines = [
            result.succeeded()
            for result in pool.map(
                lambda _: run("emit", "--json", "--es-url", files.url, "--health-index", "health"), range(40)
            )
        ]
    written = files.path("health").read_text()
    assert sorted(written.splitlines(keepends=True)) == sorted(['{"missing":1}\n', *lines])


@contextlib.contextmanager
def small_disk(folder):
    """A file system of 64 KB; only root can make one."""
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], capture_output=True, timeout=60)
    if made.returncode != 0:
        pytest.skip("a small file system cannot be mounted here; the limit on a file's size is tested instead")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True, timeout=60)


class TestFullDisk:
    """A snapshot that cannot be stored is a failure, and what is there stays whole."""

    @pytest.mark.parametrize("tail", ["\n", ""], ids=["whole last line", "last line without its newline"])
    @pytest.mark.parametrize("room", [0, 1, 40])
    def test_limit_of_a_file_s_size(self, run, files, room, tail):
        files.path("gmail_emails_v2").write_text(BILL)
        before = json.dumps({"pad": "x" * 3000}) + tail
        files.path("health").write_text(before)
        # Python ignores SIGXFSZ, and a program it starts with restore_signals=False inherits that: write() fails.
        result = run("emit", "--es-url", files.url, "--health-index", "health", restore_signals=False,
                     under=("prlimit", f"--fsize={len(before) + room}"))
        result.failed(3, "health.ndjson")
        assert files.path("health").read_text() == before

    def test_no_space_left_on_the_device(self, run, files):
        files.path("gmail_emails_v2").write_text(BILL)
        disk = files.folder / "disk"
        disk.mkdir()
        with small_disk(disk):
            (disk / "gmail_emails_v2.ndjson").write_text(BILL + "\n")
            whole = json.dumps({"pad": "x" * 4000}) + "\n"
            before = whole * 5
            (disk / "health.ndjson").write_text(before)
            with open(disk / "filler", "wb") as filler, contextlib.suppress(OSError):
                while True:
                    os.write(filler.fileno(), b"x" * 512)
            # The last page of the file has room for some lines.
            for _ in range(100):
                result = run("emit", "--es-url", f"file:{disk}", "--health-index", "health")
                if result.code != 0:
                    break
            result.failed(3, "health.ndjson")
            after = (disk / "health.ndjson").read_text()
            assert after.startswith(before) and after.endswith("\n")
            assert all(isinstance(json.loads(line), dict) for line in after.splitlines())


def test_memory_does_not_grow_with_the_file(own_memory, run, files):
    def peak_kilobytes(size: int) -> int:
        files.path("gmail_emails_v2").write_text(("".join(json.dumps(d) + "\n" for d in emails(20, 20, 18))) * size)
        script = (
            "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        )
        done = run("validate", "--es-url", files.url, under=("/usr/bin/python3", "-c", script))
        return int(done.succeeded())

    small, large = peak_kilobytes(10), peak_kilobytes(20_000)  # 30 KB and 70 MB
    assert large < small + 16 * 1024


def test_a_line_of_many_megabytes(counts, files):
    huge = json.dumps({"category": "bills", "dates": ["x"], "body": "ü" * 5_000_000}, ensure_ascii=False)
    files.path("emails").write_text(f"{BILL}\n{huge}\n{BILL}\n")
    assert counts("emails") == (2, 1, 0)


def test_special_files_are_no_index(run, files):
    (files.folder / "emails.ndjson").mkdir()
    run("validate", "--es-url", files.url, "--index", "emails").failed(3, "emails")


def test_the_limit_on_open_files_is_enough_for_many_indices(run, files):
    for number in range(300):
        files.path(f"mail-{number}").write_text(BILL + "\n")
    under = ("prlimit", "--nofile=64")
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[1] >= 64
    report = run("validate", "--json", "--es-url", files.url, "--index", "mail-*", under=under).succeeded()
    assert json.loads(report)["missing_dates_count"] == 300
