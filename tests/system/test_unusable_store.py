"""A store that will not open: the agent polls, alarms and forwards all the same, and says so."""

import asyncio
import json
from pathlib import Path
from typing import Any

from tests.system.platform import Platform
from tests.system.site import AGENT, site

GARBAGE = b"not a database, and longer than any header " * 100


async def status_of(state: Path) -> dict[str, Any]:
    asked = await asyncio.create_subprocess_exec(
        str(AGENT), "status", "--state", str(state), "--json", stdout=asyncio.subprocess.PIPE
    )
    out, _ = await asked.communicate()
    status: dict[str, Any] = json.loads(out)
    return status


async def test_a_damaged_store_is_left_alone_and_the_agent_goes_on(tmp_path: Path) -> None:
    async with Platform() as platform, site(tmp_path, platform) as plant:
        plant.state.mkdir()
        damaged = plant.state / "outbox.db"
        damaged.write_bytes(GARBAGE)
        await plant.start()
        await platform.until(lambda: len(platform.values()) >= 5)
        plant.counter.raw = 2000
        await platform.until(lambda: bool(platform.of("alarm")))
        words = (await status_of(plant.state))["store"]["stopgap"]
        assert str(damaged) in words["zh"]
        assert "restart the agent" in words["en"]
        assert await plant.stop() == 0
        assert damaged.read_bytes() == GARBAGE
        assert any(e["kind"] == "stopgap" for body in platform.of("event") for e in body["events"])


async def test_a_second_agent_on_the_same_state_folder_stops_at_once_and_says_why(tmp_path: Path) -> None:
    async with Platform() as platform, site(tmp_path, platform) as plant:
        await plant.start()
        await platform.until(lambda: bool(platform.values()))
        second = await asyncio.create_subprocess_exec(
            str(AGENT),
            "run",
            str(tmp_path / "plant.yaml"),
            "--state",
            str(plant.state),
            stderr=asyncio.subprocess.PIPE,
        )
        _, err = await second.communicate()
        assert second.returncode == 1
        assert "stop the other agent first" in err.decode()
        before = len(platform.values())
        await platform.until(lambda: len(platform.values()) > before)
