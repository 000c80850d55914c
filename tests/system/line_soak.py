"""Every line cut, delayed and corrupted in turn, and what the agent made of it.

Simulated devices play a scenario on one connection of each kind; the agent runs
on them as a process of its own. Judged by its store, read by the second reader,
and by what the devices logged as served.
"""

import asyncio
import json
import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any, Final

import psutil

from config.load import load_plant
from config.model import Plant
from simulator.clock import SystemClock
from simulator.demo.store_reader import StoredReading, read_store
from simulator.faults import Target
from simulator.play import SERVED_NAME, play
from simulator.scenario import Event, Scenario
from simulator.timeline import NS_PER_S, Timeline
from tests.system.agent_process import AgentProcess, agent_on
from tests.system.platform import Json

PLANT: Final = Path(__file__).parents[1] / "fixtures" / "plants" / "lines.yaml"

LEAD_S: Final = 15.0  # to start devices and agent before the scenario begins
CALM_S: Final = 6.0  # without faults at the end
HELD_MAX_S: Final = 60.0
JITTER: Final = 0.1  # of the time that a fault is held: lines do not go in step
GAP_MIN_S: Final = 5.2
"""Calm after each fault: who needs longer than that to recover runs into the next one, and shows."""
SWINGS: Final = 4.0
"""Times that values go up and down in a minute: no two polls of one point read the same."""

LATE_S: Final = 3.0
"""A value may have been served so long before it was stored: a late answer to the same question."""
QUIET_S: Final = 3.0
"""Without a reading for so long, the reading before must say that there is none."""

SERIES: Final[Mapping[str, Sequence[tuple[str, str]]]] = {
    "plc": (
        ("plc", "line-cut"),
        ("plc", "late"),
        ("plc-1", "bad-crc"),
        ("plc", "half-close"),
        ("plc", "reboot"),
        ("plc", "constant-id"),
        ("plc-1", "exception"),
        ("plc-1", "silent"),
    ),
    "panel": (
        ("panel", "noise"),
        ("panel", "line-cut"),
        ("panel", "second-master"),
        ("panel-1", "bad-crc"),
        ("panel", "adapter-pulled"),
        ("panel", "late"),
        ("panel", "echo"),
        ("panel", "repeat"),
    ),
    "server": (
        ("server", "second-master"),
        ("server", "reboot"),
        ("server", "noise"),
        ("server", "line-cut"),
        ("server", "echo"),
        ("server", "late"),
        ("server", "half-close"),
        ("server", "repeat"),
    ),
    "dtu": (
        ("dtu", "reboot"),
        ("dtu", "second-master"),
        ("dtu", "late"),
        ("dtu", "noise"),
        ("dtu", "half-close"),
        ("dtu", "echo"),
        ("dtu", "line-cut"),
        ("dtu", "repeat"),
    ),
    "furnace": (
        ("furnace", "line-cut"),
        ("furnace-1", "sentinel"),
        ("furnace", "reboot"),
        ("furnace", "line-cut"),
        ("furnace-1", "silent"),
        ("furnace", "reboot"),
        ("furnace-1", "exception"),
        ("furnace", "line-cut"),
    ),
}
PARAMETERS: Final[Mapping[str, Mapping[str, float]]] = {"exception": {"code": 6}}
TURNS: Final = 8


@dataclass(frozen=True)
class Fault:
    """One fault as it was played, in UTC."""

    line: str
    target: str  # the line, or one device behind it
    do: str
    begin_ns: int
    end_ns: int


@dataclass(frozen=True)
class Row:
    """One fault, and what the agent made of it; times in seconds."""

    fault: Fault
    noticed_s: float | None  # after it began; None: no reading was lost
    recovered_s: float  # after it ended, until every point was good again
    lost: int

    def __str__(self) -> str:
        noticed = "-" if self.noticed_s is None else f"{self.noticed_s:.2f} s"
        held = (self.fault.end_ns - self.fault.begin_ns) / NS_PER_S
        return (
            f"{self.fault.line:<8} {self.fault.do:<15} {self.fault.target:<10} {held:5.1f} s "
            f"{noticed:>8} {self.recovered_s:6.2f} s {self.lost:6d}"
        )


HEAD: Final = f"{'line':<8} {'fault':<15} {'on':<10} {'held':>7} {'noticed':>8} {'recovered':>8} {'lost':>6}"


@dataclass(frozen=True)
class Run:
    """What is left of a run."""

    plant: Plant
    faults: Sequence[Fault]
    readings: Sequence[StoredReading]
    served: Sequence[Mapping[str, Any]]
    status: Json
    files: tuple[int, int]  # open when all was well first, and at the end
    exit_code: int
    log: str


def rounds(length_s: float) -> list[float]:
    """Cut a run into rounds: in a long one the faults of the first are held long."""
    left_s = length_s - CALM_S
    if left_s < 300:
        return [left_s]
    return [left_s / 2, *([left_s / 2 / (left_s // 2 // 75)] * int(left_s // 2 // 75))]


def series(length_s: float, rng: Random) -> tuple[Event, ...]:
    """Return one fault per line at any time, each line in its own order, with calm between them."""
    events: list[Event] = []
    begin_s = 0.0
    for round_s in rounds(length_s):
        turn_s = round_s / TURNS
        held_s = min(HELD_MAX_S, (turn_s - GAP_MIN_S) / (1 + JITTER))
        for faults in SERIES.values():
            for turn, (target, do) in enumerate(rng.sample(faults, len(faults))):
                at_s = begin_s + turn * turn_s + rng.uniform(0, JITTER) * held_s
                span = (at_s / length_s, (at_s + held_s) / length_s)
                kind = Target.CONNECTION if target in SERIES else Target.DEVICE
                events.append(Event(*span, kind, target, do, PARAMETERS.get(do, {})))
        begin_s += round_s
    return tuple(events)


async def run(folder: Path, length_s: float, seed: int) -> Run:
    """Play it, with the agent from before its beginning to its end."""
    clock, plant = SystemClock(), load_plant(PLANT)
    events = series(length_s, Random(seed))
    begin_ns = clock.now_ns() + round(LEAD_S * NS_PER_S)
    duration_s = 300 * SWINGS * length_s / 60  # a point swings once in 300 s of the plant's own time
    timeline = Timeline(Scenario(duration_s, events), begin_ns, length_s, clock)
    ready = asyncio.get_running_loop().create_future()
    playing = asyncio.create_task(play(plant, timeline, folder, seed=seed, ready=ready.set_result))
    try:
        await asyncio.wait([playing, ready], return_when=asyncio.FIRST_COMPLETED)
        async with agent_on(PLANT, folder, await ready) as running:
            await running.until(all_good)
            assert clock.now_ns() < begin_ns, "the scenario began before all was well"
            files = _open_files(running)
            end_ns = begin_ns + round(length_s * NS_PER_S)
            await clock.sleep_until(clock.monotonic_ns() + end_ns - clock.now_ns())
            status = await running.until(bool)
            files = (files[0], _open_files(running)[0])
            code = await running.stop()
    finally:
        playing.cancel()
        await asyncio.wait([playing])
    store = read_store(folder / "state" / "outbox.db")
    served = [json.loads(line) for line in (folder / SERVED_NAME).read_text().splitlines()]
    log = running.log.read_text(encoding="utf-8")
    faults = [_fault(event, plant, begin_ns, length_s) for event in events]
    return Run(plant, faults, store.readings, served, status, files, code, log)


def all_good(status: Json) -> bool:
    return all(point["quality"] == "good" for device in status["devices"] for point in device["points"])


def _open_files(running: AgentProcess) -> tuple[int, int]:
    count = psutil.Process(running.process.pid).num_fds()
    return count, count


def _fault(event: Event, plant: Plant, begin_ns: int, length_s: float) -> Fault:
    line = event.id if event.target is Target.CONNECTION else plant.devices[event.id].connection_id
    begin, end = (begin_ns + round(at * length_s * NS_PER_S) for at in (event.at, event.until))
    return Fault(line, event.id, event.do, begin, end)


# Judging


def rows(of: Run) -> list[Row]:
    """Return what became of each fault, in order of line and time."""
    by_point = _by_point(of.readings)
    ordered = sorted(of.faults, key=lambda fault: (fault.line, fault.begin_ns))
    return [_row(fault, _points(of.plant, fault), by_point) for fault in ordered]


def _row(fault: Fault, points: Sequence[str], by_point: Mapping[str, Sequence[StoredReading]]) -> Row:
    good_again = [_good_again(by_point[point], fault.end_ns) for point in points]
    recovered_ns = max(good_again)
    bad = [
        reading.utc_ns
        for point in points
        for reading in by_point[point]
        if fault.begin_ns <= reading.utc_ns <= recovered_ns and reading.value is None
    ]
    noticed_s = (min(bad) - fault.begin_ns) / 1e9 if bad else None
    recovered_s = math.inf if recovered_ns == math.inf else (recovered_ns - fault.end_ns) / 1e9
    return Row(fault, noticed_s, recovered_s, len(bad))


def _good_again(readings: Sequence[StoredReading], since_ns: int) -> float:
    return next((r.utc_ns for r in readings if r.utc_ns >= since_ns and r.quality == "good"), math.inf)


def _points(plant: Plant, fault: Fault) -> list[str]:
    devices = [plant.devices[fault.target]] if fault.target in plant.devices else plant.devices_on(fault.line)
    return [point.id for device in devices for point in device.points]


def _by_point(readings: Sequence[StoredReading]) -> Mapping[str, Sequence[StoredReading]]:
    grouped: dict[str, list[StoredReading]] = defaultdict(list)
    for reading in sorted(readings, key=lambda r: r.utc_ns):
        grouped[reading.point.id].append(reading)
    return grouped


def wrong_values(of: Run) -> list[StoredReading]:
    """Return the values that their device did not have, on that block, shortly before."""
    served: dict[tuple[str, str, str], list[tuple[int, float]]] = defaultdict(list)
    for line in of.served:
        for point, value in line["values"].items():
            at_ns = line["source_ns"][point] if line.get("source_ns") else line["utc_ns"]
            served[line["connection"], line["block"], point].append((at_ns, float(value)))
    for had in served.values():
        had.sort()
    return [reading for reading in of.readings if reading.value is not None and not _was_had(reading, served)]


def _was_had(
    reading: StoredReading, served: Mapping[tuple[str, str, str], Sequence[tuple[int, float]]]
) -> bool:
    assert reading.value is not None
    had = served.get((reading.connection, reading.block, reading.point.id), ())
    if reading.source_ns is not None:
        first_ns = last_ns = reading.source_ns
    else:
        first_ns, last_ns = reading.utc_ns - round(LATE_S * 1e9), reading.utc_ns + 10**8
    for at_ns, value in had[bisect_left(had, (first_ns, -math.inf)) :]:
        if at_ns > last_ns:
            return False
        if math.isclose(value, reading.value, rel_tol=1e-6):
            return True
    return False


def unspoken_gaps(of: Run) -> Iterator[str]:
    """Yield every stretch of time in which a point had no reading, and had not said that it has none."""
    for point, readings in _by_point(of.readings).items():
        for reading, following in pairwise(readings):
            gap_s = (following.utc_ns - reading.utc_ns) / 1e9
            if gap_s > QUIET_S and reading.value is not None:
                yield f"{point}: {gap_s:.1f} s after {reading.value}"
