"""Instruments of which only their own scatter is known: each value wanders about where it rests.

The wandering is an Ornstein-Uhlenbeck process: σ about the value at rest, forgotten with τ. It never goes
further than four σ.

Values: those that the parameters name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, sqrt
from random import Random
from typing import Final

from simulator.process import Inputs, Parameters, Process, Values

TAU_S: Final = 120.0
SIGMAS_MAX: Final = 4.0
AT: Final = ".at"
BY: Final = ".by"


@dataclass(frozen=True, slots=True)
class State:
    """By name of the value: where it rests, σ, and how many σ it is away."""

    rests: Mapping[str, tuple[float, float]]
    away: Mapping[str, float]


def start(parameters: Parameters, rng: Random) -> State:
    """Parameters: for each value `NAME.at`, where it rests, and `NAME.by`, its σ, in the point's unit."""
    names = [name.removesuffix(AT) for name in parameters if name.endswith(AT)]
    rests = {name: (parameters[name + AT], parameters.get(name + BY, 0.0)) for name in names}
    return State(rests, {name: rng.gauss(0, 1) for name in names})


def step(state: State, dt_s: float, _inputs: Inputs, rng: Random) -> tuple[State, Values]:
    """Move on by `dt_s`."""
    kept = exp(-dt_s / TAU_S)
    away = {name: _held(at * kept + rng.gauss(0, sqrt(1 - kept * kept))) for name, at in state.away.items()}
    values = {name: at + by * away[name] for name, (at, by) in state.rests.items()}
    return State(state.rests, away), values


def _held(sigmas: float) -> float:
    return min(max(sigmas, -SIGMAS_MAX), SIGMAS_MAX)


STEADY: Final = Process(start, step)
