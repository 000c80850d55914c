"""What each destination takes, on record: so that what was left out by declaration never counts as sent.

A message covers the records it was cut from, also those of which nothing goes: the platform has no word
for them, or they were not asked for. Who reads the store afterwards has no plant file. So an event says
what a destination takes whenever that is another than before, and from which records on: those that were
not settled by then, and all after them. It is kept beside the log, too: events
are removed in time, and readings may be kept for longer.
"""

import logging
from dataclasses import asdict
from typing import Final

import orjson

from agent import words_report
from agent.records import Json
from agent.uplinks.uplink import OnEvent
from buffering.again import Outstanding
from buffering.errors import StoreFailed
from buffering.outbox import Outbox
from config.model import Plant
from config.unseen import unsent_points
from drivers.clock import Clock

log = logging.getLogger(__name__)

KIND: Final = "taking"
STATE_PREFIX: Final = "taking/"
AGAIN_NS: Final = 10**9
TOLD_MAX: Final = 100
"""So many changes of one destination's terms are kept beside the log."""


async def tell_taking(plant: Plant, name: str, outbox: Outbox, on_event: OnEvent, clock: Clock) -> None:
    """Put on record what a destination takes from now on, where that is another than before.

    To be awaited before anything of the store is sent, so that nothing is settled under terms that nobody
    knows. While the disk fails it is tried again; what goes out meanwhile goes from memory.
    """
    takes = taking(plant, name)
    told = read_told(outbox.state.get(STATE_PREFIX + name))
    if told and all(told[-1].get(key) == value for key, value in takes.items()):
        return
    left = await _outstanding(outbox, name, clock)
    since = {
        "outstanding": [
            [each.epoch, each.lane.value, one.first, one.last]
            for each in left.stretches
            for one in each.ranges
        ],
        "after": {lane.value: head for lane, head in left.heads.items()},
    }
    text = words_report.takes(name, takes["left_out"], takes["readings"], takes["points"])
    event = {"kind": KIND, "destination": name, **takes, **since, "text": asdict(text)}
    kept = [*told, {**event, "epoch": outbox.opened.epoch, "utc_ns": clock.now_ns()}][-TOLD_MAX:]
    on_event(event, state={STATE_PREFIX + name: orjson.dumps(kept)})


async def _outstanding(outbox: Outbox, name: str, clock: Clock) -> Outstanding:
    while True:
        try:
            return await outbox.again.outstanding(name)
        except StoreFailed as failed:
            log.warning("what destination %s takes is not on record yet: %s", name, failed)
            await clock.sleep_until(clock.monotonic_ns() + AGAIN_NS)


def read_told(stored: bytes | None) -> list[Json]:
    """Return the events that the state keeps of a destination, oldest first; none if they are unreadable."""
    try:
        told = orjson.loads(stored or b"[]")
    except orjson.JSONDecodeError:
        return []  # an earlier version kept a digest
    return [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []


def taking(plant: Plant, name: str) -> Json:
    """Return what a destination takes, by its layout, its codes and its policy.

    `points` None: all; else those whose readings go.
    """
    layout, policy = plant.layouts[name], plant.policies[name]
    points = [point.id for point in plant.points]
    unsent = set(unsent_points(plant, name, points))
    return {
        "kinds": sorted(layout.kinds),
        "left_out": sorted(layout.left_out),
        "readings": policy.kind,
        "points": [point for point in points if point not in unsent] if unsent else None,
    }
