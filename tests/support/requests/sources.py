"""Sources of other projects, from the package managers, kept in the cache. Nothing of them is committed."""

import contextlib
import fcntl
import hashlib
import io
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator

from support.requirements import tool, unavailable

DOWNLOAD_SECONDS = 300


def python_source(name: str, version: str, sha256: str) -> dict[str, bytes]:
    """The files of a source distribution, by their path in it."""
    archive = _cache() / f"{name}-{version}.tar.gz"
    with _locked(archive):
        if not archive.exists():
            _download(archive, [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", name,
                                "--dest", ".", f"{name}=={version}"])
    content = archive.read_bytes()
    assert hashlib.sha256(content).hexdigest() == sha256, f"{archive} is not the {name} {version} that is expected"
    with tarfile.open(fileobj=io.BytesIO(content)) as files:
        return {member.name.partition("/")[2]: files.extractfile(member).read() for member in files if member.isfile()}


def go_source() -> pathlib.Path:
    """The folder of the standard library: of the Go that is installed, or else Debian's."""
    if shutil.which("go"):
        root = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True, timeout=60).stdout
        source = pathlib.Path(root.strip(), "src")
        if (source / "net/http/readrequest_test.go").exists():
            return source
    installed = sorted(pathlib.Path("/usr/share").glob("go-*/src"))
    return installed[-1] if installed else _debian_go_source()


def _debian_go_source() -> pathlib.Path:
    tool("apt-get", "apt")
    depends = subprocess.run(["apt-cache", "depends", "golang-src"], capture_output=True, text=True, timeout=60).stdout
    package = re.search(r"Depends: (golang-[\d.]+-src)", depends)
    if not package:
        unavailable("there is no Go, and no list of packages that names its source (Debian: golang-src)")
    folder = _cache() / package[1]
    with _locked(folder):
        if not folder.exists():
            archive = pathlib.Path(f"{folder}.deb")
            _download(archive, ["apt-get", "download", "--quiet", package[1]])
            part = pathlib.Path(f"{folder}.part")
            subprocess.run(["dpkg-deb", "--extract", str(archive), str(part)], check=True, timeout=DOWNLOAD_SECONDS)
            archive.unlink()
            part.rename(folder)
    return next(folder.glob("usr/share/go-*/src"))


def _cache() -> pathlib.Path:
    user = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    folder = pathlib.Path(os.environ.get("BACKFILL_HEALTH_CACHE") or user / "backfill-health")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def _locked(path: pathlib.Path) -> Iterator[None]:
    with open(f"{path}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _download(target: pathlib.Path, command: list[str]) -> None:
    """Runs a package manager that leaves one file in its folder. What stands at `target` is always whole."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=DOWNLOAD_SECONDS)
        except subprocess.TimeoutExpired:
            unavailable(f"{' '.join(command)} took more than {DOWNLOAD_SECONDS} seconds")
        files = list(pathlib.Path(folder).iterdir())
        if done.returncode or len(files) != 1:
            unavailable(f"{' '.join(command)}: {' '.join(done.stderr.split())[-200:]}")
        files[0].rename(target)
