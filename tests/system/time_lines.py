"""Each scenario that we bring has its time line: which alarms, in which order, how long after what.

Delays are the physics' own, the rule's on-delay, and up to two periods (and as much again
for a busy machine). Alarms of one line below may come in either order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

IN_TIME: Final = {"cut-off": "in time", "discharge": "in time", "tilt-back": "in time"}

EVIDENCE: Final[Mapping[tuple[str, str], Mapping[str, Mapping[str, str]]]] = {
    ("aluminium", "cooling-water-loss"): {"water-trip": IN_TIME},
    ("aluminium", "interlock-failure"): {"water-trip": {**IN_TIME, "cut-off": "never"}},
    ("aluminium", "launder-surge"): {"level-trip": IN_TIME},
    ("aluminium", "mould-level-loss"): {"level-trip": IN_TIME},
    ("aluminium", "hydraulic-loss"): {"level-trip": {**IN_TIME, "tilt-back": "never"}},
    ("steel", "burn-through"): {"lance-water.made-safe-follows": {"made-safe": "in time"}},
    ("steel", "gas-supply-loss"): {"burner-gas.shut-off-follows": {"shut-off": "in time"}},
}
"""Which interlocks are set off, and what becomes of each effect; in all other scenarios none is."""


@dataclass(frozen=True)
class Due:
    """Alarms that come together, between so many seconds after `after` began."""

    after: str  # the event's word
    rules: frozenset[str]
    from_s: float
    to_s: float


def due(after: str, from_s: float, to_s: float, *rules: str) -> Due:
    return Due(after, frozenset(rules), from_s, to_s)


MINUTE: Final = 60.0
HOUR: Final = 60 * MINUTE

EXPECTED: Final[Mapping[tuple[str, str], Sequence[Due]]] = {
    ("aluminium", "cooling-water-loss"): (
        # The flow passes 85 % after 0.8 s and 70 % after 1.9 s; their delays are 2 s and 1 s.
        due("pump-trip", 2, 8, "mould-water.inlet-flow.lo", "mould-water.inlet-flow.lolo"),
        due("pump-trip", 4, 12, "mould-water.inlet-pressure.lo", "mould-water.inlet-pressure.lolo"),
        due("pump-trip", 9, 18, "mould-water.outlet-temperature.hi"),
        due("pump-trip", 13, 24, "mould-water.outlet-temperature.hihi"),
    ),
    ("aluminium", "interlock-failure"): (
        due("pump-trip", 2, 8, "mould-water.inlet-flow.lo", "mould-water.inlet-flow.lolo"),
        # The pressure is below 0.08 MPa after some 5 s, and the valve late 2 s later.
        due(
            "pump-trip",
            4,
            14,
            "mould-water.inlet-pressure.lo",
            "mould-water.inlet-pressure.lolo",
            "water-trip",
        ),
        due("pump-trip", 9, 18, "mould-water.outlet-temperature.hi"),
        due("pump-trip", 13, 24, "mould-water.outlet-temperature.hihi"),
    ),
    ("aluminium", "hydraulic-loss"): (
        # No metal comes: at the furnace's outlet the launder empties with τ 20 s, past 90 mm after 10 s;
        # before the moulds with τ 60 s, from 150 mm to 110 in 19 s, to 90 in 31 s. Then the interlock
        # acts, and a furnace without pressure cannot tilt back within its 3 s.
        due("pressure-loss", 1, 6, "tilt-1.hydraulic-pressure.lo", "tilt-1.pressure-lost-while-tilted"),
        due("pressure-loss", 12, 18, "tilt-1.launder-low-while-pouring"),
        due("pressure-loss", 16, 25, "caster.launder-level.lo"),
        due("pressure-loss", 26, 37, "caster.launder-level.lolo"),
        due("pressure-loss", 29, 43, "level-trip"),
    ),
    ("aluminium", "launder-surge"): (
        due("surge", 4, 14, "caster.launder-level.hi", "caster.launder-level.hihi"),
    ),
    ("aluminium", "mould-level-loss"): (
        # It falls by 20 mm in 3 s: past 110 mm after 7 s, past 90 after 13.
        due("level-loss", 3, 10, "launder-drop", "caster.launder-level.lo"),
        due("level-loss", 10, 17, "caster.launder-level.lolo"),
    ),
    ("aluminium", "stuck-ingot"): (
        due("stuck-ingot", 1, 5, "ingot-stuck"),
        due("stuck-ingot", 4, 9, "caster.hydraulic-pressure.lo"),
    ),
    ("aluminium", "planned-weekend"): (),
    ("steel", "gas-leak"): (
        due("leak", 3, 12, "co-11.concentration.hi"),
        due("leak", 15, 30, "co-11.concentration.hihi"),
    ),
    ("steel", "burn-through"): (
        # 15 % are lost with τ 10 s: past 5 % after 4 s, past 10 % after 11; delays of 5 s and 2 s.
        due("burn-through", 7, 14, "lance-water.flow-difference.hi"),
        due("burn-through", 10, 19, "lance-water.flow-difference.hihi"),
    ),
    ("steel", "gas-supply-loss"): (
        # From 8 kPa towards 0.8 with τ 20 s: past 3 kPa after 24 s, past 2 after 36.
        due("supply-loss", 20, 30, "burner-gas.pressure.lo"),
        due("supply-loss", 30, 42, "burner-gas.pressure.lolo"),
    ),
    ("steel", "gas-holder-full"): (
        # From 50 % towards 95 with τ 10 min; the swing about it narrows from ±18 % to ±2.
        due("drift-off", 9 * MINUTE, 22 * MINUTE, "gas-holder.level.hi"),
        due("drift-off", 14 * MINUTE, 32 * MINUTE, "gas-holder.level.hihi"),
    ),
    ("steel", "hydrogen-leak"): (due("leak", 40, 75, "co-11.concentration.hi"),),
    ("dust", "hopper-smoulder"): (
        # From between 30 and 40 °C at 3 °C/min, faster beyond 55 °C.
        due("smoulder", 1.5 * MINUTE, 6 * MINUTE, "dust-1.hopper-heats"),
        due("smoulder", 6.5 * MINUTE, 10 * MINUTE, "dust-1.hopper-temperature.hi"),
        due("smoulder", 8.5 * MINUTE, 12 * MINUTE, "dust-1.hopper-temperature.hihi"),
    ),
    ("dust", "bag-burst"): (due("broken-bag", 20, 27, "dust-1.no-pressure-difference"),),
    ("dust", "clogged-tube"): (due("clogged-tube", 118, 126, "dust-1.tube-clogged"),),
    ("dust", "wet-collector-dry"): (
        # 45 mm a minute from between 550 and 600 mm; the pump draws air below 300 mm.
        due("no-top-up", 2 * MINUTE, 4 * MINUTE, "wet-1.water-level.lo"),
        due("no-top-up", 4 * MINUTE, 6 * MINUTE, "wet-1.water-level.lolo"),
        due("no-top-up", 7 * MINUTE, 10 * MINUTE, "wet-1-no-water"),
    ),
    ("dust", "level-sensor-outside"): (
        # The level's own limits say nothing: that is the danger.
        due("sensor-outside", 298, 306, "wet-1-level-still"),
        due("sensor-outside", 8 * MINUTE, 11 * MINUTE, "wet-1-no-water"),
    ),
    ("dust", "planned-weekend"): (),
}
