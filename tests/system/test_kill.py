"""SIGKILL while the platform is down.

Goal: what was committed arrives, in order within live and within back-fill; the
rest is one gap record. Method: the device counts its answers, the store is read
by a second reader after the kill, the platform compares.
"""

from pathlib import Path

from tests.system.holding import unfounded
from tests.system.platform import Json, Platform
from tests.system.site import site


async def test_everything_committed_before_a_kill_arrives_in_order_and_the_rest_is_one_gap(
    tmp_path: Path,
) -> None:
    async with Platform() as platform, site(tmp_path, platform) as plant:
        await plant.start()
        await platform.until(lambda: len(platform.values()) >= 5)
        await platform.down()
        await plant.until_served(20)
        await plant.kill()
        committed = [r.value for r in plant.store().readings if r.value is not None]
        assert len(committed) > 15
        served_at_kill = plant.counter.served

        await platform.up()
        await plant.start()
        await platform.until(lambda: set(committed) <= set(platform.values()))
        last = max(committed)
        await platform.until(lambda: len([v for v in platform.values("report") if v > last]) >= 5)
        assert await plant.stop() == 0

    values = platform.values()
    assert len(values) == len(set(values)), "a reading was counted twice"
    assert platform.values("continues") == sorted(platform.values("continues"))
    assert platform.values("report") == sorted(platform.values("report"))
    lost = {round(n / 10, 1) for n in range(1, served_at_kill + 1)} - set(values)
    assert len(lost) <= 5, "only what the last commit could not have held"
    assert all(value > last for value in lost)

    gaps = [event for body in platform.of("gap") for event in body["events"] if event["kind"] == "gap"]
    assert [gap["cause"] for gap in gaps] == ["restart"]
    assert gaps[0]["from_ns"] < gaps[0]["to_ns"]
    assert not gaps[0]["clean"]
    assert _numbers(platform.stored) == list(range(1, len(_numbers(platform.stored)) + 1))


async def test_nothing_reaches_the_platform_that_the_store_does_not_hold(tmp_path: Path) -> None:
    async with Platform() as platform, site(tmp_path, platform) as plant:
        await plant.start()
        await platform.until(lambda: len(platform.values()) >= 10)
        await plant.kill()
        assert unfounded(plant, platform) == {}


async def test_a_clean_stop_leaves_nothing_behind_and_says_so(tmp_path: Path) -> None:
    async with Platform() as platform, site(tmp_path, platform) as plant:
        await plant.start()
        await platform.until(lambda: len(platform.values()) >= 5)
        assert await plant.stop() == 0
        left = {"outbox.db", "outbox.lock", "outbox.mark", "outbox.ballast", "device-key.pem"}
        assert {path.name for path in plant.state.iterdir()} <= left
        stored = [r.value for r in plant.store().readings if r.value is not None]
        assert sorted(platform.values()) == sorted(stored)
        assert plant.store().events[-1].content["kind"] == "stop"


def _numbers(bodies: list[Json]) -> list[int]:
    return sorted({body["number"] for body in bodies if body["number"] is not None})
