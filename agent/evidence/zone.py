"""Times as the plant's people read them: in its own zone, with the offset."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agent.records import Json

ZONE_DEFAULT: Final = "Asia/Shanghai"
"""The plant file's own default; catalogues of earlier versions do not tell."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def zone_of(catalogue: Json | None) -> ZoneInfo:
    """Return the zone of a plant by its catalogue record."""
    name = (catalogue or {}).get("timezone", ZONE_DEFAULT)
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError):  # written on a machine that knows more zones than this one
        return ZoneInfo(ZONE_DEFAULT)


def shown(ns: int | None, zone: tzinfo) -> str:
    """Return a time to the millisecond; what no calendar holds stands as nanoseconds."""
    if ns is None:
        return "–"
    try:
        time = (_EPOCH + timedelta(microseconds=ns // 1000)).astimezone(zone)
    except (OverflowError, ValueError):
        return f"{ns} ns"
    return time.isoformat(sep=" ", timespec="milliseconds")


def nanoseconds(time: datetime) -> int:
    """Return a time in nanoseconds since 1970, exactly."""
    return (time - _EPOCH) // timedelta(microseconds=1) * 1000


def parsed(text: str, zone: tzinfo) -> int:
    """Return a time that a person wrote, in `zone` where it names no offset.

    Raises ValueError or OverflowError: it is no time.
    """
    time = datetime.fromisoformat(text)
    return nanoseconds(time if time.tzinfo is not None else time.replace(tzinfo=zone))
