"""The metrics that `serve` shows: families, values, and the formats that can be asked for."""

import gzip
import pathlib
import re
import subprocess
import time

import pytest

from support.emails import EMPTY_POPULATION
from support.program import REASONS
from support.requirements import tool

BILLS = """\
# HELP bills_missing_dates Bills missing dates[] field
# TYPE bills_missing_dates gauge
bills_missing_dates 0.0
# HELP bills_with_dates Bills with dates[] populated
# TYPE bills_with_dates gauge
bills_with_dates 1243.0
# HELP bills_with_expires_at Bills with expires_at field set
# TYPE bills_with_expires_at gauge
bills_with_expires_at 1243.0
"""

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
# As Prometheus 2.42 and 3 ask.
PROMETHEUS_2 = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
PROMETHEUS_3 = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"


def metadata(text: str) -> dict[str, tuple[str, str]]:
    """The help and the type of each family."""
    helps = dict(re.findall(r"^# HELP (\S+) (.*)$", text, re.M))
    types = dict(re.findall(r"^# TYPE (\S+) (.*)$", text, re.M))
    assert helps.keys() == types.keys()
    return {name: (helps[name], types[name]) for name in helps}


class TestText:
    def test_the_bills_are_exactly_these_lines(self, serving):
        answer = serving.get("/metrics")
        assert (answer.status, answer.headers["Content-Type"]) == (200, TEXT)
        assert BILLS in answer.text
        assert answer.text.endswith("\n") and "# EOF" not in answer.text

    def test_every_family(self, serving):
        families = metadata(serving.get("/metrics").text)
        assert families["backfill_health_last_run_timestamp"] == ("Last refresh timestamp (unix seconds)", "gauge")
        assert families["backfill_health_index_info"] == ("Index info (labels only)", "gauge")
        types = {name: type for name, (_, type) in families.items()}
        assert types == {
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
            "backfill_health_refreshes_total": "counter",
            "backfill_health_refresh_errors_total": "counter",
            "backfill_health_refresh_duration_seconds": "histogram",
            "backfill_health_build_info": "gauge",
            "process_cpu_seconds_total": "counter",
            "process_resident_memory_bytes": "gauge",
            "process_virtual_memory_bytes": "gauge",
            "process_start_time_seconds": "gauge",
            "process_open_fds": "gauge",
            "process_max_fds": "gauge",
        }

    def test_values(self, serving, run):
        now = time.time()
        samples = serving.metrics()
        assert now - 30 < samples["backfill_health_last_run_timestamp"] <= now
        assert samples['backfill_health_index_info{index="emails-0"}'] == 1
        assert samples["backfill_health_up"] == 1
        assert samples['backfill_health_refreshes_total{result="ok"}'] >= 1
        assert samples['backfill_health_refreshes_total{result="error"}'] == 0
        for reason in REASONS:
            assert samples[f'backfill_health_refresh_errors_total{{reason="{reason}"}}'] == 0
        (build,) = [name for name in samples if name.startswith("backfill_health_build_info")]
        assert re.fullmatch(r'backfill_health_build_info\{version="[^"]+",revision="[^"]+"\}', build)
        assert samples[build] == 1
        assert run("--version").succeeded().split()[1] in build

    def test_process_metrics_are_this_process(self, serving):
        samples = serving.metrics()
        pid = serving.process.pid
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        resident = int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024
        assert samples["process_resident_memory_bytes"] == pytest.approx(resident, rel=0.25)
        assert samples["process_virtual_memory_bytes"] > samples["process_resident_memory_bytes"]
        assert abs(samples["process_start_time_seconds"] - time.time()) < 60
        assert 3 <= samples["process_open_fds"] < 64
        assert samples["process_max_fds"] >= 256
        # Finer than the kernel's clock ticks of a hundredth of a second: a start alone takes some milliseconds.
        assert 0 < samples["process_cpu_seconds_total"] < 60

    def test_the_duration_is_a_histogram_of_all_refreshes(self, serving):
        serving.refresh()
        samples = serving.metrics()
        refreshes = sum(value for name, value in samples.items() if name.startswith("backfill_health_refreshes_total"))
        name = "backfill_health_refresh_duration_seconds"
        buckets = [value for key, value in samples.items() if key.startswith(f"{name}_bucket")]
        assert buckets == sorted(buckets) and len(buckets) > 3
        assert samples[f'{name}_bucket{{le="+Inf"}}'] == samples[f"{name}_count"] == refreshes
        assert samples[f"{name}_sum"] > 0

    def test_another_backfill_has_its_own_names(self, exporter, files):
        index = files.load([{"kind": "x"}, {"kind": "x", "due": "y"}, {"kind": "x", "due": "y", "sent": "z"}])
        serving = exporter("--es-url", files.url, "--index", index, "--name", "invoices", "--population", "kind=x",
                           "--field", "due", "--derived", "sent")
        serving.refresh()
        samples = {name: value for name, value in serving.metrics().items() if "invoices" in name}
        assert samples.pop('backfill_last_success_timestamp_seconds{backfill="invoices"}') > 0
        of = f'backfill="invoices",index="{index}"'
        assert samples == {
            f'backfill_documents{{{of},field="due",state="missing"}}': 1,
            f'backfill_documents{{{of},field="due",state="present"}}': 2,
            f'backfill_derived_documents{{{of},field="sent"}}': 1,
            'backfill_up{backfill="invoices"}': 1,
        }

    def test_labels_are_escaped(self, exporter, files):
        files.path('a"b\\c').write_text("")
        serving = exporter("--es-url", files.url, "--index", 'a"b\\c')
        assert 'backfill_health_index_info{index="a\\"b\\\\c"} 1' in serving.get("/metrics").text

    def test_an_empty_population_is_shown_as_zeros(self, exporter, files):
        serving = exporter("--es-url", files.url, "--index", files.load(EMPTY_POPULATION))
        serving.refresh()
        assert serving.metrics()["bills_missing_dates"] == 0


class TestFormats:
    @pytest.mark.parametrize(
        ("accept", "content_type"),
        [
            (None, TEXT),
            ("*/*", TEXT),
            ("text/plain", TEXT),
            ("text/html,application/xhtml+xml,*/*;q=0.8", TEXT),
            ("application/openmetrics-text", OPEN_METRICS),
            ("application/openmetrics-text; version=1.0.0", OPEN_METRICS),
            (PROMETHEUS_2, OPEN_METRICS),
            (PROMETHEUS_3, OPEN_METRICS),
            ("application/openmetrics-text;q=0.1,text/plain;q=0.9", TEXT),
            ("application/openmetrics-text;q=0,*/*", TEXT),
            ("nonsense;;;q=", TEXT),
        ],
    )
    def test_negotiation(self, serving, accept, content_type):
        answer = serving.request("GET", "/metrics", {"Accept": accept} if accept else {})
        assert (answer.status, answer.headers["Content-Type"]) == (200, content_type)
        assert answer.text.endswith("# EOF\n") == (content_type == OPEN_METRICS)

    def test_open_metrics_names_counters_without_their_ending(self, serving):
        text = serving.get("/metrics", Accept="application/openmetrics-text").text
        assert text.count("# EOF") == 1
        families = metadata(text)
        assert families["backfill_health_refreshes"][1] == "counter"
        assert "backfill_health_refreshes_total" not in families
        assert 'backfill_health_refreshes_total{result="ok"} ' in text
        assert BILLS in text

    def test_both_formats_have_the_same_samples(self, serving):
        volatile = ("process_", "#")
        plain, open_metrics = (
            {line for line in serving.get("/metrics", Accept=accept).text.splitlines() if not line.startswith(volatile)}
            for accept in ("text/plain", "application/openmetrics-text")
        )
        assert plain == open_metrics

    @pytest.mark.parametrize("accept", ["text/plain", "application/openmetrics-text"])
    def test_gzip(self, serving, accept):
        answer = serving.get("/metrics", Accept=accept, Accept_Encoding="gzip")
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert BILLS in gzip.decompress(answer.body).decode()
        assert len(answer.body) < len(gzip.decompress(answer.body)) / 2

    @pytest.mark.parametrize("encoding", ["identity", "gzip;q=0", "br", "deflate, br"])
    def test_no_gzip_where_it_was_not_asked_for(self, serving, encoding):
        answer = serving.get("/metrics", Accept_Encoding=encoding)
        assert answer.headers["Content-Encoding"] is None
        assert BILLS in answer.text

    def test_promtool_finds_nothing_to_say(self, serving):
        promtool = tool("promtool", "prometheus")
        check = subprocess.run([promtool, "check", "metrics"], input=serving.get("/metrics").body, capture_output=True,
                               timeout=60)
        assert (check.returncode, check.stdout, check.stderr) == (0, b"", b"")
