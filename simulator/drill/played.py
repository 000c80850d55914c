"""What a drill did, beside what its processes left behind."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from simulator.demo.store_reader import Store


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that was done or found (a code of messages.py), and whether it is as it should be."""

    code: str
    fields: dict[str, Any] = field(default_factory=dict)
    is_right: bool = True


@dataclass(frozen=True, slots=True)
class Played:
    """The notes of a drill, and the store as it was before the drill damaged it."""

    notes: Sequence[Note] = ()
    before: Store | None = None
