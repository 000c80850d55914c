"""A gas holder: the piston goes up and down between what comes in and what is burnt.

Gas comes in bursts and is taken steadily, so that the level swings between 30 and 70 % over half
an hour; the pressure is the piston's weight over its area, and does not care. Above the piston
there is a little CO from the seal. [E]

Values: level %, pressure kPa, piston-tilt mm, speed m/min, co-above-piston ppm.
"""

from dataclasses import dataclass, replace
from math import pi, sin
from random import Random
from typing import Final

from simulator.process import Inputs, Parameters, Process, Values
from simulator.process.lag import approach

MIDDLE: Final = 50.0  # %
SWING: Final = 18.0
PERIOD_S: Final = 1800.0
DT_MIN_S: Final = 1e-3
STROKE_M: Final = 40.0  # from 0 to 100 %
LEVEL_SIGMA: Final = 0.05
PRESSURE_KPA: Final = 3.0
PRESSURE_SIGMA_KPA: Final = 0.02
TILT_MM: Final = 15.0
TILT_SIGMA_MM: Final = 1.0
CO_PPM: Final = 3.0
CO_SIGMA_PPM: Final = 0.5


@dataclass(frozen=True, slots=True)
class State:
    """`extra` is what a fault has added to the level, in %."""

    pressure_kpa: float
    age_s: float
    extra: float = 0.0


def start(parameters: Parameters, rng: Random) -> State:
    """Parameter: pressure, kPa: that of the design."""
    return State(parameters.get("pressure", PRESSURE_KPA), age_s=rng.uniform(0, PERIOD_S))


def step(state: State, dt_s: float, inputs: Inputs, rng: Random) -> tuple[State, Values]:
    """Move on by `dt_s`. Input: drift-off (to: % of the level beside its swing; tau in s)."""
    off = inputs.get("drift-off")
    goal, tau_s = (0.0, PERIOD_S / 3) if off is None else (off["to"] - MIDDLE, off["tau"])
    extra, age_s = approach(state.extra, goal, dt_s, tau_s), state.age_s + dt_s
    before, state = _level(state), replace(state, extra=extra, age_s=age_s)
    per_s = (_level(state) - before) / max(dt_s, DT_MIN_S)
    return state, {
        "level": min(max(_level(state) + rng.gauss(0, LEVEL_SIGMA), 0.0), 100.0),
        "pressure": state.pressure_kpa + rng.gauss(0, PRESSURE_SIGMA_KPA),
        "piston-tilt": max(0.0, TILT_MM + rng.gauss(0, TILT_SIGMA_MM)),
        "speed": per_s / 100 * STROKE_M * 60,
        "co-above-piston": max(0.0, CO_PPM + rng.gauss(0, CO_SIGMA_PPM)),
    }


def _level(state: State) -> float:
    """Return the level in %; near its ends there is no room to swing."""
    room = 1 - abs(state.extra) / MIDDLE
    return MIDDLE + state.extra + SWING * room * sin(2 * pi * state.age_s / PERIOD_S)


GAS_HOLDER: Final = Process(start, step)
