"""Where the spool is, what else may lie there, and what it asks of the disk."""

import json
import pathlib
import re

import pytest

from support.requirements import tool
from support.spool import READ_ONLY, Spool, delivered
from support.stand_in import Reply


class TestFolder:
    @pytest.fixture
    def fail(self, run, server, cluster):
        def go(*options, env=None):
            cluster.trouble = Reply(503)
            return run("emit", "--es-url", server.url, "--retries", "0", *options, env=env).failed(3)

        return go

    @pytest.mark.parametrize(
        ("env", "folder"),
        [
            ({}, ".local/state/backfill-health/spool"),
            ({"XDG_STATE_HOME": "{home}/state"}, "state/backfill-health/spool"),
            ({"XDG_STATE_HOME": "", "HOME": "{home}/me"}, "me/.local/state/backfill-health/spool"),
            ({"XDG_STATE_HOME": "relative", "HOME": "{home}/me"}, "me/.local/state/backfill-health/spool"),
        ],
    )
    def test_where_it_is(self, fail, tmp_path, env, folder):
        line = fail(env={name: value.format(home=tmp_path) for name, value in env.items()})
        assert f"kept in {tmp_path / folder}"[:100] in line
        assert len(Spool(tmp_path / folder).waiting()) == 1

    def test_a_flag_beats_the_environment(self, fail, tmp_path):
        fail("--spool", tmp_path / "a/b/c")
        assert len(Spool(tmp_path / "a/b/c").waiting()) == 1
        assert not (tmp_path / ".local").exists()

    def test_nothing_is_made_where_nothing_waits(self, run, server, tmp_path):
        run("validate", "--es-url", server.url).succeeded()
        assert list(tmp_path.iterdir()) == []

    def test_without_a_home_it_is_stored_or_lost(self, run, fail, cluster, server, tmp_path):
        nowhere = {"XDG_STATE_HOME": "", "HOME": ""}
        assert "kept" not in fail(env=nowhere)
        cluster.trouble = None
        run("emit", "--es-url", server.url, env=nowhere).succeeded()
        assert len(cluster.stored) == 1 and list(tmp_path.iterdir()) == []

    @pytest.fixture(params=["a file", "below a file", "no room"])
    def unusable(self, request, tmp_path) -> tuple[pathlib.Path, dict]:
        (tmp_path / "file").write_text("mine\n")
        if request.param == "no room":
            return tmp_path / "spool", {"under": (tool("prlimit", "util-linux"), "--fsize=10")}
        return tmp_path / "file" / ("x" if request.param == "below a file" else ""), {}

    def test_an_unusable_one_does_not_hinder(self, run, server, cluster, unusable, tmp_path):
        folder, more = unusable
        run("emit", "--es-url", server.url, "--spool", folder, **more).succeeded()
        assert len(cluster.stored) == 1
        assert (tmp_path / "file").read_text() == "mine\n"

    def test_and_the_line_says_what_that_costs(self, run, server, cluster, unusable, tmp_path):
        folder, more = unusable
        cluster.trouble = READ_ONLY
        line = run("emit", "--es-url", server.url, "--spool", folder, **more).failed(3, server.url)
        assert "the snapshot is lost" in line and "is kept" not in line
        assert (tmp_path / "file").read_text() == "mine\n"
        assert Spool(tmp_path / "spool").files == []

    @pytest.mark.parametrize("content", ["", "{", "null\n", "[]\n", '{"url": 1}\n', "\xff\n", "x" * 100_000])
    def test_what_is_not_ours_is_left_alone(self, emit, spool, cluster, keep, content):
        kept = keep(spool)
        foreign = spool.folder / "000000000000-0.ndjson"
        foreign.write_bytes(content.encode("latin-1"))
        delivered(emit())
        assert cluster.documents()[0] == kept["document"]
        assert spool.files == [foreign] and foreign.read_bytes() == content.encode("latin-1")


    def test_a_file_of_another_name_is_left_alone(self, emit, spool, cluster, keep):
        """What is stored is deleted, by its id: that must not be another file."""
        kept = keep(spool)
        (path,) = spool.files
        kept["id"] = "../mine"
        path.write_text(json.dumps(kept) + "\n")
        (spool.folder.parent / "mine.ndjson").write_text("mine\n")
        emit().succeeded()
        assert spool.waiting() == [kept] and len(cluster.stored) == 1
        assert (spool.folder.parent / "mine.ndjson").read_text() == "mine\n"

    def test_without_a_home_there_is_none(self, run, server, cluster):
        """And what cannot be stored is lost, which the line says."""
        no_home = {"HOME": "", "XDG_STATE_HOME": ""}
        run("emit", "--es-url", server.url, env=no_home).succeeded()
        cluster.trouble = READ_ONLY
        run("emit", "--es-url", server.url, env=no_home).failed(3, server.url, "the snapshot is lost", "--spool")


# Of the calls that do the same, a machine may lack some, which is what the ? is for.
MKDIR, RENAME, UNLINK = "?mkdir,mkdirat", "?rename,?renameat,renameat2,linkat", "?unlink,unlinkat"


class TestDisk:
    @pytest.fixture
    def trace(self, run, server, spool, tmp_path):
        """emit under strace with these options; what it traced is in the file `trace`."""

        def go(*options: str):
            under = (tool("strace", "strace"), "-f", "-y", "-o", str(tmp_path / "trace"), *options)
            leaks_need_ptrace = {"ASAN_OPTIONS": "detect_leaks=0"}
            return run("emit", "--es-url", server.url, "--spool", spool.folder, under=under, env=leaks_need_ptrace)

        return go

    def test_it_is_there_before_the_first_try(self, trace, spool, tmp_path):
        """The file and its name: fsync of both, and only then the write to the cluster."""
        trace("-e", f"trace=write,fsync,sendmsg,{RENAME},{UNLINK}").succeeded()
        calls = [line for line in (tmp_path / "trace").read_text().splitlines() if str(spool.folder) in line or "/_bulk" in line]
        names = [re.search(r"(\w+)\(", call)[1] for call in calls]
        written, synced, named, folder_synced, sent, deleted = names
        assert (written, synced, folder_synced, sent) == ("write", "fsync", "fsync", "sendmsg"), calls
        assert named in RENAME and f"<{spool.folder}>" in calls[3] and deleted in UNLINK, calls

    @pytest.mark.parametrize(
        ("call", "error", "times"),
        [(MKDIR, "ENOSPC", 1), ("openat", "EMFILE", 4), ("fsync", "EIO", 2), (RENAME, "ENOSPC", 1), (UNLINK, "EROFS", 1)],
        ids=["mkdir", "openat", "fsync", "rename", "unlink"],
    )
    def test_an_error_there_neither_hinders_nor_lies(self, trace, emit, spool, cluster, call, error, times):
        """Only calls of the spool are disturbed, the first of them, then the second."""
        only = ("-P", str(spool.folder)) if call == "openat" else ()
        for number in range(1, times + 1):
            trace(*only, "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={number}").succeeded()
            assert len(cluster.stored) == 2 * number - 1, f"printed, and not stored: {call} {number}"
            # One that could not be deleted was stored already, and is told again.
            assert emit().code == 0
            assert len(cluster.stored) == 2 * number and spool.files == []
