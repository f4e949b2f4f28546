import pathlib

import pytest

from support.kibana.kibana_import import OBJECTS, ndjson


@pytest.fixture
def file(tmp_path) -> pathlib.Path:
    path = tmp_path / "objects.ndjson"
    path.write_text(ndjson(OBJECTS))
    return path


@pytest.fixture
def send(run):
    def go(server, *arguments, **more):
        return run("import-dashboard", *arguments, "--kibana-url", server.url, **more)

    return go
