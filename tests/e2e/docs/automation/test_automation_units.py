"""What the systemd units forbid, the program does not need: it runs as nobody, behind their filter of system calls."""

import json
import os
import pathlib
import shlex
import signal
import socket
import subprocess

import pytest

from support import confined
from support.emails import MIDWAY
from support.fake_elasticsearch import FakeElasticsearch, refusal
from support.program import ROOT, Exporter, Program
from support.prometheus import eventually
from support.requirements import tool, unavailable
from support.stand_in import Reply, Request

UNITS = ROOT / "docs/automation/systemd"
EMIT, SERVE = UNITS / "backfill-health-emit.service", UNITS / "backfill-health-serve.service"


@pytest.fixture
def confine(tmp_path, binary):
    """confine(unit) is the program as that unit runs it."""
    tool("systemd-analyze", "systemd")
    if subprocess.run(["/usr/bin/python3", "-c", "import seccomp"], capture_output=True, timeout=60).returncode != 0:
        unavailable("there is no module seccomp (Debian: python3-seccomp)")
    if os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"], capture_output=True, timeout=60).returncode != 0:
        unavailable("only root can have a file system that cannot be written to")
    state = tmp_path / "state"
    state.mkdir()

    def program(unit: pathlib.Path, path: pathlib.Path = binary) -> Program:
        return Program(tmp_path, confined.enter(tmp_path / "confined", unit, state, path))

    program.state = state
    return program


def command(unit: pathlib.Path) -> list[str]:
    (line,) = confined.settings(unit, "ExecStart")
    program, *words = shlex.split(line)
    assert program == "/usr/bin/backfill-health"
    return words


def environment(**more: object) -> dict[str, object]:
    """That of a user who exists only while the unit runs."""
    return {"HOME": "/", "XDG_STATE_HOME": confined.STATE, **more}


@pytest.mark.parametrize("unit", [EMIT, SERVE], ids=lambda path: path.stem)
def test_the_cage_is_closed(confine, unit):
    assert "Read-only file system" in confine(unit, "/usr/bin/touch")("/var/tmp/x").stderr
    assert "Permission denied" in confine(unit, "/usr/bin/cat")("/etc/shadow").stderr
    assert confine(unit, "/usr/sbin/chroot")("/", "true").code == -signal.SIGSYS


def test_emit_stores_a_snapshot(confine, secured_engine):
    emails, health = secured_engine.unique_name("emails"), secured_engine.unique_name("health")
    secured_engine.load(emails, MIDWAY)
    secured_engine.create(health)
    key = secured_engine.api_key("x", {"names": [emails], "privileges": ["read"]},
                                 {"names": [health], "privileges": ["create_doc", "view_index_metadata"]})
    credential = confine.state / "api-key"
    credential.write_text(key)
    credential.chmod(0o400)
    authority = confine.state / "ca.pem"
    authority.write_bytes(pathlib.Path(secured_engine.ca_file).read_bytes())
    emitted = confine(EMIT)(*command(EMIT), env=environment(
        ES_URL=secured_engine.url, ES_EMAIL_INDEX=emails, ES_HEALTH_INDEX=health,
        ES_CA_CERT=confined.STATE / authority.name, ES_API_KEY_FILE=confined.STATE / credential.name))
    assert emitted.succeeded() == ""
    assert [document["missing"] for document in secured_engine.documents(health)] == [2]
    secured_engine.delete(emails)
    secured_engine.delete(health)


def test_emit_keeps_in_its_state_folder_what_cannot_be_stored(confine, stand_in):
    healthy = FakeElasticsearch(gmail_emails_v2=list(MIDWAY), backfill_health_v1=[])

    def read_only(request: Request) -> Reply:
        if request.path.endswith("/_bulk"):
            return refusal(403, "cluster_block_exception", "index [backfill_health_v1] blocked by: [FORBIDDEN/5/read-only];")
        return healthy(request)

    emit = confine(EMIT)
    given = environment(ES_URL=f"http://localhost:{stand_in(read_only).port}")
    emit(*command(EMIT), env=given).failed(3, f"{confined.STATE}/backfill-health/spool")
    (kept,) = (confine.state / "backfill-health/spool").iterdir()
    assert json.loads(kept.read_text())


def test_serve_serves_reloads_and_ends(confine, stand_in):
    engine = stand_in(FakeElasticsearch(gmail_emails_v2=list(MIDWAY), backfill_health_v1=[]))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("")  # the kernel gives it an abstract name, which is no file
        manager.settimeout(20)
        name = "@" + manager.getsockname()[1:].decode()
        assert command(SERVE) == ["serve"]
        serve = Exporter(confine(SERVE), env=environment(ES_URL=f"http://localhost:{engine.port}", NOTIFY_SOCKET=name))
        try:
            assert manager.recv(100) == b"READY=1"
            assert serve.refresh().status == 200
            metrics = serve.metrics()
            assert metrics["bills_missing_dates"] == 2
            assert metrics["process_start_time_seconds"] > 0 and metrics["process_max_fds"] > 1024
            measured = metrics['backfill_health_refreshes_total{result="ok"}']
            serve.process.send_signal(signal.SIGHUP)
            eventually("SIGHUP measures again",
                       lambda: serve.metrics()['backfill_health_refreshes_total{result="ok"}'] > measured)
        finally:
            serve.stop()
        assert manager.recv(100) == b"STOPPING=1"
