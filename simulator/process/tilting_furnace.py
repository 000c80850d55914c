"""A tilting furnace that pours into a launder.

It tilts from 0 to 28° over the pour, about 0.5°/min, with the level loop's wiggle
of ±0.1°, and goes back at 1°/s. The hydraulics hold it at 5 to 6 MPa and move it
at 8 to 10 MPa, ±0.15 MPa of noise; the oil warms from 35 to 50 °C while they
work. The launder stands at its set level while metal runs, ±2 mm, and empties in
about a minute. Between pours the furnace rests. Without pressure it stays where it is:
check valves hold it. [E]

Its cylinders take a tenth of the oil when it is tilted as far as it goes.

Values: tilt-angle °, hydraulic-pressure MPa, oil-temperature °C, oil-level %, pump and tilted-back
(states), launder-level and level mm (the same).
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from math import pi, sin
from random import Random
from typing import Final

from simulator.process import Inputs, Parameters, Process, Values
from simulator.process.lag import approach, towards

TILT_MAX_DEG: Final = 28.0
POUR_DEG_PER_MIN: Final = 0.5
BACK_DEG_PER_S: Final = 1.0
WIGGLE_DEG: Final = 0.1
WIGGLE_PERIOD_S: Final = 20.0

HOLDING_MPA: Final = (5.0, 6.0)
MOVING_MPA: Final = (8.0, 10.0)
PRESSURE_NOISE_MPA: Final = 0.15
PRESSURE_SWING_S: Final = 90.0

OIL_COLD_C: Final = 35.0
OIL_WARM_C: Final = 50.0
OIL_TAU_S: Final = 1200.0
OIL_LEVEL: Final = (72.0, 62.0)  # at rest, and tilted as far as it goes
BACK_DEG: Final = 0.5

LEVEL_MM: Final = 150.0
LEVEL_TAU_S: Final = 20.0
LEVEL_SIGMA_MM: Final = 1.0


class Phase(StrEnum):
    """What the furnace is doing."""

    RESTING = "resting"
    POURING = "pouring"
    RETURNING = "returning"


@dataclass(frozen=True, slots=True)
class State:
    """`rest_left_s` counts down to the next pour; `age_s` drives the slow swings."""

    rest_s: float
    rate_deg_per_min: float
    rest_left_s: float
    phase: Phase = Phase.RESTING
    tilt_deg: float = 0.0
    oil_c: float = OIL_COLD_C
    level_mm: float = 0.0
    age_s: float = 0.0


def start(parameters: Parameters, rng: Random) -> State:
    """Parameters: rest between pours, in s; rate of the pour, in °/min."""
    rest_s = parameters.get("rest", 600.0)
    return State(
        rest_s=rest_s,
        rate_deg_per_min=parameters.get("rate", POUR_DEG_PER_MIN),
        rest_left_s=rest_s,
        oil_c=OIL_COLD_C + rng.uniform(0, 2),
        age_s=rng.uniform(0, PRESSURE_SWING_S),
    )


def step(state: State, dt_s: float, inputs: Inputs, rng: Random) -> tuple[State, Values]:
    """Move on by `dt_s`.

    Inputs: pour (rate °/min) starts at once; idle starts none; pressure-loss (to: MPa);
    led (pours: 0 or 1; share of the way) by a casting machine that takes the metal.
    """
    state = replace(state, age_s=state.age_s + dt_s)
    if "pressure-loss" not in inputs:
        state = _follow(state, dt_s, inputs["led"]) if "led" in inputs else _move(state, dt_s, inputs)
    is_pouring, is_moving = state.phase is Phase.POURING, state.phase is not Phase.RESTING
    runs = is_pouring and "pressure-loss" not in inputs  # what does not tilt further does not pour
    state = replace(
        state,
        oil_c=approach(state.oil_c, OIL_WARM_C if is_moving else OIL_COLD_C, dt_s, OIL_TAU_S),
        level_mm=approach(state.level_mm, LEVEL_MM if runs else 0.0, dt_s, LEVEL_TAU_S),
    )
    level_mm = max(0.0, state.level_mm + (rng.gauss(0, LEVEL_SIGMA_MM) if is_pouring else 0.0))
    return state, {
        "tilt-angle": _shown_tilt(state),
        "hydraulic-pressure": _pressure(state, inputs, rng),
        "oil-temperature": state.oil_c + rng.gauss(0, 0.05),
        "oil-level": OIL_LEVEL[0] + (OIL_LEVEL[1] - OIL_LEVEL[0]) * state.tilt_deg / TILT_MAX_DEG,
        "pump": True,  # a hose that bursts stops no pump
        "tilted-back": state.tilt_deg < BACK_DEG,
        "launder-level": level_mm,
        "level": level_mm,
    }


def _follow(state: State, dt_s: float, led: Parameters) -> State:
    """Tilt as far as the metal that was taken asks for, and go back when no more is taken."""
    if led["pours"]:
        rate_deg_per_s = 4 * POUR_DEG_PER_MIN / 60  # it makes up for what it has missed
        goal_deg = TILT_MAX_DEG * led["share"]
        tilt_deg = towards(state.tilt_deg, goal_deg, rate_deg_per_s * dt_s)
        return replace(state, phase=Phase.POURING, tilt_deg=max(tilt_deg, state.tilt_deg))
    tilt_deg = towards(state.tilt_deg, 0.0, BACK_DEG_PER_S * dt_s)
    return replace(state, phase=Phase.RETURNING if tilt_deg > 0 else Phase.RESTING, tilt_deg=tilt_deg)


def _move(state: State, dt_s: float, inputs: Inputs) -> State:
    pour = inputs.get("pour")
    rest_left_s = state.rest_s if "idle" in inputs else state.rest_left_s - dt_s
    if state.phase is Phase.RESTING and (pour is not None or rest_left_s <= 0):
        state = replace(state, phase=Phase.POURING)
    if state.phase is Phase.POURING:
        rate = state.rate_deg_per_min if pour is None else pour["rate"]
        tilt_deg = towards(state.tilt_deg, TILT_MAX_DEG, rate / 60 * dt_s)
        phase = Phase.RETURNING if tilt_deg >= TILT_MAX_DEG else Phase.POURING
        return replace(state, phase=phase, tilt_deg=tilt_deg)
    if state.phase is Phase.RETURNING:
        tilt_deg = towards(state.tilt_deg, 0.0, BACK_DEG_PER_S * dt_s)
        phase = Phase.RETURNING if tilt_deg > 0 else Phase.RESTING
        return replace(state, phase=phase, tilt_deg=tilt_deg, rest_left_s=state.rest_s)
    return replace(state, rest_left_s=rest_left_s)


def _shown_tilt(state: State) -> float:
    if state.phase is not Phase.POURING:
        return state.tilt_deg
    wiggle_deg = WIGGLE_DEG * sin(2 * pi * state.age_s / WIGGLE_PERIOD_S)
    return min(max(state.tilt_deg + wiggle_deg, 0.0), TILT_MAX_DEG)


def _pressure(state: State, inputs: Inputs, rng: Random) -> float:
    loss = inputs.get("pressure-loss")
    noise_mpa = rng.uniform(-PRESSURE_NOISE_MPA, PRESSURE_NOISE_MPA)
    if loss is not None:
        return max(0.0, loss["to"] + noise_mpa)
    low, high = HOLDING_MPA if state.phase is Phase.RESTING else MOVING_MPA
    swing = 0.5 + 0.5 * sin(2 * pi * state.age_s / PRESSURE_SWING_S)
    margin = PRESSURE_NOISE_MPA
    return low + margin + (high - low - 2 * margin) * swing + noise_mpa


TILTING_FURNACE: Final = Process(start, step)
