"""What cannot be tested on this machine is said loudly at the end, and is a failure where CI=true, unless it is optional."""

import os
import shutil

import pytest

MISSING = "cannot be tested here: "


def unavailable(reason: str, optional: bool = False) -> None:
    """Ends the test or fixture that calls it."""
    if os.environ.get("CI") == "true" and not optional:
        pytest.fail(MISSING + reason, pytrace=False)
    pytest.skip(MISSING + reason)


def tool(name: str, package: str) -> str:
    path = shutil.which(name)
    if not path:
        unavailable(f"there is no {name} (Debian: {package})")
    return path
