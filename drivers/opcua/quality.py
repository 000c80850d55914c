"""From an OPC UA data value to our value and quality, and what is wrong where there is none.

Status codes: OPC 10000-4 section 7.39 and OPC 10000-8 (data access). The upper
16 bits are the code. Of the lower ones only the limit bits matter, and of these only
"constant": a value held at one end of its range may be a detector in clean air.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from asyncua import ua

from config.model import Point
from config.source import NodeSource
from drivers.opcua.text import is_text, raw_bytes
from drivers.opcua.troubles import Trouble
from drivers.ranges import judge
from drivers.reading import Quality, Value

_CODE: Final = 0xFFFF0000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

_INFO_TYPE: Final = 0x0C00
_DATA_VALUE: Final = 0x0400  # the limit bits are in use
_LIMIT_BITS: Final = 0x0300
_CONSTANT: Final = 0x0300

_NO_TIME_BEFORE_NS: Final = 0
"""OPC UA's "no time" is 1601, and no clock of a plant has ever said a time before 1970."""

_STALE: Final = frozenset(
    {ua.StatusCodes.UncertainLastUsableValue, ua.StatusCodes.UncertainNoCommunicationLastUsableValue}
)
"""The server repeats an old value: never passed on as if it were new."""

_COMMUNICATION: Final = frozenset(
    {
        ua.StatusCodes.BadCommunicationError,
        ua.StatusCodes.BadConnectionClosed,
        ua.StatusCodes.BadNoCommunication,
        ua.StatusCodes.BadNotConnected,
        ua.StatusCodes.BadRequestTimeout,
        ua.StatusCodes.BadServerHalted,
        ua.StatusCodes.BadServerNotConnected,
        ua.StatusCodes.BadShutdown,
        ua.StatusCodes.BadTimeout,
        ua.StatusCodes.BadWaitingForInitialData,
    }
)
"""The server does not reach the device; every other Bad code is the device's own fault."""

_UNKNOWN: Final = frozenset({ua.StatusCodes.BadNodeIdUnknown, ua.StatusCodes.BadNodeIdInvalid})
_UNREADABLE: Final = frozenset(
    {
        ua.StatusCodes.BadNotReadable,
        ua.StatusCodes.BadUserAccessDenied,
        ua.StatusCodes.BadAttributeIdInvalid,
        ua.StatusCodes.BadNotSupported,
    }
)


_GOOD_BUT: Final = {
    ua.StatusCodes.GoodLocalOverride: Quality.MANUAL,  # somebody forced the value
    ua.StatusCodes.GoodClamped: Quality.SUSPECT,
}


def quality_of(status: ua.StatusCode) -> Quality:
    """Return the quality that a status code alone stands for."""
    code = status.value & _CODE
    if status.is_good():
        is_constant = status.value & (_INFO_TYPE | _LIMIT_BITS) == _DATA_VALUE | _CONSTANT
        return _GOOD_BUT.get(code, Quality.SUSPECT if is_constant else Quality.GOOD)
    if code in _STALE:
        return Quality.STALE
    if status.is_uncertain():
        return Quality.SUSPECT
    return Quality.COMM_FAULT if code in _COMMUNICATION else Quality.DEVICE_FAULT


def reading_of(point: Point, data: ua.DataValue) -> tuple[Value, Quality]:
    """Return a point's value and quality.

    A value beyond the measuring range keeps its direction even when the server
    doubts it: the doubt must not hide a detector driven off its scale.
    """
    quality = quality_of(data.StatusCode or ua.StatusCode())
    if quality.is_bad:
        return None, quality
    raw = _element(point, data)
    if isinstance(raw, Trouble):
        return None, Quality.DEVICE_FAULT if raw.code == "element-missing" else Quality.NOT_A_NUMBER
    value = _typed(point.datatype, raw)
    if value is None:
        return None, Quality.NOT_A_NUMBER
    if isinstance(value, str):
        return value, quality
    value, judged = judge(point, value)
    return value, quality if judged.is_good else judged


def trouble_of(point: Point, data: ua.DataValue) -> Trouble | None:
    """Return what a person must mend so that a value can be had; None if it is the device's business."""
    status = data.StatusCode or ua.StatusCode()
    if quality_of(status).is_bad:
        return status_trouble(status) if status.value & _CODE in _UNKNOWN | _UNREADABLE else None
    raw = _element(point, data)
    if isinstance(raw, Trouble):
        return raw
    if raw is None or _typed(point.datatype, raw) is not None:
        return None
    if point.datatype == "string" and _text(raw) is not None:
        return Trouble("text-not-utf-8", raw_bytes(_text(raw) or ""))
    kind = data.Value.VariantType.name if data.Value is not None else "?"
    return Trouble("value-of-other-type", f"{kind} → {point.datatype}")


def status_trouble(status: ua.StatusCode) -> Trouble:
    """Return what it means that the server refuses a node with this status."""
    code = status.value & _CODE
    if code in _UNKNOWN:
        return Trouble("node-unknown", status.name)
    return Trouble("node-unreadable" if code in _UNREADABLE else "node-refused", status.name)


def source_ns(data: ua.DataValue) -> int | None:
    """Return the source's own time in nanoseconds since 1970, where the server gives one; see clocks.py."""
    stamp_ns = None if data.SourceTimestamp is None else nanoseconds(data.SourceTimestamp)
    return None if stamp_ns is None or stamp_ns < _NO_TIME_BEFORE_NS else stamp_ns


def nanoseconds(stamp: datetime) -> int:
    """Return a server's time in nanoseconds since 1970."""
    aware = stamp if stamp.tzinfo is not None else stamp.replace(tzinfo=UTC)
    return (aware - _EPOCH) // _MICROSECOND * 1000


def _element(point: Point, data: ua.DataValue) -> Any:
    """Return the bare value, of an array the element that the point names; or what is wrong with it.

    The element is picked here and not by the server (IndexRange): some servers
    overlook the range and send the whole array, whose first element would then
    pass for any other.
    """
    raw = None if data.Value is None else data.Value.Value
    index = point.source.index if isinstance(point.source, NodeSource) else None
    if index is None:
        return Trouble("value-is-array", str(len(raw))) if isinstance(raw, list) else raw
    if not isinstance(raw, list):
        return raw if raw is None else Trouble("value-is-no-array", str(index))
    if index >= len(raw):
        return Trouble("element-missing", f"{index} ≥ {len(raw)}")
    return Trouble("value-is-array", "2D") if isinstance(raw[index], list) else raw[index]


def _typed(datatype: str, raw: Any) -> float | int | bool | str | None:
    """Return a value of the point's datatype; None if it is of another. Nothing is guessed or rounded."""
    match datatype:
        case "bool":
            return bool(raw) if isinstance(raw, bool | int) and raw in (0, 1) else None
        case "string":
            text = _text(raw)
            return text if text is not None and is_text(text) else None
        case "int":
            whole = isinstance(raw, int) or (isinstance(raw, float) and raw.is_integer())
            # Beyond 64 bits it is no count of anything, but a double that was never set.
            is_count = whole and not isinstance(raw, bool) and -(2**63) <= raw < 2**64
            return int(raw) if is_count else None
        case _:
            return raw if isinstance(raw, float | int) and not isinstance(raw, bool) else None


def _text(raw: Any) -> str | None:
    text = raw.Text if isinstance(raw, ua.LocalizedText) else raw
    return text if isinstance(text, str) else None
