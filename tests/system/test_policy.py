"""What a platform gets by its policy, through a platform that loses answers and an agent that is killed.

Goal: exactly what the store owes it, every record covered, every repeat the same
message. Method: the stopped agent's store is read by a second reader, what is owed
is told by a second implementation of the policies, the platform compares.
"""

from pathlib import Path

import pytest

from config.load import load_plant
from simulator.demo.entitlement import silent
from simulator.demo.policy import owed
from tests.system.platform import Json, Platform
from tests.system.site import Site, site

Readings = dict[tuple[int, int, int], object]
"""Value by epoch, seq and index."""


def loses_some(body: Json, attempt: int) -> str:
    """Lose the answer to every third message's first attempt: it is stored, and comes again."""
    return "lose" if attempt == 1 and body["datas"] and body["number"] % 3 == 0 else "store"


def covered(platform: Platform) -> set[tuple[int, int]]:
    spans = [body["records"] for kind in ("report", "continues") for body in platform.of(kind)]
    return {(span["epoch"], seq) for span in spans for seq in range(span["first"], span["last"] + 1)}


def due(plant: Site) -> Readings:
    found = owed(plant.store(), load_plant(plant.plant), "bureau")
    return {(r.epoch, r.seq, r.index): r.value for r, _ in found}


def at_rest(plant: Site) -> set[tuple[int, int]]:
    """Return the records in a message of which nothing goes: it waits for more, through a stop too."""
    store = plant.store()
    resting = silent(store.unsent["bureau"], owed(store, load_plant(plant.plant), "bureau"))
    return {(epoch, seq) for _, epoch, seq in resting}


def got(platform: Platform) -> Readings:
    readings = ((body["records"]["epoch"], d) for body in platform.stored for d in body["datas"])
    return {(epoch, d["seq"], d["index"]): d["value"] for epoch, d in readings}


@pytest.mark.parametrize(
    ("policy", "enough"),
    [("{change: {deadband: 0.35 ppm, at_least: 2 s}}", 6), ("{snapshot: 1 s, points: [co-1]}", 2)],
    ids=["change", "snapshot"],
)
async def test_exactly_what_is_owed_arrives_though_answers_are_lost_and_the_agent_is_killed(
    tmp_path: Path, policy: str, enough: int
) -> None:
    def edit(text: str) -> str:
        return text.replace("    heartbeat: 1 s\n", f"    heartbeat: 1 s\n    readings: {policy}\n")

    async with Platform(loses_some) as platform, site(tmp_path, platform, edit=edit) as plant:
        await plant.start()
        await platform.until(lambda: len(platform.datas()) >= enough)
        await plant.kill()
        await plant.start()
        before = len(platform.datas())
        await platform.until(lambda: len(platform.datas()) >= before + enough)
        await platform.down()
        await plant.until_served(20)
        await plant.kill()
        await platform.up()
        await plant.start()
        before = len(platform.datas())
        await platform.until(lambda: len(platform.datas()) >= before + enough)
        assert await plant.stop() == 0

    assert got(platform) == due(plant)
    assert 0 < len(due(plant)) < len(plant.store().readings) / 2
    stored = {(r.epoch, r.seq) for r in plant.store().readings}
    assert stored - at_rest(plant) <= covered(platform) <= stored
    by_id = {body["dataId"]: body for body in platform.stored}
    assert all(body == by_id[body["dataId"]] for body in platform.attempts), "a repeat is the same message"
    readings = [(d["seq"], d["index"]) for d in platform.datas()]
    assert len(readings) == len(set(readings)), "no reading comes in two messages"
