"""A part of the system that a test needs: skipped with its reason on a laptop, a failure in CI."""

import os
import shutil
from pathlib import Path
from typing import Final, NoReturn

import pytest

_PLACES: Final = "/usr/sbin:/usr/local/sbin"  # where Debian puts daemons, not on a user's PATH


def require(program: str) -> Path:
    """Return the program's path; without it, skip the test, or fail it where CI=true."""
    found = shutil.which(program, path=os.pathsep.join((os.environ.get("PATH", ""), _PLACES)))
    if found is None:
        go_without(f"{program} is not installed")
    return Path(found)


def go_without(reason: str) -> NoReturn:
    """Skip the test for this reason, or fail it where CI=true."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
