import pathlib
import shutil
from collections.abc import Callable

import pytest

from support.certificates import Authority, Certificate
from support.emails import MIDWAY
from support.serving.web import Client, place, write


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def certificates(authority) -> dict[str, Certificate]:
    return {name: authority.issue(name) for name in ("server", "renewed", "client")}


@pytest.fixture
def folder(tmp_path, authority, certificates) -> pathlib.Path:
    """Of a configuration file: with server.crt, server.key and ca.pem."""
    made = tmp_path / "web"
    made.mkdir()
    place(certificates["server"], made)
    shutil.copyfile(authority.file, made / "ca.pem")
    return made


@pytest.fixture
def start(exporter, files, folder, authority) -> Callable[..., Client]:
    """start(config) serves with it."""

    def begin(config: dict | str, *arguments: object, headers: dict[str, str] | None = None,
              interval: str = "1h") -> Client:
        serving = exporter("--es-url", files.url, "--index", files.load(MIDWAY), "--refresh-interval", interval,
                           "--web.config.file", write(folder, config), *arguments)
        return Client(serving, authority, headers or {})

    return begin
