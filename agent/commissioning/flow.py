"""YAML on one line, as people write it in a plant file: quotes only where they are needed."""

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

_PLAIN: Final = re.compile(r"^[°µ]?[A-Za-z\u4e00-\u9fff][\w .°%/²³µ()+-]*(?<![\s.])$")
_QUANTITY: Final = re.compile(r"^[0-9][0-9.]* [A-Za-z°µ%][\w/°%]*$")
_NOT_TEXT: Final = frozenset({"true", "false", "null"})
_EXACT_BELOW: Final = 1e15  # up to here a float holds every whole number


def flow(value: object) -> str:
    """Return a value as YAML in flow style. A plain text stays plain where it can be nothing else."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Sequence):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number(value)
    return "null" if value is None else _text(str(value))


def number(value: float) -> str:
    """Return a number that reads as the same number again, whole ones without a point."""
    if value == int(value) and abs(value) < _EXACT_BELOW:
        return str(int(value))
    return repr(value)


def decimal(value: float) -> str:
    """Return a number without an exponent, for a quantity such as `0.5 s`."""
    return number(value) if value == int(value) else format(Decimal(repr(value)), "f")


def quantity(value: float, unit: str) -> str | float:
    """Return a number with its unit, or the bare number where there is none."""
    return f"{decimal(value)} {unit}" if unit else value


def _key(key: object) -> str:
    return _text(str(key))


def _text(text: str) -> str:
    is_plain = _QUANTITY.match(text) or (_PLAIN.match(text) and text.lower() not in _NOT_TEXT)
    return text if is_plain and "\n" not in text else json.dumps(text, ensure_ascii=False)
