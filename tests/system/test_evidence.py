"""The evidence commands beside a real agent: while it runs, after it was killed, and another's verifier."""

import asyncio
import csv
import json
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from agent.device_key import device_key
from simulator.bureau.verifier import faults
from tests.system.platform import Json, Platform
from tests.system.site import Site, site

AGENT = Path(sys.executable).with_name("edge-agent")


async def command(*arguments: object) -> tuple[int, str, str]:
    """Run the program as a person would; return exit code, output and errors."""
    process = await asyncio.create_subprocess_exec(
        str(AGENT),
        *map(str, arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def verified(plant: Site) -> Json:
    code, out, err = await command("audit", "verify", "--state", plant.state, "--json")
    found: Json = json.loads(out)
    assert (code, err) == (0, ""), found["breaks"]
    return found


def readings(found: Json) -> int:
    return sum(int(lane["items"]) for lane in found["lanes"] if lane["lane"] == "reading")


async def test_a_running_agent_is_examined_killed_and_examined_again(tmp_path: Path) -> None:
    async with Platform() as platform, site(tmp_path, platform) as plant:
        await plant.start()
        await platform.until(lambda: len(platform.values()) >= 3)
        running = await verified(plant)
        assert running["destinations"]["bureau"]["confirmed"]["items"] > 0
        await plant.until_served(5)
        assert readings(await verified(plant)) > readings(running)

        await plant.kill()
        log = plant.state / "outbox.db-wal"
        before = log.read_bytes()
        assert readings(await verified(plant)) > readings(running)
        assert log.read_bytes() == before, "evidence is not touched"

        await plant.start()
        count = len(platform.values())
        await platform.until(lambda: len(platform.values()) >= count + 3)
        [gap] = [each for each in (await verified(plant))["gaps"] if each["cause"] == "restart"]
        assert not gap["clean"]

        await _export_and_report(plant)
        assert await plant.stop() == 0
    key = device_key(plant.state, {})
    assert list(faults(plant.state / "outbox.db", key.fingerprint)) == []


async def _export_and_report(plant: Site) -> None:
    """Both while it runs; the day is the newest reading's, so that midnight spoils nothing."""
    table, page = plant.folder / "all.csv", plant.folder / "day.html"
    code, _, err = await command(
        *("export", "--state", plant.state, "--from", "2020-01-01", "--to", "2100-01-01", "--out", table)
    )
    assert code == 0, err
    rows = list(csv.reader(table.read_text("utf-8-sig").splitlines()))[1:]
    assert len({row[8] for row in rows}) == len(rows) > 10
    newest = datetime.fromisoformat(rows[-1][0])
    assert newest.utcoffset() == ZoneInfo("Asia/Shanghai").utcoffset(newest.replace(tzinfo=None))
    code, _, err = await command(
        *("audit", "report", "--state", plant.state, "--day", newest.date(), "--out", page)
    )
    assert code == 0, err
    assert "the agent was down (not stopped in order)" in page.read_text("utf-8")
