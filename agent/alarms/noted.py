"""What rules have to tell besides alarms: an event for the record, with the state it leads to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Noted:
    """An event, and the state keys to be stored in its transaction (None = delete)."""

    content: dict[str, Any]
    state: Mapping[str, bytes | None] = field(default_factory=dict)


Note = Callable[[Noted], None]
"""Takes an event at once; nothing waits for it."""
