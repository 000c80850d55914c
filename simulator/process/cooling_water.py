"""A casting machine's cooling-water circuit, and a pump that trips.

24 strands of Ø178 mm take about 200 m³/h at a rise of 15 K (heat ≈ 1 MJ/kg of
metal: 12.6 t/h are 3.5 MW). The rise is heat over flow. Steady flow scatters by 1 %,
pressure by 0.004 MPa. When the pump trips, flow falls with τ 4 s to 20 % (what gravity
still gives), pressure with its square; the water left takes up the same heat, so it
leaves hotter, after the jacket's lag of 20 s. A pump that starts again needs 10 s. [E]

Values: inlet-flow m³/h, inlet-pressure MPa, inlet-temperature and outlet-temperature °C.
"""

from dataclasses import dataclass, replace
from random import Random
from typing import Final

from simulator.process import Inputs, Parameters, Process, Values
from simulator.process.lag import approach

FLOW_SIGMA: Final = 0.01
PRESSURE_SIGMA_MPA: Final = 0.004
START_TAU_S: Final = 10.0
JACKET_TAU_S: Final = 20.0
STATIC_SHARE: Final = 0.1  # of the pressure, that stands without flow
OUTLET_MAX_C: Final = 95.0  # beyond, it boils
FLOW_MIN: Final = 0.01


@dataclass(frozen=True, slots=True)
class State:
    """`flow` is a share of the rated flow; the rest of what is rated never changes."""

    rated_flow_m3h: float
    rated_pressure_mpa: float
    inlet_c: float
    rated_rise_k: float
    flow: float = 1.0
    rise_k: float = 15.0


def start(parameters: Parameters, rng: Random) -> State:
    """Parameters: flow m³/h, pressure MPa, temperature °C (inlet), rise K."""
    rise_k = parameters.get("rise", 15.0)
    return State(
        rated_flow_m3h=parameters.get("flow", 200.0),
        rated_pressure_mpa=parameters.get("pressure", 0.35),
        inlet_c=parameters.get("temperature", 30.0) + rng.uniform(-1, 1),
        rated_rise_k=rise_k,
        rise_k=rise_k,
    )


def resting(state: State, flow: float) -> State:
    """Return the same circuit before there is any heat, at a share of its flow."""
    return replace(state, rise_k=0.0, flow=flow)


def step(state: State, dt_s: float, inputs: Inputs, rng: Random) -> tuple[State, Values]:
    """Move on by `dt_s`.

    Inputs: pump-trip (to: % of the flow; tau in s); heat and demand (shares of what is rated).
    """
    trip, demand = inputs.get("pump-trip"), inputs["demand"]["share"] if "demand" in inputs else 1.0
    goal, tau_s = (demand, START_TAU_S) if trip is None else (demand * trip["to"] / 100, trip["tau"])
    flow = approach(state.flow, goal, dt_s, tau_s)
    heat = inputs["heat"]["share"] if "heat" in inputs else 1.0
    rise_goal_k = min(state.rated_rise_k * heat / max(flow, FLOW_MIN), OUTLET_MAX_C - state.inlet_c)
    rise_k = approach(state.rise_k, rise_goal_k, dt_s, JACKET_TAU_S)
    pressure = STATIC_SHARE + (1 - STATIC_SHARE) * flow * flow
    return replace(state, flow=flow, rise_k=rise_k), {
        "inlet-flow": max(0.0, state.rated_flow_m3h * flow * (1 + rng.gauss(0, FLOW_SIGMA))),
        "inlet-pressure": max(0.0, state.rated_pressure_mpa * pressure + rng.gauss(0, PRESSURE_SIGMA_MPA)),
        "inlet-temperature": state.inlet_c + rng.gauss(0, 0.1),
        "outlet-temperature": state.inlet_c + rise_k + rng.gauss(0, 0.2),
    }


COOLING_WATER: Final = Process(start, step)
