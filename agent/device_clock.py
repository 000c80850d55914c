"""How far a device's own clock is off. It is compared, and never believed."""

from datetime import UTC, datetime, tzinfo
from typing import Final

from drivers.reading import Value

CLOCK_OFF_S: Final = 60.0
"""Beyond this a clock is told to be off: what the device logs by itself cannot be joined with our records."""


def offset_s(value: Value, utc_ns: int, zone: tzinfo | None) -> float | None:
    """Return by how many seconds a clock is fast (below 0: slow); None where it shows no time.

    `value` is a date and time as text, or seconds since 1970; `zone` is the zone it keeps, None for UTC.
    """
    now = datetime.fromtimestamp(utc_ns / 1e9, UTC)
    try:
        shown = _shown(value)
    except (ValueError, OverflowError, OSError):
        return None
    if shown is None:
        return None
    return (shown.replace(tzinfo=zone or UTC) - now).total_seconds()


def _shown(value: Value) -> datetime | None:
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value, UTC)
    return None
