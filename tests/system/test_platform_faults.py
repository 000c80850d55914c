"""What a platform can do to a sender, one fault a test; nothing is lost and nothing counted twice.

The silent black hole is the fault that costs a rival most of its data: bytes go
out, nothing comes back, the sockets stay open. It is held here for 12 s with a
time-out of 1 s; `make soak` holds it for a minute.
"""

import asyncio
from pathlib import Path

import pytest

from tests.system.platform import Json, Platform
from tests.system.site import Site, site

BLACK_HOLE_S = 12


def first_attempt_at_readings(behaviour: str) -> "Once":
    return Once(behaviour)


class Once:
    """Does something at the first `times` attempts that carry readings; stores the rest."""

    def __init__(self, behaviour: str, times: int = 1) -> None:
        self.behaviour = behaviour
        self.left = times

    def __call__(self, body: Json, _attempt: int) -> str:
        if body["datas"] and self.left:
            self.left -= 1
            return self.behaviour
        return "store"


async def complete(plant: Site, platform: Platform) -> None:
    """Stop the agent and hold the platform against the store."""
    assert await plant.stop() == 0
    stored = sorted(r.value for r in plant.store().readings if r.value is not None)
    assert sorted(platform.values()) == stored
    for kind in ("report", "continues"):
        assert platform.values(kind) == sorted(platform.values(kind))


@pytest.mark.parametrize("behaviour", ["500", "429", "html", "half", "lose", "hang"])
async def test_a_message_that_fails_comes_again_under_the_same_id_and_nothing_is_lost(
    tmp_path: Path, behaviour: str
) -> None:
    async with Platform(Once(behaviour, 2)) as platform, site(tmp_path, platform) as plant:
        await plant.start()
        await platform.until(lambda: len(platform.values()) >= 30)
        failed = next(body for body in platform.attempts if body["datas"])
        repeats = [body for body in platform.attempts if body["dataId"] == failed["dataId"]]
        assert len(repeats) >= 2
        assert all(body == failed for body in repeats)
        await complete(plant, platform)


async def test_bytes_swallowed_silently_cost_nothing(tmp_path: Path) -> None:
    async with Platform() as platform, site(tmp_path, platform) as plant:
        await plant.start()
        await platform.until(lambda: len(platform.values()) >= 10)
        platform.script = lambda _body, _attempt: "swallow"
        await plant.until_served(BLACK_HOLE_S * 10)
        before = len(platform.values())
        platform.script = lambda _body, _attempt: "store"
        served = plant.counter.served
        await platform.until(lambda: platform.values().count(served / 10) > 0)
        assert len(platform.values()) >= before + BLACK_HOLE_S * 10 - 5
        await complete(plant, platform)


async def test_a_platform_that_is_busy_for_a_while_costs_nothing_not_even_an_alarm(tmp_path: Path) -> None:
    async with Platform() as platform, site(tmp_path, platform) as plant:
        await plant.start()
        await platform.until(lambda: len(platform.values()) >= 5)
        platform.script = lambda _body, _attempt: "busy"
        plant.counter.raw = 2000
        await platform.until(lambda: len([b for b in platform.attempts if b["alarms"]]) >= 4)
        platform.script = lambda _body, _attempt: "store"
        await platform.until(lambda: len({a["id"] for b in platform.of("alarm") for a in b["alarms"]}) == 2)
        await complete(plant, platform)


async def test_a_refused_message_does_not_stop_the_rest(tmp_path: Path) -> None:
    def refuse_five(body: Json, _attempt: int) -> str:
        return "no" if any(data["value"] == 0.5 for data in body["datas"]) else "store"

    async with Platform(refuse_five) as platform, site(tmp_path, platform) as plant:
        await plant.start()
        await platform.until(lambda: len(platform.values()) >= 20)
        await platform.until(
            lambda: any(e["kind"] == "refused" for b in platform.of("event") for e in b["events"])
        )
        assert await plant.stop() == 0
        missing = {r.value for r in plant.store().readings if r.value is not None} - set(platform.values())
        assert 0.5 in missing
        assert len(missing) <= 4, "no more than the one record it stands in"


async def test_a_platform_that_is_away_at_the_start_gets_everything_later(tmp_path: Path) -> None:
    platform = Platform()
    await platform.up()
    await platform.down()
    async with site(tmp_path, platform) as plant:
        await plant.start()
        await plant.until_served(20)
        await platform.up()
        await platform.until(lambda: len(platform.values()) >= 25)
        assert len(platform.values("continues")) >= 15
        await complete(plant, platform)
    await platform.down()
    assert not asyncio.all_tasks() - {asyncio.current_task()}


async def test_an_alarm_that_a_platform_always_fails_at_holds_up_no_other(tmp_path: Path) -> None:
    def fail_at_the_first(body: Json, _attempt: int) -> str:
        return "500" if any(alarm["rule"].endswith(".hi") for alarm in body["alarms"]) else "store"

    async with Platform(fail_at_the_first) as platform, site(tmp_path, platform) as plant:
        await plant.start()
        plant.counter.raw = 300  # beyond hi
        await platform.until(lambda: any(body["alarms"] for body in platform.attempts))
        plant.counter.raw = 2000  # beyond hihi
        await platform.until(lambda: bool(platform.of("alarm")))
        assert {alarm["rule"] for body in platform.of("alarm") for alarm in body["alarms"]} == {
            "co-1.concentration.hihi"
        }
        platform.script = lambda _body, _attempt: "store"
        await platform.until(lambda: len(platform.of("alarm")) == 2)
        await complete(plant, platform)
