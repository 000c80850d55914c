"""What a running agent says about itself, asked as a person or a program would."""

import asyncio
from collections.abc import Callable

from tests.support.waiting import look_again
from tests.system.platform import Json
from tests.system.site import Site


async def until_status(plant: Site, met: Callable[[Json], bool], timeout_s: float = 20) -> Json:
    """Return the first status that meets `met`."""
    async with asyncio.timeout(timeout_s):
        while True:
            status = await plant.status()
            if status and met(status):
                return status
            await look_again()


def destination(status: Json, name: str = "county") -> Json:
    """Return one destination's part."""
    [found] = [d for d in status["destinations"] if d["name"] == name]
    return dict(found)


def link(status: Json, connection: str) -> Json:
    """Return one connection's part."""
    [found] = [each for each in status["links"] if each["connection"] == connection]
    return dict(found)


def value_of(status: Json, point: str) -> float:
    """Return a point's latest value."""
    [found] = [p["value"] for device in status["devices"] for p in device["points"] if p["id"] == point]
    return float(found)
