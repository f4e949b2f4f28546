"""Nothing listens where `doctor` looks for serve and Kibana."""

import pytest

from support.ports import refusing_port


@pytest.fixture
def nothing():
    with refusing_port() as port:
        yield port


@pytest.fixture
def elsewhere(nothing) -> dict[str, str]:
    """Neither serve nor Kibana, whatever runs on this machine."""
    return {"BACKFILL_HEALTH_LISTEN": f"127.0.0.1:{nothing}", "KIBANA_URL": f"http://127.0.0.1:{nothing}"}
