"""A gas main before the burners: a pressure that is kept, a flow that is asked for, a valve that shuts.

The regulator holds 8 kPa within a few per cent while the burners take more or less over a
quarter of an hour. When the supply fails the pressure falls; at 2 kPa the valve shuts, so that
no air is drawn in. [E]

Values: shut-off-closed (state); pressure kPa, flow Nm³/h, temperature °C, oxygen %VOL.
"""

from dataclasses import dataclass, replace
from math import pi, sin
from random import Random
from typing import Final

from simulator.process import Inputs, Parameters, Process, Values
from simulator.process.lag import approach

PRESSURE_KPA: Final = 8.0
DROOP_KPA: Final = 0.5  # at the most that the burners take
PRESSURE_SIGMA_KPA: Final = 0.05
BACK_TAU_S: Final = 20.0
SHUTS_AT_KPA: Final = 2.0
OPENS_AT_KPA: Final = 5.0
FLOW_NM3H: Final = 12000.0
FLOW_SWING: Final = 0.2
FLOW_PERIOD_S: Final = 900.0
FLOW_SIGMA: Final = 0.01
TEMPERATURE_C: Final = 35.0
OXYGEN: Final = 0.5


@dataclass(frozen=True, slots=True)
class State:
    """`supply` is the share of the pressure that the mains give."""

    rated_kpa: float
    age_s: float
    supply: float = 1.0
    is_shut: bool = False


def start(parameters: Parameters, rng: Random) -> State:
    """Parameter: pressure, kPa."""
    return State(parameters.get("pressure", PRESSURE_KPA), age_s=rng.uniform(0, FLOW_PERIOD_S))


def step(state: State, dt_s: float, inputs: Inputs, rng: Random) -> tuple[State, Values]:
    """Move on by `dt_s`. Input: supply-loss (to: % of the pressure; tau in s)."""
    loss = inputs.get("supply-loss")
    goal, tau_s = (1.0, BACK_TAU_S) if loss is None else (loss["to"] / 100, loss["tau"])
    supply, age_s = approach(state.supply, goal, dt_s, tau_s), state.age_s + dt_s
    asked = 1 + FLOW_SWING * sin(2 * pi * age_s / FLOW_PERIOD_S)
    pressure_kpa = state.rated_kpa * supply - DROOP_KPA * (asked - 1) * supply
    is_shut = pressure_kpa < OPENS_AT_KPA if state.is_shut else pressure_kpa <= SHUTS_AT_KPA
    flow = 0.0 if is_shut else FLOW_NM3H * asked * supply * (1 + rng.gauss(0, FLOW_SIGMA))
    return replace(state, supply=supply, age_s=age_s, is_shut=is_shut), {
        "shut-off-closed": is_shut,
        "pressure": max(0.0, pressure_kpa + rng.gauss(0, PRESSURE_SIGMA_KPA)),
        "flow": max(0.0, flow),
        "temperature": TEMPERATURE_C + rng.gauss(0, 0.2),
        "oxygen": max(0.0, OXYGEN + rng.gauss(0, 0.02)),
    }


GAS_MAIN: Final = Process(start, step)
