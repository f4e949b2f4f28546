"""serve reads its configuration again at SIGHUP, and when the file has changed; an invalid one changes nothing."""

import re
import signal

import pytest

from support.configuration import dump
from support.emails import MIDWAY
from support.requests.raw_http import wait_for

IN_FORCE = "backfill_health_config_last_reload_successful"


def backfill(name: str, index: str, **more: object) -> dict:
    return {"name": name, "index": index, "field": "dates", "population": {"category": "bills"}, **more}


def measured(serving) -> list[str]:
    return sorted(sample.split('"')[1] for sample in serving.metrics() if sample.startswith("backfill_up{"))


@pytest.fixture
def file(run):
    return run.home / "config.yaml"


@pytest.fixture
def serve(exporter, files, file):
    files.add("emails", MIDWAY)

    def go(*backfills: dict, options: tuple = (), **settings: object):
        write(*backfills, **settings)
        return exporter("--config", file, "--es-url", files.url, "--refresh-interval", "1h", *options)

    def write(*backfills: dict, **settings: object) -> None:
        # Whole at once, as an editor does.
        dump(file.with_suffix(".new"), {"settings": settings, "backfills": list(backfills)}).rename(file)

    go.write = write
    return go


def test_a_changed_file_is_taken_over_and_measured_at_once(serve):
    serving = serve(backfill("a", "emails"))
    wait_for(lambda: measured(serving) == ["a"])
    assert serving.metrics()[IN_FORCE] == 1
    serve.write(backfill("a", "emails"), backfill("b", "emails"))
    wait_for(lambda: measured(serving) == ["a", "b"])
    wait_for(lambda: serving.metrics().get('backfill_up{backfill="b"}') == 1)
    serve.write(backfill("b", "emails"))
    wait_for(lambda: measured(serving) == ["b"])
    serving.stop()
    assert re.findall(r'msg="configuration reloaded" .*backfills=(\d+)', serving.log) == ["2", "1"]


def test_what_is_known_of_a_backfill_that_stays_is_kept(serve, files):
    serving = serve(backfill("a", "emails"))
    wait_for(lambda: serving.metrics().get('backfill_up{backfill="a"}') == 1)
    before = serving.metrics()['backfill_last_success_timestamp_seconds{backfill="a"}']
    files.path("emails").rename(files.path("emails").with_suffix(".gone"))
    serve.write(backfill("a", "emails"), backfill("b", "emails"))
    wait_for(lambda: serving.metrics().get('backfill_up{backfill="a"}') == 0)
    assert serving.metrics()['backfill_last_success_timestamp_seconds{backfill="a"}'] == before
    assert serving.metrics()['backfill_documents{backfill="a",index="emails",field="dates",state="missing"}'] == 2


@pytest.mark.parametrize("bad", ["backfills: [{name: a}]\n", "settings:\n\ttimeout: 1s\n", "- a\n", None, "folder"])
def test_an_invalid_one_changes_nothing_and_is_said_once(serve, file, bad):
    serving = serve(backfill("a", "emails"))
    wait_for(lambda: measured(serving) == ["a"])
    if bad == "folder":
        file.unlink()
        file.mkdir()
    elif bad is None:
        file.unlink()
    else:
        file.with_suffix(".new").write_text(bad)
        file.with_suffix(".new").rename(file)
    wait_for(lambda: serving.metrics()[IN_FORCE] == 0)
    for _ in range(2):
        refreshes = serving.metrics()['backfill_health_refreshes_total{result="ok"}']
        serving.process.send_signal(signal.SIGHUP)
        wait_for(lambda before=refreshes: serving.metrics()['backfill_health_refreshes_total{result="ok"}'] > before)
    assert measured(serving) == ["a"] and serving.metrics()['backfill_up{backfill="a"}'] == 1
    assert "config.yaml" in serving.get("/").text
    if file.is_dir():
        file.rmdir()
    serve.write(backfill("c", "emails"))
    wait_for(lambda: measured(serving) == ["c"] and serving.metrics()[IN_FORCE] == 1)
    serving.stop()
    assert serving.log.count("reload of the configuration failed; keeping the old one") == 1


def test_sighup_reads_it_again(serve):
    serving = serve(backfill("a", "emails"))
    wait_for(lambda: measured(serving) == ["a"])
    serving.process.send_signal(signal.SIGHUP)
    wait_for(lambda: 'msg="configuration reloaded"' in serving.log)
    assert measured(serving) == ["a"]


def test_what_needs_a_restart_is_said(serve):
    serving = serve(backfill("a", "emails"), timeout="20s")
    serve.write(backfill("a", "emails"), timeout="21s")
    wait_for(lambda: "timeout has changed, which needs a restart" in serving.log)


def test_what_a_flag_has_decided_needs_none(serve):
    """--listen is a flag here, as always in these tests."""
    serving = serve(backfill("a", "emails"), listen="127.0.0.1:1")
    serve.write(backfill("a", "emails"), listen="127.0.0.1:2")
    wait_for(lambda: 'msg="configuration reloaded"' in serving.log)
    serving.stop()
    assert "needs a restart" not in serving.log


def test_only_the_named_ones_are_measured_and_one_that_goes_leaves_the_old_ones(serve):
    serving = serve(backfill("a", "emails"), backfill("b", "emails"), options=("a",))
    wait_for(lambda: measured(serving) == ["a"])
    serve.write(backfill("b", "emails"))
    wait_for(lambda: serving.metrics()[IN_FORCE] == 0)
    assert measured(serving) == ["a"]
    wait_for(lambda: "reload of the configuration failed" in serving.log)


@pytest.mark.parametrize("nothing", ["/dev/null", ""])
def test_without_a_file_there_is_nothing_to_reload(exporter, files, nothing):
    index = files.load(MIDWAY)
    serving = exporter(f"--config={nothing}", "--es-url", files.url, "--index", index)
    assert IN_FORCE not in serving.metrics()
