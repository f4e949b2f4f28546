"""What others read of /metrics is what we wrote: Prometheus' Python client and its Go library."""

import hashlib
import os
import pathlib
import re
import subprocess

import pytest
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families

from support.emails import MIDWAY
from support.program import ROOT, Exporter, parse_samples
from support.requirements import tool

OPEN_METRICS = "application/openmetrics-text;version=1.0.0"
TYPES = {
    "bills_missing_dates": "gauge",
    "bills_with_dates": "gauge",
    "bills_with_expires_at": "gauge",
    "backfill_health_last_run_timestamp": "gauge",
    "backfill_health_index_info": "gauge",
    "backfill_health_up": "gauge",
    "backfill_documents": "gauge",
    "backfill_derived_documents": "gauge",
    "backfill_up": "gauge",
    "backfill_last_success_timestamp_seconds": "gauge",
    "backfill_health_build_info": "gauge",
    "backfill_health_refreshes": "counter",
    "backfill_health_refresh_errors": "counter",
    "backfill_health_refresh_duration_seconds": "histogram",
    "process_cpu_seconds": "counter",
    "process_resident_memory_bytes": "gauge",
    "process_virtual_memory_bytes": "gauge",
    "process_start_time_seconds": "gauge",
    "process_open_fds": "gauge",
    "process_max_fds": "gauge",
}


@pytest.fixture(params=["emails", 'a "quoted" \\ index', "Größe 日本"])
def serving(request, exporter, files) -> Exporter:
    files.add(request.param, MIDWAY)
    serving = exporter("--es-url", files.url, "--index", request.param, "--refresh-interval", "1h")
    serving.refresh()
    serving.index = request.param
    return serving


def by_name(families) -> dict:
    out = {}
    for family in families:
        assert family.name not in out, "a family that comes twice"
        out[family.name] = family
    return out


def samples(families: dict) -> dict:
    return {(sample.name, *sorted(sample.labels.items())): sample.value
            for family in families.values() for sample in family.samples}


@pytest.mark.parametrize(
    ("accept", "parse"),
    [("text/plain", text_string_to_metric_families), (OPEN_METRICS, openmetrics.text_string_to_metric_families)],
    ids=["text", "OpenMetrics"],
)
def test_the_python_client(serving, accept, parse):
    families = by_name(parse(serving.get("/metrics", Accept=accept).text))
    assert {name: family.type for name, family in families.items()} == TYPES
    assert all(family.documentation for family in families.values())
    understood = samples(families)
    assert understood[("backfill_health_index_info", ("index", serving.index))] == 1
    assert understood[("bills_missing_dates",)] == 2
    assert understood[("backfill_health_refresh_duration_seconds_bucket", ("le", "+Inf"))] >= 1


@pytest.fixture(scope="session")
def expfmt(tmp_path_factory) -> pathlib.Path:
    """Built once for a machine: it takes Go most of a minute."""
    source = ROOT / "tests/support/expfmt/main.go"
    cache = pathlib.Path(os.environ.get("BACKFILL_HEALTH_CACHE") or pathlib.Path.home() / ".cache/backfill-health")
    program = cache / f"expfmt-{hashlib.sha256(source.read_bytes()).hexdigest()[:16]}"
    if not program.exists():
        cache.mkdir(parents=True, exist_ok=True)
        folder = tmp_path_factory.mktemp("expfmt")
        debian = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "", "GOCACHE": str(folder / "cache")}
        subprocess.run([tool("go", "golang-go"), "build", "-o", folder / "expfmt", source],
                       env=os.environ | debian, check=True, timeout=300)
        unfinished = cache / f"{program.name}.{os.getpid()}"
        unfinished.write_bytes((folder / "expfmt").read_bytes())
        unfinished.chmod(0o755)
        unfinished.rename(program)
    return program


def test_the_go_library(serving, expfmt):
    page = serving.get("/metrics", Accept="text/plain").text
    done = subprocess.run([expfmt], input=page, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")
    # OpenMetrics wants 1.0 where Go writes 1; it is the same series, in either format.
    assert parse_samples(done.stdout) == parse_samples(re.sub(r'le="(\d+)\.0"', r'le="\1"', page))
