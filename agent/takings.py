"""What each destination takes, on record: so that what was left out by declaration never counts as sent.

A message covers the records it was cut from, also those of which nothing goes: the platform has no word
for them, or they were not asked for. Who reads the store afterwards has no plant file. So an event says
what a destination takes whenever that is another than before, and from which records on: those that were
not settled by then, and all after them.
"""

import asyncio
import hashlib
import logging
from dataclasses import asdict
from typing import Final

import orjson

from agent import words_report
from agent.records import Json
from agent.uplinks.uplink import OnEvent
from buffering.errors import StoreFailed
from buffering.outbox import Outbox
from config.model import Plant
from config.unseen import unsent_points

log = logging.getLogger(__name__)

KIND: Final = "taking"
STATE_PREFIX: Final = "taking/"
PATIENCE_S: Final = 5.0


async def tell_takings(plant: Plant, outbox: Outbox, on_event: OnEvent) -> None:
    """Put on record what each destination takes from now on, where that is another than before.

    Before anything is sent. A disk that does not answer holds nothing up: then the next start tells it.
    """
    for name, uplink in plant.uplinks.items():
        if uplink.absent is not None:
            continue
        takes = taking(plant, name)
        digest = hashlib.sha256(orjson.dumps(takes)).hexdigest().encode()
        if outbox.state.get(STATE_PREFIX + name) == digest:
            continue
        try:
            async with asyncio.timeout(PATIENCE_S):
                left = await outbox.again.outstanding(name)
        except (TimeoutError, StoreFailed) as fault:
            log.warning("what destination %s takes is not on record yet: %s", name, fault or "no answer")
            continue
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
        on_event(event, state={STATE_PREFIX + name: digest})


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
