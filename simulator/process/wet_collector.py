"""A wet dust collector: water that is drawn over the dust, lost as mist, and topped up.

The level falls from 600 to 550 mm as water leaves with the air, at 5 mm/min; then the valve of the mains
opens, and it is at 600 mm again within a minute. While the pump runs the surface is never still: σ 2 mm.
Below 300 mm the pump draws air, and the flow goes with the water. Dust of aluminium or magnesium
gives off hydrogen, which the fan carries away: it gathers only while the fan stands. [E]

Values: fan, pump (states); water-level mm, circulation-flow m³/h, hydrogen %VOL.
"""

from dataclasses import dataclass, replace
from random import Random
from typing import Final

from simulator.process import Inputs, Parameters, Process, Values
from simulator.process.lag import approach, towards

LEVEL_MM: Final = (550.0, 600.0)
MIST_MM_PER_MIN: Final = 5.0
TOP_UP_MM_PER_MIN: Final = 60.0
WAVES_MM: Final = 2.0
DRY_MM: Final = 300.0

FLOW_M3H: Final = 42.0
FLOW_SIGMA: Final = 0.01
FLOW_TAU_S: Final = 5.0

HYDROGEN_CARRIED: Final = 0.02  # %VOL, while the fan runs
HYDROGEN_GATHERED: Final = 0.3  # after hours without it
HYDROGEN_TAU_S: Final = (60.0, 6 * 3600.0)
HYDROGEN_SIGMA: Final = 0.005


@dataclass(frozen=True, slots=True)
class State:
    """`shown_mm` is kept for a sensor that hangs outside the tank."""

    level_mm: float
    flow_m3h: float = FLOW_M3H
    hydrogen: float = HYDROGEN_CARRIED
    fills: bool = False
    shown_mm: float = 0.0


def start(_parameters: Parameters, rng: Random) -> State:
    """Return a collector that runs."""
    return State(level_mm=rng.uniform(*LEVEL_MM))


def step(state: State, dt_s: float, inputs: Inputs, rng: Random) -> tuple[State, Values]:
    """Move on by `dt_s`.

    Inputs: off; no-top-up (leak mm/min beside the mist); sensor-outside: what it shows is where it hangs.
    """
    runs = "off" not in inputs
    state = _water(state, dt_s, inputs, runs=runs)
    wet = min(1.0, state.level_mm / DRY_MM) if runs else 0.0
    goal, tau_s = (HYDROGEN_CARRIED, HYDROGEN_TAU_S[0]) if runs else (HYDROGEN_GATHERED, HYDROGEN_TAU_S[1])
    waves_mm = rng.gauss(0, WAVES_MM) if runs else 0.0
    state = replace(
        state,
        flow_m3h=approach(state.flow_m3h, FLOW_M3H * wet, dt_s, FLOW_TAU_S),
        hydrogen=approach(state.hydrogen, goal, dt_s, tau_s),
        shown_mm=state.shown_mm if "sensor-outside" in inputs else max(0.0, state.level_mm + waves_mm),
    )
    return state, {
        "fan": runs,
        "pump": runs,
        "water-level": state.shown_mm,
        "circulation-flow": state.flow_m3h * (1 + rng.gauss(0, FLOW_SIGMA)),
        "hydrogen": max(0.0, state.hydrogen + rng.gauss(0, HYDROGEN_SIGMA)),
    }


def _water(state: State, dt_s: float, inputs: Inputs, *, runs: bool) -> State:
    low_mm, high_mm = LEVEL_MM
    dry = inputs.get("no-top-up")
    fills = dry is None and state.level_mm < high_mm and (state.fills or state.level_mm <= low_mm)
    if fills:
        return replace(
            state, fills=True, level_mm=towards(state.level_mm, high_mm, TOP_UP_MM_PER_MIN / 60 * dt_s)
        )
    lost_mm_per_min = (MIST_MM_PER_MIN if runs else 0.0) + (0.0 if dry is None else dry["leak"])
    return replace(state, fills=False, level_mm=towards(state.level_mm, 0.0, lost_mm_per_min / 60 * dt_s))


WET_COLLECTOR: Final = Process(start, step)
