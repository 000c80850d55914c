"""How many readings become durable in a second, and what a scan costs the event loop.

A plant's scans go the way they go in the agent: pipeline, recorder, outbox, at
the interval at which it commits. The loop's share is the processor time of its
thread, so that the writer's, beside it, is left out.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agent.alarms.engine import Engine
from agent.area_check import AreaCheck
from agent.latest import LatestValues
from agent.pipeline import Pipeline
from agent.recorder import Recorder
from agent.records import Catalogue
from agent.self_reports import SelfReports
from agent.supervise import Supervisor
from benchmarks.disk import fdatasync_p99
from benchmarks.figures import Figure, at_least, at_most
from benchmarks.plants import DESTINATION, POINTS_PER_DEVICE, write_plant
from benchmarks.scans import Walk
from buffering.outbox import Outbox
from config.load import load_plant
from config.model import Plant
from drivers.clock import SystemClock
from drivers.reading import Scan

DURABLE_PER_S: Final = 100_000
LOOP_US: Final = 20.0
COMMITS_PER_S: Final = 2  # the agent's own rate at so many points


@dataclass(frozen=True, slots=True)
class Size:
    """How much is appended."""

    points: int = 10_000
    seconds: int = 10  # made beforehand; what is measured is not their making
    rounds: int = 20
    scans_per_commit: int = DURABLE_PER_S // POINTS_PER_DEVICE // COMMITS_PER_S


async def measure(folder: Path, size: Size) -> list[Figure]:
    """Append as fast as it goes."""
    plant = load_plant(write_plant(folder / "plant.yaml", size.points))
    walk = Walk(plant)
    scans = [scan for _ in range(size.seconds) for scan in walk.second()] * size.rounds
    clock = SystemClock()
    outbox = await Outbox.open(
        folder / "store", gateway="bench", destinations=[DESTINATION], now_ns=clock.now_ns()
    )
    recorder = Recorder(outbox, Catalogue.of(plant), clock, commit_interval_s=1.0, on_slow=lambda _: None)
    pipeline = _pipeline(plant, recorder, clock)
    pipeline.start({})
    begun, loop_begun = time.perf_counter(), time.thread_time()
    for at in range(0, len(scans), size.scans_per_commit):
        _take(pipeline, scans[at : at + size.scans_per_commit])
        await recorder.flush()
    loop_s, taken_s = time.thread_time() - loop_begun, time.perf_counter() - begun
    await outbox.close()
    readings = sum(len(scan.values) for scan in scans)
    return [
        Figure("readings durable in a second", readings / taken_s, "/s", at_least(DURABLE_PER_S)),
        Figure(
            f"event loop per scan of {POINTS_PER_DEVICE}", loop_s / len(scans) * 1e6, "us", at_most(LOOP_US)
        ),
        fdatasync_p99(folder),
    ]


def _take(pipeline: Pipeline, scans: list[Scan]) -> None:
    for scan in scans:
        pipeline.take(scan)


def _pipeline(plant: Plant, recorder: Recorder, clock: SystemClock) -> Pipeline:
    engine, latest = Engine(plant), LatestValues(plant)
    return Pipeline(
        engine,
        latest,
        recorder,
        Supervisor(clock),
        clock,
        reports=SelfReports(plant),
        check=AreaCheck(plant, engine, latest, clock),
        on_alarm=lambda: None,
    )
