"""Plays a plant for the length of a test, and reads what it served."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from config.model import Plant
from simulator.clock import SystemClock
from simulator.play import SERVED_NAME, play
from simulator.scenario import Event, Scenario
from simulator.timeline import Timeline


@dataclass(frozen=True)
class Played:
    """A plant that is being played."""

    folder: Path
    connections: Mapping[str, Mapping[str, Mapping[str, Any]]]

    def served(self, where: Callable[[Mapping[str, Any]], bool] = lambda _: True) -> list[dict[str, Any]]:
        lines = (self.folder / SERVED_NAME).read_text().splitlines()
        return [line for line in map(json.loads, lines) if where(line)]

    def port(self, connection_id: str) -> int:
        return int(self.connections[connection_id]["modbus-tcp"]["port"])


class LateClock(SystemClock):
    """Wall time stands still until `start`: a scenario begins when the plant is ready, not before."""

    def __init__(self) -> None:
        self._frozen_ns: int | None = super().now_ns()
        self._lag_ns = 0

    def now_ns(self) -> int:
        return super().now_ns() - self._lag_ns if self._frozen_ns is None else self._frozen_ns

    def start(self) -> None:
        assert self._frozen_ns is not None
        self._lag_ns = super().now_ns() - self._frozen_ns
        self._frozen_ns = None


@asynccontextmanager
async def playing(
    plant: Plant,
    folder: Path,
    *events: Event,
    length_s: float = 60.0,
    duration_s: float = 1200.0,
) -> AsyncIterator[Played]:
    clock = LateClock()
    timeline = Timeline(Scenario(duration_s, events), clock.now_ns(), length_s, clock)
    ready = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(play(plant, timeline, folder, seed=1, ready=ready.set_result))
    try:
        await asyncio.wait([task, ready], return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        overlay = yaml.safe_load((await ready).read_text())
        clock.start()
        yield Played(folder, overlay["connections"])
    finally:
        task.cancel()
        await asyncio.wait([task])
    if not task.cancelled():
        task.result()
