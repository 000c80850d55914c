"""Quantities with units, as they stand in a plant file: `30s`, `20GB`, `4.5 MPa`."""

import re
from typing import Final

SECONDS_PER: Final = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "y": 365 * 86400.0}
BYTES_PER: Final = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9}

_QUANTITY: Final = re.compile(r"^\s*([+-]?\d+(?:\.\d+)?)\s*([^\s\d][^\s]*)?\s*$")


def split_quantity(text: str) -> tuple[float, str]:
    """Return number and unit of e.g. `4.5 MPa`; the unit may be missing ("").

    Raises ValueError when the text is not a number with at most one unit.
    """
    match = _QUANTITY.match(text)
    if match is None:
        raise ValueError(f"'{text}' is not a number with a unit")
    return float(match[1]), match[2] or ""


def parse_seconds(value: object) -> float:
    """Return a duration in seconds; a bare number is refused, because nobody knows its unit."""
    return _parse(value, SECONDS_PER, "30 s")


def parse_bytes(value: object) -> int:
    """Return a size in bytes."""
    return round(_parse(value, BYTES_PER, "20 GB"))


def _parse(value: object, factors: dict[str, float] | dict[str, int], example: str) -> float:
    if isinstance(value, str):
        number, unit = split_quantity(value)
        if unit in factors:
            return number * factors[unit]
    raise ValueError(f"write it with one of the units {', '.join(factors)}, for example {example}")
