"""Settings of a device that are read back: what each should be, as far as the file says it elsewhere.

A detector whose unit was changed at its keypad sends the same numbers as ever;
only its unit register tells. So unit, decimals, range and limits are compared
with what the file says of the points that they belong to.
"""

import math
from collections.abc import Callable, Mapping
from typing import Final

from config.model import Readback, Role
from config.selfreport import ReadbackEntry
from config.unit import canonical
from config.written import DeviceContext
from config.written_point import WrittenPoint

PERIOD_S: Final = 60.0
"""How often a setting is read where nothing else is said."""

_LIMITS: Final = frozenset({Role.HIHI, Role.HI, Role.LO, Role.LOLO})
_IN_UNIT: Final = _LIMITS | {Role.RANGE_LOW, Role.RANGE_HIGH}
_OF_A_QUANTITY: Final = _IN_UNIT | {Role.UNIT, Role.DECIMALS}
_WHOLE: Final = ("int16", "uint16", "int32", "uint32", "int64", "uint64", "bcd16", "bcd32")

Expected = float | str | None
_Of = tuple[WrittenPoint, ...]


def resolve_readback(device: DeviceContext, written: WrittenPoint, of: _Of) -> Readback | None:
    """Return what a setting is and should be; None after telling what is wrong with it."""
    entry = written.entry.readback
    assert entry is not None, written.name
    role, findings, origin = Role(entry.role), device.findings, written.says.at("readback")
    if entry.units is not None and role is not Role.UNIT:
        findings.fault(origin.place("units", at_key=True), "units-of-no-unit", role=role.value)
    if entry.zone is not None and role is not Role.CLOCK:
        findings.fault(origin.place("zone", at_key=True), "zone-of-no-clock", role=role.value)
    if role in _OF_A_QUANTITY and not of:
        if not origin.has("of"):
            findings.fault(origin.place("role"), "readback-of-nothing", role=role.value)
        return None
    expected = _EXPECTED.get(role, _as_written)(device, written, of)
    units = {raw: canonical(unit) for raw, unit in (entry.units or {}).items()}
    return Readback(role, expected, units, is_utc=role is Role.CLOCK and _is_utc(written, entry))


def unit_of(device: DeviceContext, written: WrittenPoint) -> str:
    """Return a point's unit; a limit or an end of a range has that of the point it belongs to."""
    entry = written.entry
    if entry.unit or entry.readback is None or Role(entry.readback.role) not in _IN_UNIT:
        return entry.unit
    units = {point.entry.unit for point in device.points if _belongs(written, point, entry.readback)}
    return units.pop() if len(units) == 1 else ""


def decimals_from(device: DeviceContext, written: WrittenPoint) -> str | None:
    """Return the point whose value says how many decimals `written` has; None where the file says it."""
    if _has_scale(written) or written.entry.modbus is None or written.entry.modbus.type not in _WHOLE:
        return None
    for point in device.points:
        readback = point.entry.readback
        if readback is not None and readback.role == "decimals" and _belongs(point, written, readback):
            return point.name
    return None


def period_of(
    device: DeviceContext, written: WrittenPoint, default_s: Callable[[WrittenPoint], float]
) -> float:
    """Return how often a setting is read: slowly, but decimals as often as what they scale."""
    if written.entry.period is not None:
        return written.entry.period
    scaled = [point for point in device.points if decimals_from(device, point) == written.name]
    return min([PERIOD_S, *map(default_s, scaled)])


def _belongs(setting: WrittenPoint, point: WrittenPoint, readback: ReadbackEntry) -> bool:
    if point.name == setting.name or (setting.channel is not None and setting.channel != point.channel):
        return False
    return point.is_measured if readback.of is None else bool({point.name, point.base} & set(readback.of))


def _has_scale(written: WrittenPoint) -> bool:
    source = written.entry.modbus
    return source is None or "scale" in source.model_fields_set or source.raw_range is not None


def _is_utc(written: WrittenPoint, entry: ReadbackEntry) -> bool:
    """Seconds since 1970 are UTC by definition; a date is mostly what the clock on the wall shows."""
    if entry.zone is not None:
        return entry.zone == "utc"
    source = written.entry.modbus
    return source is not None and source.type in _WHOLE


def _as_written(device: DeviceContext, written: WrittenPoint, of: _Of) -> Expected:
    entry = written.entry.readback
    return None if entry is None else entry.expect


def _constant(device: DeviceContext, written: WrittenPoint, of: _Of) -> Expected:
    expected = _as_written(device, written, of)
    if expected is None and not written.says.has("readback", "expect"):
        device.findings.fault(written.says.place("readback", at_key=True), "constant-without-value")
    return expected


def _unit(device: DeviceContext, written: WrittenPoint, of: _Of) -> Expected:
    entry, origin = written.entry.readback, written.says.at("readback")
    units = {canonical(point.entry.unit) for point in of}
    if len(units) != 1:
        device.findings.fault(origin.place("role"), "readback-of-several-units", units=sorted(units))
        return None
    expected = units.pop()
    assert entry is not None, written.name
    is_text = written.entry.modbus is not None and written.entry.modbus.type == "string"
    if entry.units is None and not is_text and not origin.has("units"):
        device.findings.fault(origin.place(at_key=True), "unit-register-without-units")
    elif entry.units is not None and expected not in map(canonical, entry.units.values()):
        device.findings.fault(origin.place("units", at_key=True), "unit-never", unit=expected)
    return expected


def _decimals(device: DeviceContext, written: WrittenPoint, of: _Of) -> Expected:
    origin = written.says.at("readback")
    wrong = [p for p in of if p.entry.modbus is not None and p.entry.modbus.type not in _WHOLE]
    if wrong:
        device.findings.fault(origin.place("role"), "decimals-of-no-integer", point=wrong[0].name)
        return None
    scales = {p.entry.modbus.scale for p in of if p.entry.modbus is not None and _has_scale(p)}
    if not scales:
        return None
    scale = scales.pop()
    places = -round(math.log10(scale)) if scale > 0 else 0
    if scales or float(f"1e{-places}") != scale:
        device.findings.fault(origin.place("role"), "decimals-against-scale", scale=scale)
        return None
    return places


def _end(index: int) -> Callable[[DeviceContext, WrittenPoint, _Of], Expected]:
    def expected(device: DeviceContext, written: WrittenPoint, of: _Of) -> Expected:
        if (said := _as_written(device, written, of)) is not None:
            return said
        ends = {point.entry.range[index] for point in of if point.entry.range is not None}
        return ends.pop() if len(ends) == 1 else None

    return expected


_EXPECTED: Final[Mapping[Role, Callable[[DeviceContext, WrittenPoint, _Of], Expected]]] = {
    Role.CONSTANT: _constant,
    Role.UNIT: _unit,
    Role.DECIMALS: _decimals,
    Role.RANGE_LOW: _end(0),
    Role.RANGE_HIGH: _end(1),
}
