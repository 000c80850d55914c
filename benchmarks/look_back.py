"""How long a filtered destination looks back after a start, and how long the loop is held up meanwhile.

A policy's memory is built anew from the records before the first message: ten
minutes of a large plant are millions of readings (docs/decisions/0029).
"""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from uuid import uuid4

from agent.collector import settle
from agent.recorder import Recorder
from agent.records import Catalogue
from agent.uplinks.build import layout_of
from agent.uplinks.policy import build_policy
from agent.uplinks.quarantine import Quarantine
from agent.uplinks.render import Renderer
from agent.uplinks.selection import Selection
from benchmarks.figures import Figure, at_most
from benchmarks.plants import DESTINATION, write_plant
from benchmarks.scans import Walk
from buffering.outbox import Lane, Message, Outbox, Stream
from config.load import load_plant
from config.model import Plant
from config.settings import Policy
from drivers.clock import SystemClock

SLICE_MS: Final = 5.0
KINDS: Final[tuple[Literal["change", "snapshot"], ...]] = ("change", "snapshot")
USUAL_REACH_S: Final = 600  # `at_least` of a policy of changes


@dataclass(frozen=True, slots=True)
class Size:
    """How many points, and how many seconds of them are looked back upon."""

    points: int = 10_000
    seconds: int = 40


async def measure(folder: Path, size: Size) -> list[Figure]:
    """Record, then look back under either policy."""
    plant = load_plant(write_plant(folder / "plant.yaml", size.points))
    clock = SystemClock()
    outbox = await Outbox.open(
        folder / "store", gateway="bench", destinations=[DESTINATION], now_ns=clock.now_ns()
    )
    await _record(outbox, plant, clock, size.seconds)
    settle()  # as the agent does
    looks = [await _look_back(outbox, plant, kind, size.seconds) for kind in KINDS]
    await outbox.close()
    usual = USUAL_REACH_S / size.seconds
    return [
        figure
        for kind, (taken_s, held_up_s) in zip(KINDS, looks, strict=True)
        for figure in (
            Figure(f"{kind}: 10 min of {size.points:,} points, looked back in", taken_s * usual, "s"),
            Figure(f"{kind}: loop held up at a time, p99", held_up_s * 1e3, "ms", at_most(SLICE_MS)),
        )
    ]


async def _record(outbox: Outbox, plant: Plant, clock: SystemClock, seconds: int) -> None:
    recorder = Recorder(outbox, Catalogue.of(plant), clock, commit_interval_s=1.0, on_slow=lambda _: None)
    recorder.start(version="0", plant_sha256="")
    walk = Walk(plant)
    for _ in range(seconds):
        for scan in walk.second():
            recorder.scan(scan)
        await recorder.flush()


async def _look_back(
    outbox: Outbox, plant: Plant, kind: Literal["change", "snapshot"], seconds: int
) -> tuple[float, float]:
    """Return how long it took, and what 99 of 100 turns of the loop kept to, in seconds."""
    renderer = Renderer(layout_of(plant, DESTINATION), outbox.state, Quarantine(DESTINATION, outbox.state))
    policy = build_policy(Policy(kind, window_s=seconds))
    selection = Selection(policy, renderer.readings, outbox.history)
    last = outbox.head(Lane.READING)
    place = (outbox.opened.epoch, Lane.READING, last, last)
    message = Message(uuid4(), DESTINATION, 1, Stream.LIVE, *place)
    begun = time.perf_counter()
    looking = asyncio.create_task(selection.of(message, []))
    turns = []
    while not looking.done():
        turn = time.perf_counter()
        await asyncio.sleep(0)
        turns.append(time.perf_counter() - turn)
    await looking
    worst = sorted(turns)[-max(1, last // 100) :]  # a turn per record; most others are idle
    return time.perf_counter() - begun, worst[0]
