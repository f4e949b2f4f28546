"""What `make install`, `make deb` and `make tarball` make: what is in them, and that it works where it is put."""

import os
import pathlib
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Mapping

import pytest

from support.emails import MIDWAY
from support.output.help import commands
from support.program import ROOT
from support.requirements import tool, unavailable
from support.stores import FileStore

pytestmark = pytest.mark.timeout(2400)  # two builds of the release, and a Debian

BUILD_SECONDS = 900  # of a release from nothing, on a machine that has other work
DEBIAN_TREE = ROOT / "tests/support/debian_tree.sh"
UBUNTU = tomllib.loads((ROOT / "tests/support/ubuntu_lts.toml").read_text())
UNITS = ["backfill-health-emit.service", "backfill-health-emit.timer", "backfill-health-serve.service"]


def call(*command: object, env: Mapping[str, str] | None = None, umask: int = -1) -> str:
    done = subprocess.run([str(word) for word in command], cwd=ROOT, env=env, umask=umask, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=BUILD_SECONDS)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture
def pages(run) -> list[str]:
    return ["backfill-health", *(f"backfill-health-{name}" for name in commands(run("--help").succeeded()))]


def make_package(kind: str, umask: int = -1) -> pathlib.Path:
    return ROOT / call("scripts/package.sh", kind, umask=umask).strip()


@pytest.fixture(scope="module")
def deb() -> pathlib.Path:
    tool("dpkg-shlibdeps", "dpkg-dev")
    return make_package("deb")


@pytest.fixture(scope="module")
def tarball() -> pathlib.Path:
    return make_package("tarball")


@pytest.fixture(scope="module")
def unpacked(tarball, tmp_path_factory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("runner")
    call("tar", "-xzf", tarball, "-C", folder)
    [top] = folder.iterdir()
    return top


@pytest.fixture
def debian(deb, tmp_path) -> Iterator["Debian"]:
    """A Debian 12 with what the package depends on, and nothing else."""
    tool("debootstrap", "debootstrap")
    if os.geteuid() != 0:
        unavailable("only root can make and enter a Debian tree")
    depends = re.sub(r" \(.*?\)", "", call("dpkg-deb", "--field", deb, "Depends")).strip().split(", ")
    made = subprocess.run([DEBIAN_TREE, *depends], capture_output=True, text=True, timeout=900)
    if made.returncode != 0:
        unavailable(f"debootstrap made no Debian tree: {made.stderr.strip().splitlines()[-1:]}")
    tree = tmp_path / "debian"
    subprocess.run(["cp", "-a", made.stdout.strip(), tree], check=True, timeout=60)
    yield Debian(tree)
    subprocess.run(["rm", "-rf", tree], check=True, timeout=60)


class Debian:
    def __init__(self, tree: pathlib.Path) -> None:
        self.tree = tree

    def run(self, *command: object) -> str:
        # The dynamic linker reads in /proc where a program is. It is mounted for this command only.
        enter = 'mount -t proc proc "$0/proc" && exec chroot "$0" env -i "$@"'
        return call("unshare", "--mount", "sh", "-c", enter, self.tree, "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C",
                    "DEBIAN_FRONTEND=noninteractive", *command)

    def path(self, name: str) -> pathlib.Path:
        return self.tree / name.lstrip("/")

    def emails(self) -> list[str]:
        """Options for an index in a folder."""
        self.path("/srv/emails").mkdir(exist_ok=True)
        return ["--es-url", "file:/srv/emails", "--index", FileStore(self.path("/srv/emails")).load(MIDWAY)]


def test_the_debian_package_is_installed_works_and_leaves_nothing(debian, deb, pages):
    shutil.copy(deb, debian.path("/package.deb"))
    debian.run("dpkg", "--install", "/package.deb")
    assert debian.run("backfill-health", "--version").startswith("backfill-health ")
    assert "Missing dates[] (bills): 2\n" in debian.run("backfill-health", "validate", *debian.emails())
    for name in [*(f"/usr/share/man/man1/{page}.1.gz" for page in pages),
                 *(f"/lib/systemd/system/{unit}" for unit in UNITS),
                 "/usr/share/bash-completion/completions/backfill-health", "/etc/default/backfill-health",
                 "/usr/share/zsh/vendor-completions/_backfill-health",
                 "/usr/share/fish/vendor_completions.d/backfill-health.fish"]:
        assert debian.path(name).is_file(), name
    assert not list(debian.path("/etc/systemd/system").rglob("backfill-health*")), "nothing starts by itself"

    with debian.path("/etc/default/backfill-health").open("a") as settings:
        settings.write("ES_EMAIL_INDEX=mine\n")
    debian.run("dpkg", "--remove", "backfill-health")
    assert debian.path("/etc/default/backfill-health").read_text().endswith("ES_EMAIL_INDEX=mine\n")
    debian.path("/var/lib/private/backfill-health/backfill-health/spool").mkdir(parents=True)
    debian.path("/var/lib/backfill-health").symlink_to("private/backfill-health")
    debian.run("dpkg", "--purge", "backfill-health")
    assert debian.run("find", "/", "-xdev", "-name", "*backfill-health*", "-not", "-path", "/proc/*") == ""


def test_lintian_has_nothing_to_say_of_the_package(deb):
    tool("lintian", "lintian")
    assert call("lintian", "--allow-root", "--fail-on", "error,warning", deb) == ""
    for line in (ROOT / "packaging/debian/overrides/backfill-health").read_text().split("backfill-health: ")[:-1]:
        assert line.splitlines()[-1].startswith("# "), "an exception has a reason"


@pytest.mark.parametrize("kind", ["deb", "tarball"])
def test_the_same_commit_gives_the_same_package(kind, request):
    first = request.getfixturevalue(kind).read_bytes()
    assert make_package(kind, umask=0o077).read_bytes() == first


def test_the_tarball_runs_from_any_folder_with_an_empty_environment(unpacked, pages, tmp_path):
    store = FileStore(tmp_path)
    program = unpacked / "bin/backfill-health"
    report = call("env", "-i", program, "validate", "--es-url", store.url, "--index", store.load(MIDWAY))
    assert "Missing dates[] (bills): 2\n" in report
    for name in ("LICENSE", "README.md", "share/bash-completion/completions/backfill-health",
                 *(f"share/man/man1/{page}.1" for page in pages)):
        assert (unpacked / name).is_file(), name


def test_the_tarball_brings_its_libraries_where_they_are_not_installed(debian, unpacked):
    debian.run("dpkg", "--purge", "--force-depends", *(path.name for path in (unpacked / "lib/licences").iterdir()))
    shutil.copytree(unpacked, debian.path("/opt/runner"), symlinks=True)
    assert "Missing dates[] (bills): 2\n" in debian.run("/opt/runner/bin/backfill-health", "validate", *debian.emails())


@pytest.mark.parametrize("release", UBUNTU)
def test_the_tarball_asks_a_stock_ubuntu_only_for_what_it_has(release, unpacked):
    carried = {path.name for path in (unpacked / "lib").glob("*.so*")}
    for file in [unpacked / "bin/backfill-health", *(unpacked / "lib").glob("*.so*")]:
        needs = call("objdump", "-p", file)
        assert set(re.findall(r"NEEDED +(\S+)", needs)) <= carried | set(UBUNTU[release]["libraries"]), file.name
        versions = re.findall(r"^ +0x[0-9a-f]+ 0x\d+ \d+ ([A-Z]+)_([0-9.]+)$", needs, re.M)
        assert versions
        for family, version in versions:
            newest = UBUNTU[release]["symbols"][family]
            assert numbers(version) <= numbers(newest), f"{file.name} needs {family}_{version}"


def numbers(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("installed")
    env = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    call("make", "install", "PREFIX=/opt/health", f"DESTDIR={folder}", env=env)
    assert [path.name for path in folder.iterdir()] == ["opt"]
    return folder / "opt/health"


def test_make_install_puts_everything_below_the_prefix(installed, pages):
    assert call(installed / "bin/backfill-health", "--version").startswith("backfill-health ")
    assert {path.stem for path in (installed / "share/man/man1").iterdir()} == set(pages)
    data = installed / "share/backfill-health"
    assert (data / "kibana/backfill-health-missing.ndjson").read_bytes() == (
        ROOT / "kibana/backfill-health-missing.ndjson").read_bytes()
    for name in ("backfill_health.rules.yml", "prometheus.yml", "grafana/backfill-health.json"):
        assert (data / "prometheus" / name).is_file()
    for name in ("README.md", "LICENSE"):
        assert (installed / "share/doc/backfill-health" / name).is_file()
    for unit in UNITS:
        text = (installed / "lib/systemd/system" / unit).read_text()
        programs = re.findall(r"^ExecStart\w*=[-@:+!]*(\S*backfill-health) ", text, re.M)
        assert programs == ([] if unit.endswith(".timer") else ["/opt/health/bin/backfill-health"])


@pytest.fixture(scope="module")
def extracted(deb, tmp_path_factory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("extracted")
    call("dpkg-deb", "--extract", deb, folder)
    return folder


@pytest.mark.parametrize(("kind", "documents"), [
    ("installed", "share/doc/backfill-health"), ("extracted", "usr/share/doc/backfill-health"), ("unpacked", ".")])
def test_the_documents_name_what_is_there(kind, documents, request):
    folder = request.getfixturevalue(kind) / documents
    readme = (folder / "README.md").read_text()
    assert "# backfill-health\n" in readme and "## The report\n" in readme
    assert not re.search(r"<!--|^make |`make |\bbuild/|\bscripts/|\btests/", readme, re.M)
    for path in re.findall(r'"\$here/(.*?)"', readme):
        assert (folder / path).is_file(), path
    pages = [folder / "README.md", *(folder / "docs").rglob("*.md")]
    assert len(pages) > 5
    for page in pages:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
            assert target.startswith("http") or (page.parent / target).exists(), f"{page}: {target}"
    assert call(folder / "examples/sample-emails.py", "--backfilled", "40").count('"dates"') == 500


def test_the_shells_find_what_make_install_has_installed(installed, tmp_path):
    tool("fish", "fish")
    env = {"PATH": f"{installed}/bin:{os.environ['PATH']}", "XDG_DATA_DIRS": f"{installed}/share", "HOME": str(tmp_path)}
    loader = "source /usr/share/bash-completion/bash_completion; _completion_loader backfill-health; "
    assert "_backfill_health" in call("bash", "--norc", "-c", loader + "complete -p backfill-health", env=env)
    assert call("fish", "-c", "complete -C 'backfill-health va'", env=env).startswith("validate\t")
