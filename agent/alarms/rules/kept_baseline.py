"""A recorded baseline as it is kept beside the records, under `baseline/<rule>`.

It is written in the same transaction as the event that tells of it, and outlives restarts.
"""

from dataclasses import asdict, dataclass
from typing import Final, Self

import orjson

STATE_PREFIX: Final = "baseline/"
"""Key of the outbox's state; the rule's id follows."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the value was; `low` and `high` are the ends of its cycles, or of all its values."""

    mean: float
    low: float
    high: float
    cycles: int
    from_ns: int
    to_ns: int
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A recording that is under way: who asked for it, when, and until when it must be done."""

    since_ns: int
    until_ns: int
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class KeptBaseline:
    """At most one of both: while a new one is recorded, the old one is not valid any more."""

    recorded: Recorded | None = None
    asked: Asked | None = None

    def pack(self) -> bytes:
        """Return the bytes that are stored."""
        return orjson.dumps(
            {
                "recorded": asdict(self.recorded) if self.recorded else None,
                "asked": asdict(self.asked) if self.asked else None,
            }
        )

    @classmethod
    def unpack(cls, packed: bytes | None) -> Self:
        """Read what `pack` wrote; None: nothing was ever recorded."""
        if packed is None:
            return cls()
        stored = orjson.loads(packed)
        recorded, asked = stored["recorded"], stored["asked"]
        return cls(Recorded(**recorded) if recorded else None, Asked(**asked) if asked else None)
