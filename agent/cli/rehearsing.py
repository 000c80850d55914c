"""Runs an agent against the simulated plant, both in this process and on one clock.

Nothing leaves this machine: the run is refused unless every connection leads to
loopback or to a simulated serial port, and every uplink is off.
"""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, replace
from pathlib import Path
from random import SystemRandom
from typing import Final

from agent.daemon import Daemon
from agent.state_folder import PKI_NAME
from config.connection import Connection
from config.load import load_plant
from config.model import Plant
from config.opcua_link import OpcUa
from drivers.clock import Clock
from drivers.opcua.certificate import DAYS_DEFAULT, make_own
from drivers.reading import Quality
from simulator.clock import SystemClock
from simulator.overlay import write_uplinks_off
from simulator.play import play
from simulator.rehearsal.clock import PlantClock
from simulator.rehearsal.confined import leading_away
from simulator.rehearsal.governor import Governor
from simulator.rehearsal.progress import Progress
from simulator.rehearsal.ran import Ran
from simulator.scenario import Scenario
from simulator.timeline import NS_PER_S, Timeline

STATE: Final = "state"

_PUBLISHING_MIN_S: Final = 0.02
_LEAD_NS: Final = 20 * NS_PER_S  # the agent starts in a calm plant, at the machine's own speed
_LOOK_NS: Final = NS_PER_S // 2
_ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is rehearsed, how fast, and in which folder, which must be absolute."""

    plant: Plant
    scenario: Scenario
    speed: float
    seed: int
    folder: Path
    profiles: tuple[Path, ...] = ()


class LeadsAway(Exception):
    """Something would reach beyond this machine; `names` says what."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(", ".join(names))
        self.names = names


async def rehearse(wish: Wish, progress: Progress) -> Ran:
    """Rehearse to the scenario's end. Cancelled by SIGINT, SIGTERM and SIGHUP.

    Raises an exception group of LeadsAway, OSError or StoreUnusable.
    """
    task = asyncio.current_task()
    assert task is not None
    for ending in _ENDING:
        asyncio.get_running_loop().add_signal_handler(ending, task.cancel)
    clock = PlantClock(SystemClock())
    timeline = Timeline(wish.scenario, clock.now_ns() + _LEAD_NS, wish.scenario.duration_s, clock)
    stop = asyncio.Event()
    (wish.folder / STATE).mkdir()
    async with _running(clock.run(), "rehearsal.clock"), _plant(wish, timeline) as overlay:
        plant = _moved(wish, overlay)
        _have_certificate(plant, wish.folder / STATE, clock)
        daemon = Daemon(plant, wish.folder / STATE, clock, SystemRandom())
        async with _running(daemon.run(stop), "rehearsal.agent") as agent:
            await _have_values(daemon, clock, timeline.begin_ns)
            governor = Governor(clock, wish.speed, lambda: _overruns(daemon), progress.lowered)
            async with _running(governor.run(), "rehearsal.governor"):
                ran = await _play_through(clock, timeline, governor, progress)
            stop.set()
            await agent
    return ran


@contextlib.asynccontextmanager
async def _running(work: Coroutine[None, None, None], name: str) -> "AsyncIterator[asyncio.Task[None]]":
    """Have `work` run while the body does, and end it then."""
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(work, name=name)
        yield task
        task.cancel()


@contextlib.asynccontextmanager
async def _plant(wish: Wish, timeline: Timeline) -> AsyncIterator[Path]:
    ready: asyncio.Future[Path] = asyncio.get_running_loop().create_future()
    playing = play(wish.plant, timeline, wish.folder, seed=wish.seed, ready=ready.set_result)
    async with _running(playing, "rehearsal.plant"):
        yield await ready


def _moved(wish: Wish, overlay: Path) -> Plant:
    """Return the plant with every address replaced, and OPC UA as fast as the rest. Raises LeadsAway."""
    off = write_uplinks_off(wish.folder, wish.plant.uplinks)
    plant = load_plant(wish.plant.path, overlays=(overlay, off), profile_dirs=wish.profiles)
    if names := leading_away(plant, wish.folder):
        raise LeadsAway(names)
    return replace(
        plant, connections={name: _faster(to, wish.speed) for name, to in plant.connections.items()}
    )


def _faster(connection: Connection, speed: float) -> Connection:
    """Return the connection; a server reports by its own clock, so it is asked to do so more often."""
    if not isinstance(connection, OpcUa):
        return connection
    interval_s = max(connection.publishing_interval / speed, _PUBLISHING_MIN_S)
    return connection.model_copy(update={"publishing_interval": interval_s})


def _have_certificate(plant: Plant, state: Path, clock: Clock) -> None:
    """Make what a secured OPC UA connection asks for once; the simulated servers trust it."""
    if any(isinstance(each, OpcUa) and each.is_secured for each in plant.connections.values()):
        make_own(state / PKI_NAME, ("localhost",), days=DAYS_DEFAULT, now_ns=clock.now_ns())


async def _have_values(daemon: Daemon, clock: PlantClock, begin_ns: int) -> None:
    """Wait until the agent has read every point once, but no longer than to the scenario's beginning."""
    while clock.now_ns() < begin_ns and not _has_values(daemon):
        await clock.sleep_until(clock.monotonic_ns() + _LOOK_NS)


def _has_values(daemon: Daemon) -> bool:
    gateway = daemon.gateway
    return gateway is not None and all(
        gateway.latest.of(point.id).quality is not Quality.STALE for point in gateway.plant.points
    )


async def _play_through(clock: PlantClock, timeline: Timeline, governor: Governor, progress: Progress) -> Ran:
    length_s = timeline.length_s
    started_ns = clock.machine_ns
    while (at_s := (clock.now_ns() - timeline.begin_ns) / NS_PER_S) < length_s:
        progress.at(at_s, length_s, clock.speed)
        await clock.sleep_until(clock.monotonic_ns() + round(_LOOK_NS * clock.speed))
    took_s = (clock.machine_ns - started_ns) / NS_PER_S
    return Ran(timeline.begin_ns, took_s, length_s / took_s, governor.lowest, governor.overruns)


def _overruns(daemon: Daemon) -> int:
    drivers = () if daemon.gateway is None else daemon.gateway.drivers
    return sum(driver.statistics.overruns.total() for driver in drivers)
