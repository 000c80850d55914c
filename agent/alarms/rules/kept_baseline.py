"""A recorded baseline as it is kept beside the records, under `baseline/<rule>`.

It is written in the same transaction as the event that tells of it, and outlives restarts.
"""

from dataclasses import asdict, dataclass, replace
from typing import Final, Self

import orjson

from config.condition import Baseline

STATE_PREFIX: Final = "baseline/"
"""Key of the outbox's state; the rule's id follows."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the value was; `low` and `high` are the ends of its cycles, or of all its values.

    `basis` is what it was reckoned of and how: of another point, or in another way, it is no baseline.
    """

    mean: float
    low: float
    high: float
    cycles: int
    from_ns: int
    to_ns: int
    by: str
    reason: str = ""
    basis: str = ""


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
    def unpack(cls, packed: bytes) -> Self:
        """Read what `pack` wrote. Raises KeyError, TypeError, ValueError."""
        stored = orjson.loads(packed)
        recorded, asked = stored["recorded"], stored["asked"]
        return cls(Recorded(**recorded) if recorded else None, Asked(**asked) if asked else None)

    def on(self, basis: str) -> Self:
        """Return it without a baseline that was reckoned otherwise."""
        is_other = self.recorded is not None and self.recorded.basis != basis
        return replace(self, recorded=None) if is_other else self


def basis_of(baseline: Baseline) -> str:
    """Return what a baseline is reckoned of, and how."""
    how = f"window {baseline.window_s:g} s" if baseline.swing is None else f"swing {baseline.swing:g}"
    during = baseline.during
    return f"{baseline.point} {how}" + (
        f" during {during.point} {during.relation} {during.at:g}" if during else ""
    )
