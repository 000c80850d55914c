"""`make demo` in its shortest form: three processes, every fault of the scenario, and the accounting.

The accounting is drawn up by the platform and the simulated devices; what is
checked here is its verdict, and that nothing is left behind.
"""

import asyncio
import json
import os
from pathlib import Path

import pytest

from tests.support.require import require
from tests.system.site import AGENT

PLANTS = Path(__file__).parents[2] / "config" / "plants"


def of_this_demo(state: Path) -> list[str]:
    """Return the command lines of processes that name the state folder."""
    lines = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                lines.append((entry / "cmdline").read_bytes().decode())
            except OSError:
                continue
    return [line for line in lines if str(state) in line]


@pytest.mark.timeout(120)
async def test_the_demo_ends_complete_and_leaves_no_process_behind(tmp_path: Path) -> None:
    require("mosquitto")
    demo = await asyncio.create_subprocess_exec(
        str(AGENT),
        "demo",
        str(PLANTS / "demo.yaml"),
        "--seconds",
        "20",
        "--state",
        str(tmp_path),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await demo.communicate()
    assert demo.returncode == 0, out.decode()
    accounting = json.loads((tmp_path / "accounting.json").read_text(encoding="utf-8"))
    assert set(accounting["destinations"]) == {"bureau", "county", "environment"}
    assert of_this_demo(tmp_path) == []
