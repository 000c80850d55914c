"""A hydraulic deep-well casting machine: the platen goes down while metal runs into the moulds.

A cast is filled (the level of the distribution launder rises in 60 to 90 s), started
(0 to 400 mm, level ±25 mm), steady (σ 2 to 3 mm) and ended (the level falls); then it is
drained, the ingots are lifted out, and the machine rests. Ø178 mm of alloy 6063 are cast
at 130 mm/min, 6 m in 46 min. The hydraulics hold at 5 to 6 MPa. [E]

Values: casting (a state); phase (what the PLC shows: 0 idle, 1 start, 2 steady, 3 end); position mm,
speed mm/min, launder-level mm, hydraulic-pressure MPa.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random
from typing import Final

from simulator.process import Inputs, Parameters, Process, Values
from simulator.process.lag import approach, towards

SPEED_MM_PER_MIN: Final = 130.0
LENGTH_MM: Final = 6000.0
START_MM: Final = 400.0
FILL_S: Final = 75.0
DRAIN_S: Final = 60.0
REST_S: Final = 600.0
BACK_MM_PER_S: Final = 30.0

LEVEL_MM: Final = 150.0
FILL_TAU_S: Final = 20.0
DRAIN_TAU_S: Final = 15.0
START_SIGMA_MM: Final = 6.0  # a limit of 25 mm is four of these away
STEADY_SIGMA_MM: Final = 2.5

HOLDING_MPA: Final = (5.2, 5.8)
PRESSURE_NOISE_MPA: Final = 0.15


class Phase(StrEnum):
    """Where the cast stands."""

    RESTING = "resting"
    FILLING = "filling"
    CASTING = "casting"
    DRAINING = "draining"


@dataclass(frozen=True, slots=True)
class State:
    """`left_s` counts down to the end of a phase that lasts a time; a cast ends by its length."""

    rest_s: float
    speed_mm_per_min: float
    length_mm: float
    holding_mpa: float
    left_s: float
    phase: Phase = Phase.RESTING
    position_mm: float = 0.0
    level_mm: float = 0.0


def start(parameters: Parameters, rng: Random) -> State:
    """Parameters: rest between casts, in s; speed mm/min; length mm."""
    rest_s = parameters.get("rest", REST_S)
    return State(
        rest_s=rest_s,
        speed_mm_per_min=parameters.get("speed", SPEED_MM_PER_MIN),
        length_mm=parameters.get("length", LENGTH_MM),
        holding_mpa=rng.uniform(*HOLDING_MPA),
        left_s=rest_s,
    )


def step(state: State, dt_s: float, inputs: Inputs, rng: Random) -> tuple[State, Values]:
    """Move on by `dt_s`. Inputs: cast starts at once; surge (to: mm; tau in s)."""
    state = _move(_next(replace(state, left_s=state.left_s - dt_s), "cast" in inputs), dt_s)
    state = replace(state, level_mm=_level(state, dt_s, inputs.get("surge")))
    is_casting = state.phase is Phase.CASTING
    noise_mpa = rng.uniform(-PRESSURE_NOISE_MPA, PRESSURE_NOISE_MPA)
    return state, {
        "casting": is_casting,
        "phase": _shown(state),
        "position": state.position_mm,
        "speed": state.speed_mm_per_min * rng.gauss(1, 0.003) if is_casting else 0.0,
        "launder-level": max(0.0, state.level_mm + _level_noise(state, rng)),
        "hydraulic-pressure": state.holding_mpa + noise_mpa,
    }


def _next(state: State, cast_now: bool) -> State:
    """Return the state in its next phase, where this one is over."""
    if state.phase is Phase.RESTING and (cast_now or state.left_s <= 0):
        return replace(state, phase=Phase.FILLING, left_s=FILL_S)
    if state.phase is Phase.FILLING and state.left_s <= 0:
        return replace(state, phase=Phase.CASTING)
    if state.phase is Phase.CASTING and state.position_mm >= state.length_mm:
        return replace(state, phase=Phase.DRAINING, left_s=DRAIN_S)
    if state.phase is Phase.DRAINING and state.left_s <= 0:
        return replace(state, phase=Phase.RESTING, left_s=state.rest_s)
    return state


def _move(state: State, dt_s: float) -> State:
    if state.phase is Phase.CASTING:
        down_mm = state.speed_mm_per_min / 60 * dt_s
        return replace(state, position_mm=towards(state.position_mm, state.length_mm, down_mm))
    if state.phase is Phase.RESTING:
        return replace(state, position_mm=towards(state.position_mm, 0.0, BACK_MM_PER_S * dt_s))
    return state


def _level(state: State, dt_s: float, surge: Parameters | None) -> float:
    if state.phase in (Phase.RESTING, Phase.DRAINING):
        return approach(state.level_mm, 0.0, dt_s, DRAIN_TAU_S)
    if surge is not None:
        return approach(state.level_mm, surge["to"], dt_s, surge["tau"])
    return approach(state.level_mm, LEVEL_MM, dt_s, FILL_TAU_S)


def _shown(state: State) -> int:
    """Return the phase as a PLC shows it: a start goes from the first metal to `START_MM`."""
    if state.phase is Phase.CASTING and state.position_mm >= START_MM:
        return 2
    return {Phase.RESTING: 0, Phase.FILLING: 1, Phase.CASTING: 1, Phase.DRAINING: 3}[state.phase]


def _level_noise(state: State, rng: Random) -> float:
    if state.phase in (Phase.RESTING, Phase.DRAINING):
        return 0.0
    is_steady = state.phase is Phase.CASTING and state.position_mm >= START_MM
    return rng.gauss(0, STEADY_SIGMA_MM if is_steady else START_SIGMA_MM)


CASTING_MACHINE: Final = Process(start, step)
