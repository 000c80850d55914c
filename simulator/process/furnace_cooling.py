"""Cooling water of a furnace's hood, lance or wall: in, out, and what the heat of a heat makes of it.

A converter blows for 16 minutes and stands for 20; the water takes up 10 K while it blows, with
the lag of the metal, 40 s. In and out differ by what the meters do, 0.5 %; an element that burns
through loses water into the furnace, and the difference shows it at once. [E]

The furnace's PLC makes it safe within two seconds of a tenth being lost, or of the water leaving with
55 °C, and lets go when all is well again.

Values: made-safe (a state), inlet-flow and outlet-flow m³/h, flow-difference % of the inlet flow,
inlet-temperature and outlet-temperature °C.
"""

from dataclasses import dataclass, replace
from random import Random
from typing import Final

from simulator.process import Inputs, Parameters, Process, Values
from simulator.process.lag import approach

FLOW_M3H: Final = 320.0
FLOW_SIGMA: Final = 0.003
METER_SIGMA: Final = 0.005
METER_TAU_S: Final = 10.0
INLET_C: Final = 28.0
RISE_K: Final = 10.0
STANDING_RISE_K: Final = 1.0
BLOWS_S: Final = 960.0
STANDS_S: Final = 1200.0
LAG_TAU_S: Final = 40.0
OUTLET_MAX_C: Final = 95.0
FLOW_MIN: Final = 0.01
TRIPS_AT: Final = 0.10
LETS_GO_AT: Final = 0.05
ACTS_S: Final = 1.5
HOT_C: Final = 55.0
COOL_C: Final = 50.0


@dataclass(frozen=True, slots=True)
class State:
    """`flow` and `lost` are shares of the rated flow."""

    rated_m3h: float
    rated_rise_k: float
    inlet_c: float
    age_s: float
    flow: float = 1.0
    lost: float = 0.0
    rise_k: float = STANDING_RISE_K
    tripped_s: float = 0.0  # since a tenth was lost; 0: the interlock rests
    apart: float = 0.0  # by how much the two meters differ by themselves, as a share


def start(parameters: Parameters, rng: Random) -> State:
    """Parameters: flow m³/h, rise K, temperature °C (inlet)."""
    return State(
        rated_m3h=parameters.get("flow", FLOW_M3H),
        rated_rise_k=parameters.get("rise", RISE_K),
        inlet_c=parameters.get("temperature", INLET_C) + rng.uniform(-1, 1),
        age_s=rng.uniform(0, BLOWS_S + STANDS_S),
    )


def step(state: State, dt_s: float, inputs: Inputs, rng: Random) -> tuple[State, Values]:
    """Move on by `dt_s`. Input: burn-through (lost: % of the flow; tau in s)."""
    burnt = inputs.get("burn-through")
    goal, tau_s = (0.0, 5.0) if burnt is None else (burnt["lost"] / 100, burnt["tau"])
    age_s = (state.age_s + dt_s) % (BLOWS_S + STANDS_S)
    rise_goal_k = state.rated_rise_k if age_s < BLOWS_S else STANDING_RISE_K
    state = replace(
        state,
        age_s=age_s,
        lost=approach(state.lost, goal, dt_s, tau_s),
        rise_k=approach(state.rise_k, rise_goal_k, dt_s, LAG_TAU_S),
        apart=approach(state.apart, rng.gauss(0, METER_SIGMA), dt_s, METER_TAU_S),
    )
    is_hot = state.inlet_c + _rise_k(state) >= (COOL_C if state.tripped_s else HOT_C)
    is_tripped = is_hot or state.lost >= (LETS_GO_AT if state.tripped_s else TRIPS_AT)
    state = replace(state, tripped_s=state.tripped_s + dt_s if is_tripped else 0.0)
    return state, _read(state, rng)


def _read(state: State, rng: Random) -> Values:
    inlet_m3h = state.rated_m3h * (1 + rng.gauss(0, FLOW_SIGMA))
    outlet_m3h = inlet_m3h * (1 - state.lost - state.apart)
    return {
        "made-safe": state.tripped_s >= ACTS_S,
        "inlet-flow": inlet_m3h,
        "outlet-flow": outlet_m3h,
        "flow-difference": 100 * (inlet_m3h - outlet_m3h) / inlet_m3h,
        "inlet-temperature": state.inlet_c + rng.gauss(0, 0.1),
        "outlet-temperature": state.inlet_c + _rise_k(state) + rng.gauss(0, 0.2),
    }


def _rise_k(state: State) -> float:
    return min(state.rise_k / max(1 - state.lost, FLOW_MIN), OUTLET_MAX_C - state.inlet_c)


FURNACE_COOLING: Final = Process(start, step)
