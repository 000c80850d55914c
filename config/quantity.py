"""Quantities with units, as they stand in a plant file: `30s`, `20GB`, `4.5 MPa`."""

import re
from dataclasses import dataclass
from typing import Final

from config.fault import Objection

SECONDS_PER: Final = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "y": 365 * 86400.0}
BYTES_PER: Final = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9}

_QUANTITY: Final = re.compile(r"^\s*([+-]?\d+(?:\.\d+)?)\s*([^\s\d.+-][^\s]*)?\s*$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and its unit as written; the unit is "" where none was written."""

    number: float
    unit: str

    def __str__(self) -> str:
        return f"{self.number:g} {self.unit}".rstrip()


def split_quantity(text: str) -> tuple[float, str]:
    """Return number and unit of e.g. `4.5 MPa`; the unit may be missing ("").

    Raises Objection (a ValueError) when the text is not a number with at most one unit.
    """
    match = _QUANTITY.match(text)
    if match is None:
        raise Objection("not-a-quantity", value=text)
    return float(match[1]), (match[2] or "").strip()  # a full-width space is no unit


def parse_quantity(value: object) -> Quantity:
    """Return a limit or a deadband; whether its unit fits is for the point to say.

    Raises Objection for anything but a number or a text such as `4.5 MPa`.
    """
    if isinstance(value, Quantity):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Quantity(float(value), "")
    if isinstance(value, str):
        return Quantity(*split_quantity(value))
    raise Objection("not-a-quantity", value=value)


def parse_seconds(value: object) -> float:
    """Return a duration in seconds; a bare number is refused, because nobody knows its unit."""
    return _parse(value, SECONDS_PER, "not-a-duration")


def parse_bytes(value: object) -> int:
    """Return a size in bytes."""
    return round(_parse(value, BYTES_PER, "not-a-size"))


def _parse(value: object, factors: dict[str, float] | dict[str, int], code: str) -> float:
    match = _QUANTITY.match(value) if isinstance(value, str) else None
    if match is None or match[2] not in factors:
        raise Objection(code, value=value, known=tuple(factors))
    return round(float(match[1]) * factors[match[2]], 9)
