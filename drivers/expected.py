"""A setting that was read back, against what the file says it should be."""

import math
from typing import Final

from config.model import Readback, Role
from config.unit import canonical
from drivers.reading import Value

RELATIVE: Final = 1e-6
"""A float32 has seven digits: -123.45 comes back as -123.4499969."""


def setting(readback: Readback, value: Value) -> Value:
    """Return a setting as people know it: the unit of a unit register, else the value itself."""
    if readback.role is not Role.UNIT:
        return value
    if isinstance(value, str):
        return canonical(value)
    if isinstance(value, int | float):
        return readback.units.get(int(value), str(value))
    return None


def agrees(readback: Readback, value: Value, expected: float | str | None) -> bool:
    """Return whether a setting is what it should be; True where nothing is expected, or nothing was read."""
    if expected is None or value is None:
        return True
    found = setting(readback, value)
    if isinstance(found, str) or isinstance(expected, str):
        return str(found) == str(expected)
    return found is not None and math.isclose(found, expected, rel_tol=RELATIVE, abs_tol=RELATIVE**2)
