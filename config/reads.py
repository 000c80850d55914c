"""How a device lets itself be read: what must never be read, what may be, and how often."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal

from config.addresses import ADDRESSES
from config.fault import Place
from config.modbus_link import Modbus
from config.model import Device, Point
from config.source import RegisterSource
from config.written import DeviceContext
from config.written_point import WrittenPoint

PERIOD_MIN_S: Final = 0.1
PERIOD_MAX_S: Final = 86400.0

Range = tuple[int, int]
"""The addresses [first, end), counted from 0 as on the wire."""


def resolve_ranges(device: DeviceContext, key: Literal["forbidden", "readable"]) -> tuple[Range, ...]:
    """Return the ranges that profile and device write under `key`; those with faults are left out."""
    return tuple(range_ for range_, _ in _ranges(device, key))


def check_period(device: DeviceContext, written: WrittenPoint, period_s: float) -> None:
    """Tell a period that no Modbus device can be asked at, or that is no monitoring any more."""
    if not isinstance(device.connection, Modbus) or PERIOD_MIN_S <= period_s <= PERIOD_MAX_S:
        return
    place = device.origin.place("period")
    if device.entry.period is None:
        in_profile = written.entry.period is None and device.profile is not None
        origin = device.profile.origin if in_profile and device.profile else written.says
        place = origin.place("period")
    device.findings.fault(place, "period-outside", period=period_s, least=PERIOD_MIN_S, most=PERIOD_MAX_S)


def check_reads(devices: Iterable[tuple[DeviceContext, Device]]) -> None:
    """Tell every point that lies where its unit must not be read, or that is longer than one read may be."""
    units: dict[tuple[str, int | None], list[tuple[DeviceContext, Device]]] = {}
    for context, device in devices:
        if isinstance(context.connection, Modbus):
            units.setdefault((device.connection_id, device.unit_id), []).append((context, device))
    for sharing in units.values():
        forbidden = [each for context, _ in sharing for each in _forbidden(context)]
        most = min(device.max_registers for _, device in sharing)
        for context, device in sharing:
            written = {f"{device.id}.{point.name}": point for point in context.points}
            for point in device.points:
                _check_point(context, written, point, forbidden, most)


def _check_point(
    context: DeviceContext,
    written: Mapping[str, WrittenPoint],
    point: Point,
    forbidden: list[tuple[Range, Place, DeviceContext]],
    most: int,
) -> None:
    source = point.source
    if not isinstance(source, RegisterSource) or point.id not in written:
        return
    origin = written[point.id].origin.at("modbus")
    first, end = source.address, source.address + source.registers
    for (low, high), place, owner in forbidden:
        if low < end and first < high:
            # The plant's own word is to be mended, not a profile that is shipped.
            is_plants = place.file == owner.origin.place().file and origin.place().file != place.file
            context.findings.fault(
                place if is_plants else origin.place("address"),
                "point-forbidden",
                point=point.id,
                first=first,
                last=end - 1,
                low=low,
                high=high - 1,
            )
    if not source.table.holds_bits and source.registers > most:
        context.findings.fault(
            origin.place("type"), "value-too-long", point=point.id, registers=source.registers, most=most
        )


def _forbidden(context: DeviceContext) -> Iterator[tuple[Range, Place, DeviceContext]]:
    for range_, place in _ranges(context, "forbidden"):
        yield range_, place, context


def _ranges(device: DeviceContext, key: Literal["forbidden", "readable"]) -> Iterator[tuple[Range, Place]]:
    base, shift = device.modbus().address_base, device.modbus().shift or 0
    profile = device.profile
    sources = [(profile.entry.modbus, profile.origin)] if profile is not None else []
    for defaults, origin in (*sources, (device.entry.modbus, device.origin)):
        for index, (first, last) in enumerate(getattr(defaults, key)):
            place = origin.place("modbus", key, index)
            low, high = (_from_zero(number, base) for number in (first, last))
            if low < 0 or low > high or high + shift >= ADDRESSES:
                device.findings.fault(place, "address-range-outside", first=first, last=last)
            else:
                yield (low + shift, high + shift + 1), place


def _from_zero(number: int, base: Literal[0, 1, "modicon"] | None) -> int:
    if base != "modicon":
        return number - (base or 0)
    # 40101 is the 101st register; what is forbidden or readable is so in every table.
    return number % (100_000 if number >= 100_000 else 10_000) - 1
