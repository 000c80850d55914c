"""A store that is damaged or will not open: the agent polls, alarms and forwards, and says so."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.system.platform import Platform
from tests.system.site import AGENT, site


async def status_of(state: Path) -> dict[str, Any]:
    asked = await asyncio.create_subprocess_exec(
        str(AGENT), "status", "--state", str(state), "--json", stdout=asyncio.subprocess.PIPE
    )
    out, _ = await asked.communicate()
    status: dict[str, Any] = json.loads(out)
    return status


async def test_a_damaged_store_is_set_aside_and_what_it_held_arrives(tmp_path: Path) -> None:
    async with Platform() as platform, site(tmp_path, platform) as plant:
        await plant.start()
        await platform.until(lambda: len(platform.values()) >= 5)
        await platform.down()
        await plant.until_served(20)
        await plant.kill()
        committed = [r.value for r in plant.store().readings if r.value is not None]
        damaged = plant.state / "outbox.db"
        with closing(sqlite3.connect(damaged)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        content = bytearray(damaged.read_bytes())
        content[:100] = bytes(100)
        damaged.write_bytes(content)

        await platform.up()
        await plant.start()
        await platform.until(lambda: set(committed) <= set(platform.values()))
        assert await plant.stop() == 0
        assert (plant.state / "aside-1" / "outbox.db").read_bytes() == content
        told = [event for kind in ("event", "gap") for body in platform.of(kind) for event in body["events"]]
        [epoch] = [event for event in told if event["kind"] == "epoch"]
        assert epoch["cause"] == "damaged"
        assert "aside-1" in epoch["text"]["zh"]
        assert [event["lost"] for event in told if event["kind"] == "salvaged"] == [0]


async def test_a_store_that_will_not_open_is_left_alone_and_the_agent_goes_on(tmp_path: Path) -> None:
    async with Platform() as platform, site(tmp_path, platform) as plant:
        plant.state.mkdir()
        damaged = plant.state / "outbox.db"
        with closing(sqlite3.connect(damaged)) as db:
            db.execute("CREATE TABLE somebody_elses (x)")
        before = damaged.read_bytes()
        await plant.start()
        await platform.until(lambda: len(platform.values()) >= 5)
        plant.counter.raw = 2000
        await platform.until(lambda: bool(platform.of("alarm")))
        words = (await status_of(plant.state))["store"]["stopgap"]
        assert str(damaged) in words["zh"]
        assert "restart the agent" in words["en"]
        assert await plant.stop() == 0
        assert damaged.read_bytes() == before
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


async def test_the_status_of_an_agent_that_does_not_run_is_what_its_store_tells(tmp_path: Path) -> None:
    async with Platform() as platform, site(tmp_path, platform) as plant:
        await plant.start()
        await platform.until(lambda: len(platform.values()) >= 5)
        await platform.down()
        await plant.until_served(30)
        await plant.kill()
        asked = await asyncio.create_subprocess_exec(
            str(AGENT), "status", "--state", str(plant.state), "--json", stdout=asyncio.subprocess.PIPE
        )
        out, _ = await asked.communicate()
        assert asked.returncode == 1
        stored = json.loads(out)
        assert (stored["running"], stored["plant"]) == (False, "YC-TEST-1")
        [bureau] = stored["destinations"]
        assert bureau["name"] == "bureau"
        assert bureau["backlog_records"] > 0
