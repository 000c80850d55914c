"""Which readings a destination gets. Alarms and events always go.

A policy is applied when sending, never when storing: a message still covers the
records it was cut from, so that even a filtered destination can tell that
everything up to there was considered.
"""

from collections.abc import Iterable
from typing import Protocol

from agent.records import Reading


class Policy(Protocol):
    """Chooses among the readings of one record."""

    def choose(self, readings: Iterable[Reading]) -> Iterable[Reading]:
        """Return those that go, in order."""
        ...


class All:
    """Every reading goes."""

    def choose(self, readings: Iterable[Reading]) -> Iterable[Reading]:
        """Return them as they are."""
        return readings


def build_policy(name: str) -> Policy:
    """Return the policy that the plant file names (config has refused unknown names)."""
    return {"all": All}[name]()
