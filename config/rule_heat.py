"""A rule about a heat load, from what is written to the condition: units become one factor per branch.

P = ρ·c·Q·ΔT, the sensible heat of water. ρ·c is taken at 30 °C: 995.65 kg/m³ × 4.180 kJ/(kg·K)
= 4162 kJ/(m³·K) (IAPWS-95 at 0.1 MPa); between 10 and 60 °C it differs by 1.2 % at most, which
is less than flowmeters do. A flow by mass needs c alone. 1 m³/h and 1 K are 1.156 kW.
"""

from typing import Final

from config.condition import Branch, Direction, HeatLoad, Threshold
from config.fault import Objection
from config.model import Point
from config.position import Key
from config.quantity import Quantity
from config.rule_entry import BranchEntry, HeatLoadRule
from config.unit import UNITS, compatible, convert_difference
from config.written_rule import Found, WrittenRule

KJ_PER_M3_K: Final = 4162.0
KJ_PER_KG_K: Final = 4.180
POWER: Final = "kW"

_FLOWS: Final = {"flow": ("m3/s", KJ_PER_M3_K), "mass flow": ("kg/s", KJ_PER_KG_K)}


def heat_load(written: WrittenRule, entry: HeatLoadRule) -> Found | None:
    """Return the condition with its points; None after telling what is wrong."""
    found = [_branch(written, n, each) for n, each in enumerate(entry.branches)]
    limit = _power(written, entry.limit, "limit")
    deadband = _power(written, entry.deadband, "deadband") if entry.deadband else 0.0
    if limit is None or deadband is None:
        return None
    if limit <= 0:
        written.findings.fault(
            written.origin.place("limit"), "heat-limit-not-positive", value=str(entry.limit)
        )
        return None
    if not 0 <= deadband < limit:
        place = written.origin.place("deadband")
        written.findings.fault(place, "rule-deadband-too-wide", value=str(entry.deadband))
        return None
    sound = [each for each in found if each is not None]
    if len(sound) < len(found):
        return None
    branches = tuple(branch for branch, _ in sound)
    points = tuple(dict.fromkeys(point for _, of in sound for point in of))
    return Found(HeatLoad(branches, Threshold(limit, deadband), Direction(entry.direction)), points)


def _branch(written: WrittenRule, n: int, entry: BranchEntry) -> tuple[Branch, tuple[Point, ...]] | None:
    flow = written.point(entry.flow, "branches", n, "flow", numeric=True)
    inlet = written.point(entry.inlet, "branches", n, "inlet", numeric=True)
    outlet = written.point(entry.outlet, "branches", n, "outlet", numeric=True)
    if flow is None or inlet is None or outlet is None:
        return None
    kelvins = _kelvins(written, inlet, outlet, n)
    unit = UNITS.get(flow.unit)
    if unit is None or unit.dimension not in _FLOWS:
        place = written.origin.place("branches", n, "flow")
        written.findings.fault(place, "heat-no-flow", point=flow.id, unit=flow.unit or "–")
        return None
    if kelvins is None:
        return None
    into, heat = _FLOWS[unit.dimension]
    factor = heat * convert_difference(1.0, flow.unit, into) * kelvins
    return Branch(flow.id, inlet.id, outlet.id, factor), (flow, inlet, outlet)


def _kelvins(written: WrittenRule, inlet: Point, outlet: Point, n: int) -> float | None:
    """Return how many K one of the temperatures' unit is; None where they are none, or differ."""
    for point, key in ((inlet, "inlet"), (outlet, "outlet")):
        unit = UNITS.get(point.unit)
        if unit is None or unit.dimension != "temperature" or point.unit != inlet.unit:
            place = written.origin.place("branches", n, key)
            written.findings.fault(place, "heat-no-temperature", point=point.id, unit=point.unit or "–")
            return None
    return convert_difference(1.0, inlet.unit, "K")


def _power(written: WrittenRule, amount: Quantity, *where: Key) -> float | None:
    place = written.origin.place(*where)
    if not amount.unit:
        written.findings.fault(place, "unit-missing", value=amount.number, into=POWER)
        return None
    try:
        return convert_difference(amount.number, amount.unit, POWER)
    except Objection as objection:
        fields = {**objection.fields, "compatible": compatible(POWER)}
        written.findings.fault(place, objection.code, **fields)
        return None
