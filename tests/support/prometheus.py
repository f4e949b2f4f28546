"""A real Prometheus and Alertmanager that run what is in prometheus/, thirty times as fast."""

import contextlib
import json
import math
import pathlib
import re
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator

import yaml

from support.ports import free_ports
from support.program import ROOT
from support.requirements import tool

FOLDER = ROOT / "prometheus"
RULES = FOLDER / "backfill_health.rules.yml"
DASHBOARD = FOLDER / "grafana/backfill-health.json"

SPEEDUP = 30
MILLISECONDS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
# Where the rules mean seconds, and no unit says so.
PLAIN_SECONDS = {"backfill_health_last_run_timestamp > {}": 300, "predict_linear(bills_missing_dates[15m], {})": 3600}

# For what needs less than 30 s when nothing else runs on the machine.
LIMIT_SECONDS = 120


def rules() -> list[dict]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def eventually(what: str, look: Callable[[], object], expected: object = True) -> None:
    deadline = time.monotonic() + LIMIT_SECONDS
    while (seen := look()) != expected:
        assert time.monotonic() < deadline, f"{what}: {expected!r} was not seen within {LIMIT_SECONDS} s, but {seen!r}"
        time.sleep(0.1)


def hurried(text: str) -> str:
    """With every duration divided by SPEEDUP."""
    def divided(duration: re.Match) -> str:
        milliseconds, rest = divmod(int(duration[1]) * MILLISECONDS[duration[2]], SPEEDUP)
        assert rest == 0, f"{duration[0]} cannot be divided by {SPEEDUP}"
        return f"{milliseconds}ms"

    return re.sub(rf"\b(\d+)({'|'.join(MILLISECONDS)})\b", divided, text)


def hurried_rules(text: str) -> str:
    for place, seconds in PLAIN_SECONDS.items():
        text = exchange(text, place.format(seconds), place.format(seconds // SPEEDUP))
    return hurried(text)


def exchange(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, f"{old} is not there exactly once"
    return text.replace(old, new)


def panels() -> list[dict]:
    return json.loads(DASHBOARD.read_text())["panels"]


def sent(target: dict, instances: str = ".+", backfills: str = ".+") -> str:
    """The expression of a query of the dashboard, as Grafana sends it."""
    # $__rate_interval is four times the interval of the scrapes.
    return target["expr"].replace("$__rate_interval", "120s").replace("$instance", instances) \
        .replace("$backfill", backfills)


def query(title: str) -> str:
    """Of a panel with one query: its expression in this hurry."""
    (found,) = [panel for panel in panels() if panel["title"] == title]
    (target,) = found["targets"]
    return hurried(sent(target))


def queries() -> list[tuple[str, str]]:
    """Of the dashboard's: what each is sent to, and its expression in this hurry."""
    return [("query" if target.get("instant") else "query_range", hurried(sent(target)))
            for panel in panels() for target in panel["targets"]]


class Server:
    """Either of the programs, on a free port of 127.0.0.1."""

    def __init__(self, program: str, folder: pathlib.Path, config: str, *arguments: str) -> None:
        self._log = folder / "log"
        (folder / "config.yml").write_text(config)
        for _ in range(5):
            self.address = f"127.0.0.1:{free_ports(1)[0]}"
            with open(self._log, "wb") as log:
                self._process = subprocess.Popen(
                    ["setpriv", "--pdeathsig", "KILL", program, f"--config.file={folder / 'config.yml'}",
                     f"--web.listen-address={self.address}", *arguments],
                    cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
            try:
                eventually(f"{program} is ready, or has ended", lambda: self._is_ready() or self._has_ended())
            except AssertionError:
                self.stop()
                raise
            if not self._has_ended():
                return
        raise AssertionError(f"{program} did not start: {self._log.read_text(errors='replace')}")

    def get(self, path: str, **query: object) -> object:
        url = f"http://{self.address}/{path}?{urllib.parse.urlencode(query)}"
        try:
            with urllib.request.urlopen(url, timeout=30) as response:
                return json.loads(response.read())
        except urllib.error.HTTPError as refusal:
            raise AssertionError(f"{url}: {refusal.code} {refusal.read()[:500]!r}") from None

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{self.address}/-/ready", timeout=5) as response:
                return response.status == 200
        except OSError:
            return False

    def _has_ended(self) -> bool:
        return self._process.poll() is not None

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(timeout=20)


class Alertmanager(Server):
    def __init__(self, folder: pathlib.Path, webhooks: str) -> None:
        """`webhooks` is the address that takes the messages."""
        config = hurried((FOLDER / "alertmanager.yml").read_text())
        for receiver in ("on-call", "team"):
            config = exchange(config, f"localhost:5001/{receiver}", f"{webhooks}/{receiver}")
        super().__init__(tool("prometheus-alertmanager", "prometheus-alertmanager"), folder, config,
                         "--storage.path=data", "--cluster.listen-address=")

    def alerts(self) -> dict[str, str]:
        """The name of each alert, and its state: `active`, or `suppressed` by another."""
        return {alert["labels"]["alertname"]: alert["status"]["state"] for alert in self.get("api/v2/alerts")}


class PrometheusServer(Server):
    def __init__(self, folder: pathlib.Path, config: str, *arguments: str) -> None:
        super().__init__(tool("prometheus", "prometheus"), folder, config, "--storage.tsdb.path=data", *arguments)

    def value(self, expression: str) -> float | None:
        """The value of its only series, if there is one."""
        result = self.get("api/v1/query", query=expression)["data"]["result"]
        assert len(result) < 2, result
        return float(result[0]["value"][1]) if result else None


class Prometheus(PrometheusServer):
    """With our own configuration and rules."""

    def __init__(self, folder: pathlib.Path, exporter: str, alertmanager: str) -> None:
        config = hurried((FOLDER / "prometheus.yml").read_text())
        config = exchange(exchange(config, "localhost:8003", exporter), "localhost:9093", alertmanager)
        (folder / RULES.name).write_text(hurried_rules(RULES.read_text()))
        super().__init__(folder, config, f"--rules.alert.resend-delay={hurried('1m')}")

    def draws(self, kind: str, expression: str) -> bool:
        """Whether a panel with this query has something to show for the last seconds."""
        now = time.time()
        span = {"start": now - 10, "end": now, "step": 1} if kind == "query_range" else {}
        series = self.get(f"api/v1/{kind}", query=expression, **span)["data"]["result"]
        return any(math.isfinite(float(value)) for each in series for _, value in each.get("values") or [each["value"]])

    def firing(self) -> set[str]:
        return {alert["labels"]["alertname"] for alert in self.get("api/v1/alerts")["data"]["alerts"]
                if alert["state"] == "firing"}


@contextlib.contextmanager
def watching(folder: pathlib.Path, exporter: str, webhooks: str) -> Iterator[tuple[Prometheus, Alertmanager]]:
    """Both, with the exporter at that address. What they write is in the folder."""
    with contextlib.ExitStack() as stack:
        folders = [folder / "alertmanager", folder / "prometheus"]
        for each in folders:
            each.mkdir()
        alertmanager = Alertmanager(folders[0], webhooks)
        stack.callback(alertmanager.stop)
        prometheus = Prometheus(folders[1], exporter, alertmanager.address)
        stack.callback(prometheus.stop)
        yield prometheus, alertmanager
