from collections.abc import Iterator

import pytest

from support.ports import refusing_port


@pytest.fixture
def elsewhere() -> Iterator[dict[str, str]]:
    """Neither serve nor Kibana, whatever runs on this machine."""
    with refusing_port() as port:
        yield {"BACKFILL_HEALTH_LISTEN": f"127.0.0.1:{port}", "KIBANA_URL": f"http://127.0.0.1:{port}"}
