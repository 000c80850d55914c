"""A casting machine's cooling-water circuit, and a pump that trips.

24 strands of Ø178 mm take about 200 m³/h at a rise of 15 K (heat ≈ 1 MJ/kg of
metal: 12.6 t/h are 3.5 MW). The rise is heat over flow. Steady flow scatters by 1 %,
pressure by 0.004 MPa. When the pump trips, flow falls with τ 4 s to 20 % (what gravity
still gives), pressure with its square; the water left takes up the same heat, so it
leaves hotter, after the jacket's lag of 20 s. A pump that starts again needs 10 s. [E]

The PLC beside it has an interlock, armed while the full flow is asked for: below 0.08 MPa the
cut-off valve is closed within 0.8 s and the discharge open within 1.2 s; both go back once nine
tenths of the flow are there again, and nothing else in the cast has set it off. [E]

Values: inlet-flow m³/h, inlet-pressure MPa, inlet-temperature and outlet-temperature °C;
cut-off-closed and discharge-open (states).
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

TRIP_MPA: Final = 0.08
RESET_FLOW: Final = 0.9  # of the rated flow
CUT_OFF_S: Final = 0.8
DISCHARGE_S: Final = 1.2


@dataclass(frozen=True, slots=True)
class State:
    """`flow` is a share of the rated flow; the rest of what is rated never changes.

    `tripped_s` is how long ago the interlock was set off; None: it is not.
    """

    rated_flow_m3h: float
    rated_pressure_mpa: float
    inlet_c: float
    rated_rise_k: float
    flow: float = 1.0
    rise_k: float = 15.0
    tripped_s: float | None = None


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

    Inputs: pump-trip (to: % of the flow; tau in s); off; valve-stuck, of the cut-off; trip, of the
    interlock, by a cast; heat and demand (shares of what is rated).
    """
    trip, demand = inputs.get("pump-trip"), inputs["demand"]["share"] if "demand" in inputs else 1.0
    demand = 0.0 if "off" in inputs else demand
    goal, tau_s = (demand, START_TAU_S) if trip is None else (demand * trip["to"] / 100, trip["tau"])
    flow = approach(state.flow, goal, dt_s, tau_s)
    heat = inputs["heat"]["share"] if "heat" in inputs else 1.0
    rise_goal_k = min(state.rated_rise_k * heat / max(flow, FLOW_MIN), OUTLET_MAX_C - state.inlet_c)
    rise_k = approach(state.rise_k, rise_goal_k, dt_s, JACKET_TAU_S)
    pressure = STATIC_SHARE + (1 - STATIC_SHARE) * flow * flow
    fails = demand >= 1 and state.rated_pressure_mpa * pressure < TRIP_MPA
    is_back = demand < 1 or flow >= RESET_FLOW
    tripped_s = _tripped_s(state, dt_s, is_set_off=fails or "trip" in inputs, is_back=is_back)
    is_stuck = "valve-stuck" in inputs
    return replace(state, flow=flow, rise_k=rise_k, tripped_s=tripped_s), {
        "inlet-flow": max(0.0, state.rated_flow_m3h * flow * (1 + rng.gauss(0, FLOW_SIGMA))),
        "inlet-pressure": max(0.0, state.rated_pressure_mpa * pressure + rng.gauss(0, PRESSURE_SIGMA_MPA)),
        "inlet-temperature": state.inlet_c + rng.gauss(0, 0.1),
        "outlet-temperature": state.inlet_c + rise_k + rng.gauss(0, 0.2),
        "cut-off-closed": tripped_s is not None and tripped_s >= CUT_OFF_S and not is_stuck,
        "discharge-open": tripped_s is not None and tripped_s >= DISCHARGE_S,
    }


def _tripped_s(state: State, dt_s: float, *, is_set_off: bool, is_back: bool) -> float | None:
    if state.tripped_s is None:
        return 0.0 if is_set_off else None
    return None if is_back and not is_set_off else state.tripped_s + dt_s


COOLING_WATER: Final = Process(start, step)
