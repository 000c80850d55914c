"""How many bytes a running agent sends to the disk in a day: what small flash wears by."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.figures import Aim, Figure, at_most
from benchmarks.plants import write_plant
from benchmarks.process import written_bytes
from benchmarks.site import running

FEW: Final = 20
MANY: Final = 1_000
GB_PER_DAY: Final = 0.3
SECONDS_PER_DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Size:
    """How long is measured, after the start is over."""

    settle_s: float = 8.0
    seconds: float = 60.0


async def measure(folder: Path, size: Size) -> list[Figure]:
    """Run a small and a large plant side by side, each delivering to a platform of its own."""
    few, many = await asyncio.gather(*(_written(folder, points, size) for points in (FEW, MANY)))
    return [_figure(FEW, few, size, at_most(GB_PER_DAY)), _figure(MANY, many, size, None)]


def _figure(points: int, written: int, size: Size, aim: Aim | None) -> Figure:
    per_day = written / size.seconds * SECONDS_PER_DAY
    return Figure(f"written a day with {points:,} points", per_day / 1e9, "GB", aim)


async def _written(folder: Path, points: int, size: Size) -> int:
    plant = write_plant(folder / f"plant-{points}.yaml", points)
    async with running(folder / f"site-{points}", plant) as site:
        await site.let_pass(size.settle_s)
        before = written_bytes(site.agent.pid)
        await site.let_pass(size.seconds)
        return written_bytes(site.agent.pid) - before
