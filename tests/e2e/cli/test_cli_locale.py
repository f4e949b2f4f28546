"""The same bytes whatever the time zone and the locale."""

import datetime
import re

import pytest

from support.emails import DONE, MIDWAY
from support.program import TIMESTAMP


@pytest.fixture(params=["Tokyo", "Germany", "C"])
def elsewhere(request):
    if request.param == "Germany":
        return request.getfixturevalue("german_locale")
    return {"TZ": "Asia/Tokyo"} if request.param == "Tokyo" else {"LC_ALL": "C"}


def without_time(text: bytes | str) -> str:
    text = text.decode() if isinstance(text, bytes) else text
    return re.sub(TIMESTAMP, "TIME", text)


@pytest.mark.parametrize(
    "arguments",
    [
        ["validate"],
        ["validate", "--json"],
        ["validate", "--min-coverage", "0.95"],
        ["emit"],
        ["emit", "--json"],
        ["create-index"],
        ["--help"],
        ["--version"],
        ["validate", "--index", "absent"],
        ["valdate"],
    ],
    ids=" ".join,
)
def test_the_same_bytes(run, files, elsewhere, arguments):
    def outcome(env):
        files.path("backfill_health_v1").unlink(missing_ok=True)
        result = run(*arguments, env={"ES_URL": files.url, "ES_EMAIL_INDEX": index, **env})
        return result.code, without_time(result.stdout), without_time(result.stderr)

    index = files.load(DONE)
    assert outcome(elsewhere) == outcome({"TZ": "UTC"})


def test_times_are_utc(run, files, elsewhere):
    index = files.load(MIDWAY)
    report = run("validate", "--es-url", files.url, "--index", index, env=elsewhere).succeeded()
    shown = datetime.datetime.strptime(report.split()[-1], "%Y-%m-%dT%H:%M:%S%z")
    assert abs(datetime.datetime.now(datetime.timezone.utc) - shown) < datetime.timedelta(seconds=30)


def test_metrics_have_decimal_points(exporter, files, elsewhere):
    index = files.load(DONE)
    serving = exporter("--es-url", files.url, "--index", index, env=elsewhere)
    assert serving.refresh().status == 200
    text = serving.get("/metrics").text
    assert "\nbills_with_dates 1243.0\n" in text
    for line in text.splitlines():
        assert line.startswith("#") or re.fullmatch(r"[0-9.e+-]+|[+-]Inf|NaN", line.rpartition(" ")[2]), line
