"""A casting machine, its furnace and its cooling water as one: all their instruments show one cast.

The furnace pours as long as the machine takes metal, and tilts as far as the ingots have grown.
The water takes up the heat of the metal that runs, and of the ingots for some minutes more; it
runs at 60 % while the cast is prepared, at its full flow while metal runs, and between casts as
the plant has it. A furnace that cannot tilt any further leaves the distribution launder without metal.

The PLC's interlock: a launder's level that leaves 90 to 210 mm in a steady cast, or water that fails,
cuts the metal off, opens the discharge and tilts the furnace back at once; 5 s later the cast is over,
and none is begun until all of it is back. [E]

Values: those of casting_machine, tilting_furnace and cooling_water, each under the name of its process:
`casting-machine.position`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from simulator.process import Inputs, Parameters, Process, Values, casting_machine, cooling_water
from simulator.process import tilting_furnace as furnace
from simulator.process.lag import approach

PARTS: Final = ("casting-machine", "tilting-furnace", "cooling-water")
HEAT_TAU_S: Final = 60.0
PREPARED: Final = 0.6  # of the flow, at the least
LEVEL_TRIP_MM: Final = (90.0, 210.0)
STOP_S: Final = 5.0  # from a trip to the end of the cast


@dataclass(frozen=True, slots=True)
class State:
    """The three, whether the level has tripped, and the share of the rated heat that is in the moulds."""

    machine: casting_machine.State
    furnace: furnace.State
    water: cooling_water.State
    standby: float  # share of the flow between casts
    level_tripped: bool = False  # in this cast
    heat: float = 0.0


def start(parameters: Parameters, rng: Random) -> State:
    """Parameters: those of the three; standby, % of the water's flow between casts."""
    water = cooling_water.start(parameters, rng)
    standby = parameters.get("standby", 100.0) / 100
    return State(
        machine=casting_machine.start(parameters, rng),
        furnace=furnace.start(parameters, rng),
        water=cooling_water.resting(water, standby),
        standby=standby,
    )


def step(state: State, dt_s: float, inputs: Inputs, rng: Random) -> tuple[State, Values]:
    """Move on by `dt_s`. Inputs: those of the three; a pour of the furnace is a cast of the machine."""
    supply = {"supply": {"share": 0.0 if "pressure-loss" in inputs else 1.0}}
    casts: Inputs = {"cast": {}} if "pour" in inputs else {}
    tripped_s = state.water.tripped_s
    stops: Inputs = {"stop": {}} if tripped_s is not None and tripped_s >= STOP_S else {}
    machine, cast = casting_machine.step(state.machine, dt_s, {**inputs, **supply, **casts, **stops}, rng)
    pours = machine.metal_runs and tripped_s is None
    led = {"pours": float(pours), "share": machine.position_mm / machine.length_mm}
    pouring, poured = furnace.step(state.furnace, dt_s, {**inputs, "led": led}, rng)
    runs = machine.phase is casting_machine.Phase.CASTING
    heat = approach(state.heat, float(runs), dt_s, HEAT_TAU_S)
    asked = {"heat": {"share": heat}, "demand": {"share": _demand(machine.phase, state.standby)}}
    level_tripped = _level_trips(state.level_tripped, machine)
    told: Inputs = {"trip": {}} if level_tripped else {}
    water, cooled = cooling_water.step(state.water, dt_s, {**inputs, **asked, **told}, rng)
    shown = dict(zip(PARTS, (cast, poured, cooled), strict=True))
    return State(machine, pouring, water, state.standby, level_tripped, heat), _named(shown)


def _level_trips(before: bool, machine: casting_machine.State) -> bool:
    low_mm, high_mm = LEVEL_TRIP_MM
    now = machine.is_steady and not low_mm < machine.level_mm < high_mm
    return machine.phase is not casting_machine.Phase.RESTING and (before or now)


def _demand(phase: casting_machine.Phase, standby: float) -> float:
    if phase is casting_machine.Phase.RESTING:
        return standby
    return max(standby, PREPARED) if phase is casting_machine.Phase.PREPARING else 1.0


def _named(shown: Mapping[str, Values]) -> Values:
    return {f"{part}.{name}": value for part, values in shown.items() for name, value in values.items()}


CASTING_LINE: Final = Process(start, step)
