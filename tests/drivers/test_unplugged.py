"""A cable without a FIN, played in a network namespace of its own (see unplugged.py)."""

import asyncio
import json
import subprocess
import sys
from typing import Any

import pytest

from tests.support.require import go_without, require


@pytest.fixture
def namespace() -> list[str]:
    """The command that runs another one as root of a network of its own."""
    unshare = [str(require("unshare")), "-Urn"]
    for program in ("ip", "nsenter"):
        require(program)
    tried = subprocess.run([*unshare, "ip", "link"], check=False, capture_output=True, text=True)
    if tried.returncode != 0:
        go_without(f"user namespaces are not to be had: {tried.stderr.strip()}")
    return unshare


async def play(namespace: list[str], case: str) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        *namespace, sys.executable, "-m", "tests.drivers.unplugged", case, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    result: dict[str, Any] = json.loads(out)
    return result


async def test_a_cable_that_is_pulled_is_noticed_and_the_device_polled_again_within_5_s(
    namespace: list[str],
) -> None:
    seen = await play(namespace, "polling")
    assert seen["noticed_s"] < 1.0
    # An answer that was on its way may still come through after the first silence.
    assert set(seen["faults"]) <= {"silent", "lost", "unreachable", "up"}
    assert seen["faults"][-1] == "unreachable"
    assert seen["back_s"] < 5.0
    assert seen["sockets"] <= 1  # the one that is being dialled anew


async def test_a_cable_that_is_pulled_while_nothing_is_asked_is_noticed_by_itself(
    namespace: list[str],
) -> None:
    seen = await play(namespace, "idle")
    assert seen["noticed_s"] < 6.0
