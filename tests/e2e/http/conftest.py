import pytest

from support.emails import MIDWAY
from support.program import Exporter


@pytest.fixture
def serving(exporter, files) -> Exporter:
    return exporter("--es-url", files.url, "--index", files.load(MIDWAY), "--refresh-interval", "1h")
