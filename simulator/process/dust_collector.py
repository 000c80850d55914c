"""A bag filter with pulse-jet cleaning on demand, and what goes wrong with it.

Cleaning. Dust builds the pressure difference up from 500 to 1200 Pa in 10 to
20 min; then the jets fire, one row every 10 s, each pulse taking 250 to 400 Pa
off and 120 kPa out of the air vessel, until it is down again. The floor creeps up
by 5 Pa a day. A broken bag reads a flat 150 to 250 Pa, a clogged tube a perfect
constant, a stopped fan 0 to 5 Pa.

Hopper. Its temperature is ambient + 5 to 15 K with τ 10 min; smouldering dust adds
1 to 2 °C/min, and accelerates from 55 °C on. [E]

While the fan stands no dust comes, nothing is cleaned, and what lies in the hopper cools
down to the room's temperature.

Values: fan, pulse, rotary-valve, rotary-valve-fault, isolation-valve-closed (states);
hopper-temperature and inlet-temperature °C, differential-pressure Pa, pulse-pressure kPa,
filter-hours h.
"""

from dataclasses import dataclass, replace
from math import exp
from random import Random
from typing import Final

from simulator.process import Inputs, Parameters, Process, Values
from simulator.process.lag import approach

FLOOR_PA: Final = 500.0
CLEANING_FROM_PA: Final = 1200.0
PULSE_DROP_PA: Final = (250.0, 400.0)
PULSE_EVERY_S: Final = 10.0
CREEP_PA_PER_S: Final = 5.0 / 86400
NOISE_PA: Final = 4.0
BROKEN_BAG_PA: Final = (150.0, 250.0)
NO_FAN_PA: Final = (0.0, 5.0)

VESSEL_KPA: Final = 400.0
PULSE_TAKES_KPA: Final = 120.0
VESSEL_TAU_S: Final = 5.0

AMBIENT_C: Final = 25.0
INLET_RISE_K: Final = 20.0
INLET_TAU_S: Final = 60.0
HOPPER_TAU_S: Final = 600.0
RUNAWAY_FROM_C: Final = 55.0
RUNAWAY_PER_K: Final = 1 / 20  # smouldering is e times as fast 20 K above the above
SMOULDER_MAX_C: Final = 140.0
HOURS_BEFORE: Final = 1200.0  # that the bags have been in


@dataclass(frozen=True, slots=True)
class State:
    """`pulse_due_s` is the time to the next jet while the filter is being cleaned, else None."""

    ramp_pa_per_s: float
    floor_pa: float
    calm_c: float
    pressure_pa: float
    hopper_c: float
    vessel_kpa: float = VESSEL_KPA
    pulse_due_s: float | None = None
    hopper_tau_s: float = HOPPER_TAU_S
    inlet_c: float = AMBIENT_C + INLET_RISE_K
    shown_pa: float = 0.0
    fan_s: float = 0.0  # how long the fan has run


def start(parameters: Parameters, rng: Random) -> State:
    """Parameter: ramp, in s: how long the dust takes from clean to cleaning."""
    calm_c = AMBIENT_C + rng.uniform(5, 15)
    return State(
        ramp_pa_per_s=(CLEANING_FROM_PA - FLOOR_PA) / parameters.get("ramp", 600.0),
        floor_pa=FLOOR_PA,
        calm_c=calm_c,
        pressure_pa=rng.uniform(FLOOR_PA, CLEANING_FROM_PA),
        hopper_c=calm_c,
    )


def step(state: State, dt_s: float, inputs: Inputs, rng: Random) -> tuple[State, Values]:
    """Move on by `dt_s`. Inputs: smoulder (rate °C/min, decay s), broken-bag, clogged-tube, fan-off."""
    runs = "fan-off" not in inputs
    state = _smoulder(_filter(state, dt_s, rng) if runs else _rest(state, dt_s), dt_s, inputs)
    inlet_goal_c = AMBIENT_C + (INLET_RISE_K if runs else 0.0)
    state = replace(
        state,
        inlet_c=approach(state.inlet_c, inlet_goal_c, dt_s, INLET_TAU_S),
        shown_pa=state.shown_pa if "clogged-tube" in inputs else _shown(state, inputs, rng),
        fan_s=state.fan_s + (dt_s if runs else 0.0),
    )
    return state, {
        "fan": runs,
        "pulse": state.pulse_due_s is not None,
        "rotary-valve": runs,
        "rotary-valve-fault": False,
        "isolation-valve-closed": False,
        "hopper-temperature": state.hopper_c + rng.gauss(0, 0.1),
        "inlet-temperature": state.inlet_c + rng.gauss(0, 0.5),
        "differential-pressure": state.shown_pa,
        "pulse-pressure": state.vessel_kpa + rng.gauss(0, 1),
        "filter-hours": HOURS_BEFORE + state.fan_s / 3600,
    }


def _rest(state: State, dt_s: float) -> State:
    vessel_kpa = approach(state.vessel_kpa, VESSEL_KPA, dt_s, VESSEL_TAU_S)
    return replace(state, vessel_kpa=vessel_kpa, pulse_due_s=None)


def _filter(state: State, dt_s: float, rng: Random) -> State:
    floor_pa = state.floor_pa + CREEP_PA_PER_S * dt_s
    vessel_kpa = approach(state.vessel_kpa, VESSEL_KPA, dt_s, VESSEL_TAU_S)
    pressure_pa = min(state.pressure_pa + state.ramp_pa_per_s * dt_s, CLEANING_FROM_PA)
    due_s = state.pulse_due_s
    if due_s is None and pressure_pa >= CLEANING_FROM_PA:
        due_s = 0.0
    elif due_s is not None:
        due_s -= dt_s
    if due_s is not None and due_s <= 0:
        pressure_pa = max(floor_pa, pressure_pa - rng.uniform(*PULSE_DROP_PA))
        vessel_kpa -= PULSE_TAKES_KPA
        due_s = None if pressure_pa <= floor_pa else PULSE_EVERY_S
    return replace(
        state, floor_pa=floor_pa, pressure_pa=pressure_pa, vessel_kpa=vessel_kpa, pulse_due_s=due_s
    )


def _smoulder(state: State, dt_s: float, inputs: Inputs) -> State:
    fire = inputs.get("smoulder")
    if fire is None:
        goal_c = AMBIENT_C if "fan-off" in inputs else state.calm_c
        return replace(state, hopper_c=approach(state.hopper_c, goal_c, dt_s, state.hopper_tau_s))
    runaway = exp(max(0.0, state.hopper_c - RUNAWAY_FROM_C) * RUNAWAY_PER_K)
    hopper_c = min(state.hopper_c + fire["rate"] / 60 * runaway * dt_s, SMOULDER_MAX_C)
    return replace(state, hopper_c=hopper_c, hopper_tau_s=fire["decay"])


def _shown(state: State, inputs: Inputs, rng: Random) -> float:
    if "fan-off" in inputs:
        return rng.uniform(*NO_FAN_PA)
    if "broken-bag" in inputs:
        return rng.uniform(*BROKEN_BAG_PA)
    return max(0.0, state.pressure_pa + rng.gauss(0, NOISE_PA))


DUST_COLLECTOR: Final = Process(start, step)
