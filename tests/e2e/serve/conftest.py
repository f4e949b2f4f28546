import pytest

from support.emails import DONE
from support.program import Exporter


@pytest.fixture
def serving(exporter, files) -> Exporter:
    """Has measured the numbers of BILLS."""
    served = exporter("--es-url", files.url, "--index", files.load(DONE), "--refresh-interval", "1h")
    assert served.refresh().status == 200
    return served
