"""How a raw number becomes a value: by scale and offset, or by what stands at the two ends of the range.

Checked here, because it can only be seen together: a range that the raw number
can never reach is a wrong type, a wrong scale or a wrong range.
"""

from typing import Final

from config.position import Origin
from config.profile import ModbusSource
from config.source import Ends, RegisterType
from config.written import DeviceContext
from config.written_point import WrittenPoint

_SIGNED_BITS: Final = {RegisterType.INT16: 16, RegisterType.INT32: 32, RegisterType.INT64: 64}
RAW_RANGES: Final = {
    RegisterType.INT16: (-(2**15), 2**15 - 1),
    RegisterType.UINT16: (0, 2**16 - 1),
    RegisterType.INT32: (-(2**31), 2**31 - 1),
    RegisterType.UINT32: (0, 2**32 - 1),
    RegisterType.INT64: (-(2**63), 2**63 - 1),
    RegisterType.UINT64: (0, 2**64 - 1),
    RegisterType.BCD16: (0, 9999),
    RegisterType.BCD32: (0, 99_999_999),
    RegisterType.PACKED: (0, 2**16 - 1),
}
"""What a whole number of a type can be."""

_PATTERNS: Final = {RegisterType.BCD16: 16, RegisterType.BCD32: 32}
"""Types whose sentinels are the bits as they stand, not the number that they mean."""


def ends_of(
    device: DeviceContext, written: WrittenPoint, source: ModbusSource, type_: RegisterType
) -> Ends | None:
    """Return the two ends between which a value is linear; None where it is scaled, or after a fault."""
    origin, findings = written.origin.at("modbus"), device.findings
    if source.raw_range is None:
        if source.signal is not None and not origin.has("raw_range"):
            findings.fault(origin.place("signal"), "signal-without-raw-range")
        return None
    if type_.is_text:
        return None  # told with the other keys that a text cannot have
    if type_ not in RAW_RANGES and not type_.is_float:
        findings.fault(origin.place("raw_range", at_key=True), "raw-range-of-no-number", type=type_.value)
        return None
    if origin.has("scale") or origin.has("offset"):
        findings.fault(origin.place("raw_range", at_key=True), "raw-range-and-scale")
    if written.entry.range is None:
        if not written.origin.has("range"):
            findings.fault(origin.place("raw_range", at_key=True), "raw-range-without-range")
        return None
    lowest, highest = _raw_limits(source, type_) or source.raw_range
    for index, raw in enumerate(source.raw_range):
        if not lowest <= raw <= highest:
            fields = {"value": raw, "type": type_.value, "least": lowest, "most": highest}
            findings.fault(origin.place("raw_range", index), "raw-range-impossible", **fields)
    return Ends(source.raw_range, written.entry.range, source.signal is not None)


def check_range(
    device: DeviceContext, written: WrittenPoint, source: ModbusSource, type_: RegisterType
) -> None:
    """Tell a measuring range that the scaled raw number can never reach."""
    limits = _raw_limits(source, type_)
    if written.entry.range is None or limits is None or source.raw_range is not None:
        return
    if type_ is RegisterType.PACKED:
        limits = (0, 256 - 10.0 ** -(source.places or 1))
    reached = sorted(raw * source.scale + source.offset for raw in limits)
    low, high = written.entry.range
    dust = 1e-9 * (reached[1] - reached[0])
    if low < reached[0] - dust or high > reached[1] + dust:
        fields = {"low": low, "high": high, "least": reached[0], "most": reached[1], "type": type_.value}
        device.findings.fault(written.origin.place("range"), "range-impossible", **fields)


def _raw_limits(source: ModbusSource, type_: RegisterType) -> tuple[float, float] | None:
    """Return the least and the greatest raw number; None of what is no whole number."""
    if source.bits is not None:
        return 0, 2 ** (source.bits[1] - source.bits[0] + 1) - 1
    return RAW_RANGES.get(type_)


def sentinels_of(
    device: DeviceContext, origin: Origin, source: ModbusSource, type_: RegisterType
) -> tuple[int, ...]:
    """Return the sentinels as the numbers that decoding yields: 0x8000 of an int16 is -32768."""
    bits = _SIGNED_BITS.get(type_, 0)
    low, high = (0, 2 ** _PATTERNS[type_] - 1) if type_ in _PATTERNS else RAW_RANGES.get(type_, (0, 0))
    found: list[int] = []
    for index, written in enumerate(source.sentinels):
        number = written - 2**bits if bits and high < written < 2**bits else written
        if type_.is_float or low <= number <= high:
            found.append(number)
        else:
            place = origin.place("sentinels", index)
            device.findings.fault(place, "sentinel-impossible", value=written, type=type_.value)
    return tuple(found)
