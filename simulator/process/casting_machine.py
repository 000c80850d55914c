"""A hydraulic deep-well casting machine: the platen goes down while metal runs into the moulds.

A cast is prepared (water on, platen up), filled (the level of the distribution launder rises
in 60 to 90 s), started (0 to 400 mm, level ±25 mm), steady (σ 2 to 3 mm) and ended (the level
falls); then it is drained, the ingots are lifted out, and the machine rests. Ø178 mm of alloy
6063 are cast at 130 mm/min, 6 m in 46 min. The hydraulics hold at 5 to 6 MPa, the more the
longer the ingots are that they carry. An ingot that sticks in its mould is not carried any more:
the platen goes on down, and the pressure falls by 40 %. Dross that drifts under the laser reads
60 mm higher for a second. [E]

Values: casting, pump, emergency-stop (states); phase (as a PLC shows it: 0 idle, 1 start,
2 steady, 3 end); step (0 resting, 1 preparing, 2 filling, 3 start, 4 steady, 5 end, 6 draining);
position mm, speed mm/min, launder-level and level mm (the same), hydraulic-pressure MPa,
oil-temperature °C, oil-level %.
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
PREPARE_S: Final = 30.0
FILL_S: Final = 75.0
END_S: Final = 30.0
DRAIN_S: Final = 60.0
REST_S: Final = 600.0
BACK_MM_PER_S: Final = 30.0

LEVEL_MM: Final = 150.0
FILL_TAU_S: Final = 20.0
DRAIN_TAU_S: Final = 15.0
STARVED_TAU_S: Final = 60.0  # the moulds take what is left in the launder, 300 kg
START_SIGMA_MM: Final = 6.0  # a limit of 25 mm is four of these away
STEADY_SIGMA_MM: Final = 2.5

HOLDING_MPA: Final = (5.2, 5.4)
CARRIED_MPA: Final = 0.4  # by the ingots at their full length
PRESSURE_NOISE_MPA: Final = 0.15
PRESSURE_TAU_S: Final = 3.0

OIL_COLD_C: Final = 35.0
OIL_WARM_C: Final = 48.0
OIL_TAU_S: Final = 1200.0
OIL_LEVEL: Final = (60.0, 75.0)  # %, without and with the ram retracted


class Phase(StrEnum):
    """Where the cast stands."""

    RESTING = "resting"
    PREPARING = "preparing"
    FILLING = "filling"
    CASTING = "casting"
    ENDING = "ending"
    DRAINING = "draining"


_LASTS_S: Final = {
    Phase.PREPARING: PREPARE_S,
    Phase.FILLING: FILL_S,
    Phase.ENDING: END_S,
    Phase.DRAINING: DRAIN_S,
}
_AFTER: Final = {
    Phase.RESTING: Phase.PREPARING,
    Phase.PREPARING: Phase.FILLING,
    Phase.FILLING: Phase.CASTING,
    Phase.CASTING: Phase.ENDING,
    Phase.ENDING: Phase.DRAINING,
    Phase.DRAINING: Phase.RESTING,
}
_NUMBERS: Final = {
    Phase.RESTING: 0,
    Phase.PREPARING: 1,
    Phase.FILLING: 2,
    Phase.CASTING: 3,
    Phase.ENDING: 5,
    Phase.DRAINING: 6,
}
_SHOWN: Final = (0, 0, 1, 1, 2, 3, 3)
_METAL_RUNS: Final = frozenset({Phase.FILLING, Phase.CASTING})


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
    carried: float = 1.0  # share of the load that the ram feels
    oil_c: float = OIL_COLD_C

    @property
    def metal_runs(self) -> bool:
        """Whether the furnace is to pour."""
        return self.phase in _METAL_RUNS

    @property
    def is_steady(self) -> bool:
        """Whether the start is over, and the end not begun."""
        return self.phase is Phase.CASTING and self.position_mm >= START_MM


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
    """Move on by `dt_s`.

    Inputs: cast starts at once; idle starts none; stop ends it at once and lets none start; surge,
    level-loss (to: mm; tau in s);
    stuck-ingot (to: % of the load; tau in s); dross (height mm); supply (share of the metal
    that the furnace gives).
    """
    state = _move(_next(state, dt_s, inputs), dt_s)
    stuck = inputs.get("stuck-ingot") if state.phase is Phase.CASTING else None
    carried, tau_s = (1.0, PRESSURE_TAU_S) if stuck is None else (stuck["to"] / 100, stuck["tau"])
    oil_goal_c = OIL_COLD_C if state.phase is Phase.RESTING else OIL_WARM_C
    state = replace(
        state,
        level_mm=_level(state, dt_s, inputs),
        carried=approach(state.carried, carried, dt_s, tau_s),
        oil_c=approach(state.oil_c, oil_goal_c, dt_s, OIL_TAU_S),
    )
    dross_mm = inputs["dross"]["height"] if "dross" in inputs and state.metal_runs else 0.0
    return state, _read(state, dross_mm, rng)


def _read(state: State, dross_mm: float, rng: Random) -> Values:
    number = 4 if state.is_steady else _NUMBERS[state.phase]
    is_casting, down = state.phase is Phase.CASTING, state.position_mm / state.length_mm
    level_mm = max(0.0, state.level_mm + dross_mm + _level_noise(state, rng))
    noise_mpa = rng.uniform(-PRESSURE_NOISE_MPA, PRESSURE_NOISE_MPA)
    return {
        "casting": is_casting,
        "pump": True,
        "emergency-stop": False,
        "phase": _SHOWN[number],
        "step": number,
        "position": state.position_mm,
        "speed": state.speed_mm_per_min * rng.gauss(1, 0.003) if is_casting else 0.0,
        "launder-level": level_mm,
        "level": level_mm,
        "hydraulic-pressure": (state.holding_mpa + CARRIED_MPA * down) * state.carried + noise_mpa,
        "oil-temperature": state.oil_c + rng.gauss(0, 0.05),
        "oil-level": OIL_LEVEL[0] + (OIL_LEVEL[1] - OIL_LEVEL[0]) * down + rng.gauss(0, 0.2),
    }


def _next(state: State, dt_s: float, inputs: Inputs) -> State:
    """Return the state in its next phase, where this one is over."""
    left_s = state.left_s - dt_s
    is_stopped = "stop" in inputs
    if state.phase is Phase.RESTING and ("idle" in inputs or is_stopped):
        return replace(state, left_s=state.rest_s)
    if is_stopped and state.metal_runs:
        return replace(state, phase=Phase.ENDING, left_s=END_S)
    if state.phase is Phase.CASTING:
        is_over = state.position_mm >= state.length_mm
    else:
        is_over = left_s <= 0 or (state.phase is Phase.RESTING and "cast" in inputs)
    if not is_over:
        return replace(state, left_s=left_s)
    after = _AFTER[state.phase]
    return replace(state, phase=after, left_s=_LASTS_S.get(after, state.rest_s))


def _move(state: State, dt_s: float) -> State:
    if state.phase is Phase.CASTING:
        down_mm = state.speed_mm_per_min / 60 * dt_s
        return replace(state, position_mm=towards(state.position_mm, state.length_mm, down_mm))
    if state.phase in (Phase.RESTING, Phase.PREPARING):
        return replace(state, position_mm=towards(state.position_mm, 0.0, BACK_MM_PER_S * dt_s))
    return state


def _level(state: State, dt_s: float, inputs: Inputs) -> float:
    if not state.metal_runs:
        return approach(state.level_mm, 0.0, dt_s, DRAIN_TAU_S)
    for fault in ("surge", "level-loss"):
        if (level := inputs.get(fault)) is not None:
            return approach(state.level_mm, level["to"], dt_s, level["tau"])
    share = inputs["supply"]["share"] if "supply" in inputs else 1.0
    tau_s = FILL_TAU_S if share >= 1 else STARVED_TAU_S
    return approach(state.level_mm, LEVEL_MM * share, dt_s, tau_s)


def _level_noise(state: State, rng: Random) -> float:
    if not state.metal_runs:
        return 0.0
    return rng.gauss(0, STEADY_SIGMA_MM if state.is_steady else START_SIGMA_MM)


CASTING_MACHINE: Final = Process(start, step)
