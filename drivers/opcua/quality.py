"""From an OPC UA data value to our value, quality and source time.

Status codes: OPC 10000-4 section 7.39 and OPC 10000-8 (data access). The upper
16 bits are the code; the lower ones say more about it and are not needed.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from asyncua import ua

from config.model import Point
from drivers.ranges import judge
from drivers.reading import Quality, Value

_CODE: Final = 0xFFFF0000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

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


def quality_of(status: ua.StatusCode) -> Quality:
    """Return the quality that a status code alone stands for."""
    code = status.value & _CODE
    if status.is_good():
        return Quality.GOOD
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
    raw = None if data.Value is None else data.Value.Value
    if not isinstance(raw, float | int | bool):
        return None, Quality.NOT_A_NUMBER
    value, judged = judge(point, raw)
    return value, quality if judged.is_good else judged


def source_ns(data: ua.DataValue) -> int | None:
    """Return the device's own time in nanoseconds since 1970, where the server gives one."""
    stamp: datetime | None = data.SourceTimestamp
    if stamp is None:
        return None
    aware = stamp if stamp.tzinfo is not None else stamp.replace(tzinfo=UTC)
    return (aware - _EPOCH) // _MICROSECOND * 1000
