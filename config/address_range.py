"""Ranges of register addresses as they stand in a file: `0x0100-0x01FF`, `256-511`, or one address alone."""

import re
from typing import Annotated, Final

from pydantic import BeforeValidator, WithJsonSchema

from config.fault import Objection

_NUMBER: Final = r"(?:0[xX][0-9A-Fa-f]{1,4}|[0-9]{1,6})"
_RANGE: Final = re.compile(rf"^\s*({_NUMBER})(?:\s*-\s*({_NUMBER}))?\s*$", re.ASCII)


def parse_range(value: object) -> tuple[int, int]:
    """Return the first and the last address of a range, as the file counts them.

    Raises Objection for anything but addresses, and where the last is below the first.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, tuple):
        return value[0], value[1]  # it was read already
    match = _RANGE.match(value) if isinstance(value, str) else None
    if match is None:
        raise Objection("address-range-wrong", value=value)
    first = _number(match[1])
    last = _number(match[2]) if match[2] else first
    if last < first:
        raise Objection("address-range-reversed", first=first, last=last)
    return first, last


def _number(text: str) -> int:
    return int(text, 16) if text[:2] in ("0x", "0X") else int(text)


AddressRange = Annotated[
    tuple[int, int],
    BeforeValidator(parse_range),
    WithJsonSchema(
        {
            "anyOf": [
                {
                    "type": "string",
                    "pattern": rf"^\s*{_NUMBER}(\s*-\s*{_NUMBER})?\s*$",
                    "examples": ["0x0100-0x01FF"],
                },
                {"type": "integer", "minimum": 0},
            ]
        }
    ),
]
"""First and last address of a range, as the file counts them."""
