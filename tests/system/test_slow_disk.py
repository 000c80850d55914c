"""A disk whose fsync hangs while CO rises.

Goal: the alarm is at the platform within 2 s, marked as not durable, and comes
again under the same id when the disk is back. Method: fsync itself is held by a
preloaded shim, which leaves a file to prove that it is in force.
"""

from pathlib import Path

import pytest

from drivers.clock import SystemClock
from tests.system.platform import Json, Platform
from tests.system.shim import build_shim, in_force, with_slow_sync
from tests.system.site import site

HANG_S = 12
DANGER_RAW = 2000  # 200 ppm


async def hang(tmp_path: Path, hang_s: float) -> None:
    clock = SystemClock()
    flag = tmp_path / "disk-hangs"
    shim = await build_shim(tmp_path)
    async with Platform() as platform, site(tmp_path, platform) as plant:
        await plant.start(with_slow_sync(shim, flag))
        await platform.until(lambda: len(platform.values()) >= 5)
        assert in_force(flag), "the shim is not in force"

        flag.touch()
        await plant.until_served(5)
        plant.counter.raw, danger_ns = DANGER_RAW, clock.monotonic_ns()
        await platform.until(lambda: bool(raised(platform)))
        assert clock.monotonic_ns() - danger_ns < 2e9
        first = {alarm["id"]: body for body in platform.of("alarm") for alarm in body["alarms"]}
        assert all(not body["durable"] and body["number"] is None for body in first.values())

        await plant.until_served(round(hang_s * 10))
        assert plant.counter.served > hang_s * 10, "polling went on"
        flag.unlink()
        await platform.until(lambda: any(b["durable"] for b in platform.attempts if b["alarms"]))
        await platform.until(lambda: platform.values().count(DANGER_RAW / 10) > hang_s * 5)
        assert await plant.stop() == 0

        durable = [b for b in platform.attempts if b["alarms"] and b["durable"]]
        assert {b["dataId"] for b in durable} >= {b["dataId"] for b in first.values()}
        ids = [(a["condition"], a["id"]) for a in plant_alarms(platform.attempts, "raised")]
        assert len(set(ids)) == 2, "one id each for hi and hihi, in every repeat"
        stored = [r.value for r in plant.store().readings if r.value is not None]
        assert sorted(platform.values()) == sorted(stored)


def raised(platform: Platform) -> list[Json]:
    return [a for a in plant_alarms(platform.of("alarm"), "raised") if a["condition"] == "hihi"]


def plant_alarms(bodies: list[Json], event: str) -> list[Json]:
    return [alarm for body in bodies for alarm in body["alarms"] if alarm["event"] == event]


async def test_an_alarm_reaches_the_platform_while_the_disk_hangs(tmp_path: Path) -> None:
    await hang(tmp_path, HANG_S)


@pytest.mark.soak
@pytest.mark.timeout(300)
async def test_an_alarm_reaches_the_platform_while_the_disk_hangs_for_a_minute(tmp_path: Path) -> None:
    await hang(tmp_path, 60)
