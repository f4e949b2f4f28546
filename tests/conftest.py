import contextlib
import fcntl
import os
import pathlib
import resource
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from typing import IO

import pytest

from support import program as program_module
from support.elasticsearch import BUILD_SECONDS, ENGINES, Elasticsearch, start_plain, start_secured
from support.program import Exporter, Program
from support.requests.http_requests import MOST_CONNECTIONS
from support.requirements import MISSING, unavailable
from support.session import Session, Unavailable
from support.stand_in import Script, StandIn
from support.stores import ElasticsearchStore, FileStore, TestStore
from support.time_limit import time_limit

SESSION = pytest.StashKey[Session]()
INTEGRATION = pathlib.Path(__file__).with_name("integration")
ALWAYS = "es8,os2"
# The first test of an engine may build it; another one waits for that.
FIXTURES_SECONDS = BUILD_SECONDS + 300


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engines", metavar="NAME,...", help="run what is tested on any engine on these, and nothing else: "
                     f"{', '.join(ENGINES)} (without: everything, tests/integration on {ALWAYS}, or BACKFILL_ENGINES)")


def _engines(config: pytest.Config) -> list[str]:
    names = (config.getoption("--engines") or os.environ.get("BACKFILL_ENGINES") or ALWAYS).split(",")
    if unknown := set(names) - set(ENGINES):
        raise pytest.UsageError(f"there is no engine {', '.join(sorted(unknown))}: {', '.join(ENGINES)}")
    return names


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine_name" in metafunc.fixturenames and INTEGRATION in metafunc.definition.path.parents:
        metafunc.parametrize("engine_name", _engines(metafunc.config), indirect=True, scope="session")


def _engine_of(item: pytest.Item) -> str | None:
    """None: it needs no engine."""
    given = item.callspec.params if hasattr(item, "callspec") else {}
    uses_one = {"engine", "indices"} & set(item.fixturenames) or given.get("store") == "indices"
    return given.get("engine_name", _everywhere(item.config)) if uses_one else None


def _everywhere(config: pytest.Config) -> str:
    """The engine of all tests but those in tests/integration, which run on each."""
    return _engines(config)[0] if config.getoption("--engines") else "es8"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what an engine does not have: @pytest.mark.engines("es8", ...) names those that do."""
    kept, left_out = [], []
    for item in items:
        name = _engine_of(item)
        only = [each for marker in item.iter_markers("engines") for each in marker.args] or list(ENGINES)
        wanted = not config.getoption("--engines") if name is None else name in only
        (kept if wanted else left_out).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


def pytest_configure(config: pytest.Config) -> None:
    # What runs in the background of a shell, or under nohup, ignores some; what is tested would inherit that.
    for ignored in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        if signal.getsignal(ignored) == signal.SIG_IGN:
            signal.signal(ignored, signal.default_int_handler if ignored == signal.SIGINT else signal.SIG_DFL)
    worker = getattr(config, "workerinput", None)
    if worker:
        config.stash[SESSION] = Session(pathlib.Path(worker["session_folder"]), worker["session_pid"])
    else:
        config.stash[SESSION] = Session.begin()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    session = node.config.stash[SESSION]
    node.workerinput |= {"session_folder": str(session.folder), "session_pid": session.pid}


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.stash[SESSION].end()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    with time_limit(FIXTURES_SECONDS, f"the fixtures of {item.name}"):
        yield


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    with time_limit(FIXTURES_SECONDS, f"the end of the fixtures of {item.name}"):
        yield


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: object) -> Iterator[None]:
    """What this machine could not test must not hide among the dots: it is the last that one reads."""
    yield
    reasons: dict[str, int] = {}
    for outcome in ("skipped", "failed", "error"):
        for report in terminalreporter.stats.get(outcome, []):
            _, found, reason = str(report.longrepr).partition(MISSING)
            if found:
                reason = reason.splitlines()[0].removesuffix("')")
                reasons[reason] = reasons.get(reason, 0) + 1
    if reasons:
        terminalreporter.section("NOT TESTED ON THIS MACHINE", red=True, bold=True)
        for reason, count in reasons.items():
            terminalreporter.line(f"{count} tests were not run: {reason}", red=True, bold=True)


@pytest.fixture(scope="session")
def binary() -> pathlib.Path:
    path = program_module.binary()
    assert os.access(path, os.X_OK), f"there is no program at {path}: build it, or name it in BACKFILL_HEALTH"
    return path


@pytest.fixture
def own_memory(binary: pathlib.Path) -> None:
    """For tests that measure the program's memory."""
    if program_module.is_sanitized(binary):
        pytest.skip("a sanitizer's memory would be measured")


@pytest.fixture
def run(binary: pathlib.Path, tmp_path: pathlib.Path) -> Program:
    """The real binary: run("validate", "--index", name) returns what it printed and how it ended."""
    return Program(tmp_path)


@pytest.fixture(scope="session")
def engine_name(request: pytest.FixtureRequest) -> str:
    """In tests/integration: each of the engines that are asked for; elsewhere the first of them."""
    return getattr(request, "param", _everywhere(request.config))


@pytest.fixture(scope="session")
def engine(pytestconfig: pytest.Config, engine_name: str) -> Elasticsearch:
    """A real Elasticsearch or OpenSearch, one for all workers."""
    return _started(lambda session: start_plain(session, engine_name), pytestconfig)


@pytest.fixture(scope="session")
def secured_engine(pytestconfig: pytest.Config) -> Elasticsearch:
    """Another one, with TLS, users and API keys."""
    return _started(start_secured, pytestconfig)


@pytest.fixture(autouse=True)
def engine_in_use(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> Iterator[IO | None]:
    """A lock that all tests of an engine share, and that one needs for itself when it changes the whole cluster."""
    name = _engine_of(request.node)
    if name is None:
        yield None
        return
    with open(pytestconfig.stash[SESSION].folder / f"{name}.in_use", "w") as lock:
        with _queue(lock):
            fcntl.flock(lock, fcntl.LOCK_SH)
        yield lock


@contextlib.contextmanager
def _queue(lock: IO) -> Iterator[None]:
    """Whoever waits for the lock is in it: those that share it would let nobody else have it, taking turns."""
    with open(f"{lock.name}.queue", "w") as queue:
        fcntl.flock(queue, fcntl.LOCK_EX)
        yield


@pytest.fixture
def cluster_setting(engine: Elasticsearch, engine_in_use: IO) -> Callable:
    """with cluster_setting(name, value): the whole cluster has it, and no other test is running there."""

    @contextlib.contextmanager
    def change(name: str, value: object) -> Iterator[None]:
        fcntl.flock(engine_in_use, fcntl.LOCK_UN)
        with _queue(engine_in_use):
            fcntl.flock(engine_in_use, fcntl.LOCK_EX)
        engine.do("PUT", "_cluster/settings", {"persistent": {name: value}})
        try:
            yield
        finally:
            engine.do("PUT", "_cluster/settings", {"persistent": {name: None}})
            fcntl.flock(engine_in_use, fcntl.LOCK_SH)

    return change


def _started(start: Callable[[Session], Elasticsearch], config: pytest.Config) -> Elasticsearch:
    try:
        return start(config.stash[SESSION])
    except Unavailable as reason:
        unavailable(str(reason), reason.optional)


@pytest.fixture
def files(tmp_path: pathlib.Path) -> FileStore:
    folder = tmp_path / "store"
    folder.mkdir()
    return FileStore(folder)


@pytest.fixture
def indices(engine: Elasticsearch) -> Iterator[ElasticsearchStore]:
    """Indices of the real Elasticsearch that are gone after the test."""
    store = ElasticsearchStore(engine)
    yield store
    store.clean()


@pytest.fixture(params=["files", "indices"])
def store(request: pytest.FixtureRequest) -> TestStore:
    """Either store: the test runs on both."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def stand_in() -> Iterator[Callable[..., StandIn]]:
    """stand_in(script) starts a server that plays it; see support/stand_in.py."""
    servers: list[StandIn] = []

    def start(script: Script, **options: object) -> StandIn:
        servers.append(StandIn(script, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def exporter(run: Program) -> Iterator[Callable[..., Exporter]]:
    """exporter("--index", name) starts `serve` on a free port. It must end well on SIGTERM."""
    started: list[Exporter] = []

    def start(*arguments: object, env: Mapping[str, str] | None = None) -> Exporter:
        started.append(Exporter(run, *arguments, env=env))
        return started[-1]

    yield start
    for each in started:
        each.stop()


@pytest.fixture
def many_descriptors() -> Iterator[None]:
    """Enough for this process to hold more connections than `serve` lets in."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = MOST_CONNECTIONS + 500
    if hard != resource.RLIM_INFINITY and hard < needed:
        unavailable(f"a process may not open {needed} files (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture(scope="session")
def german_locale(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a German user, whose decimal separator is a comma."""
    folder = tmp_path_factory.mktemp("locales")
    made = subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", str(folder / "de_DE.UTF-8")],
                          capture_output=True, text=True, timeout=60)
    if made.returncode != 0:
        unavailable(f"no German locale could be made (Debian: locales): {made.stderr.strip()}")
    return {"LOCPATH": str(folder), "LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"}
