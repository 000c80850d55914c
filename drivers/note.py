"""Something that a driver noticed and people should know, though it is no value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a driver noticed and people should know; told once, when it begins or changes.

    `code` names its sentence in messages.py, `fields` fill it. `kept` maps keys to
    bytes that the driver wants back after a restart (None: no longer).
    """

    code: str
    connection_id: str
    utc_ns: int
    fields: Mapping[str, str | int | float] = field(default_factory=dict)
    kept: Mapping[str, bytes | None] = field(default_factory=dict)


OnNote = Callable[[Note], None]
