"""Runs a process by itself, without devices and clocks."""

from collections.abc import Iterator
from random import Random
from typing import Any

from simulator.process import Inputs, Parameters, Process, Values

MINUTE = 60.0
HOUR = 3600.0


def run(
    process: Process[Any],
    seconds: float,
    inputs: Inputs | None = None,
    *,
    state: Any = None,
    dt_s: float = 1.0,
    parameters: Parameters | None = None,
) -> Iterator[tuple[Any, Values]]:
    rng = Random(1)
    state = process.start(parameters or {}, rng) if state is None else state
    for _ in range(round(seconds / dt_s)):
        state, values = process.step(state, dt_s, inputs or {}, rng)
        yield state, values


def last(steps: Iterator[tuple[Any, Values]]) -> tuple[Any, Values]:
    *_, final = steps
    return final
