"""How one destination stands: up or down, since when, with what last error.

Readings and events wait while it is down, so that one prober, not four streams,
knocks at a platform in trouble. Alarms never wait: a new one ends every
back-off at once, except a pause that the platform asked for.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from agent.uplinks.uplink import Kind, Parcel
from config.model import Text
from drivers.clock import Clock
from drivers.waiting import until

FAILING_FROM: Final = 2
"""Attempts: a single failure is what every outage begins with."""
LONG_LOSS_NS: Final = 5 * 10**9


@dataclass(slots=True)
class Counts:
    """What one destination has confirmed, since the start."""

    messages: int = 0
    failures: int = 0


@dataclass(slots=True)
class Failing:
    """A message that fails, again and again: since when (UTC ns), how often, and why the last time."""

    kind: Kind
    since_ns: int
    attempts: int
    reason: Text


@dataclass(frozen=True, slots=True)
class FailingKind:
    """What fails of one kind: how many messages, since when (UTC ns), in how many attempts, and why last."""

    kind: Kind
    messages: int
    since_ns: int
    attempts: int
    reason: Text


class Standing:
    """Shared by the streams of one destination."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.counts = Counts()
        self.last_error: Text | None = None
        self.down_since_ns: int | None = None
        self.up = asyncio.Event()
        self.down = asyncio.Event()
        self.down.set()
        self._kicked = asyncio.Event()
        self._failed_in_a_row = 0
        self._failing: dict[UUID, Failing] = {}
        self.recoveries = 0
        self.connections = 0  # recoveries from more than a moment's failure, the first one included
        self._refuses_heartbeats = False
        self._has_taken = False  # something, though it refuses heartbeats

    @property
    def refuses_everything(self) -> bool:
        """Whether it refuses even heartbeats, and has taken nothing since: that is no fault of the data."""
        return self._refuses_heartbeats and not self._has_taken

    def passed(self, parcel: Parcel, *, is_taken: bool) -> None:
        """The platform has given a final answer to a message."""
        self._failing.pop(parcel.id, None)
        if parcel.kind is Kind.HEARTBEAT:
            self._refuses_heartbeats = not is_taken
            self._has_taken = self._has_taken and not is_taken  # a platform may lack a word for them
        elif is_taken:
            self._has_taken = True

    @property
    def failing(self) -> Mapping[Kind, FailingKind]:
        """What fails by its kind, while the platform may well take others: whatever failed more than once.

        A heartbeat has no message of its own to fail: it tells whether the platform is up.
        """
        found: dict[Kind, FailingKind] = {}
        for each in self._failing.values():
            if each.attempts >= FAILING_FROM:
                so_far = found.get(each.kind)
                found[each.kind] = FailingKind(
                    each.kind,
                    1 if so_far is None else so_far.messages + 1,
                    each.since_ns if so_far is None else min(so_far.since_ns, each.since_ns),
                    each.attempts if so_far is None else so_far.attempts + each.attempts,
                    each.reason,
                )
        return found

    def fail(self, reason: Text, parcel: Parcel, *, pauses: bool = False) -> bool:
        """Take a failure; return whether it is news (the first one, or a different one).

        One that `pauses`, as the platform asks, is shown at once: the next attempt is far.
        """
        self.note(reason, parcel, attempts=FAILING_FROM if pauses else 1)
        news = self.up.is_set() or self.last_error != reason
        self.up.clear()
        self.down.set()
        self.last_error = reason
        self.counts.failures += 1
        self._failed_in_a_row += 1
        if self.down_since_ns is None:
            self.down_since_ns = self._clock.monotonic_ns()
        return news

    def note(self, reason: Text, parcel: Parcel, *, attempts: int = 1) -> None:
        """Take it that a message fails, whatever that says of the platform."""
        if parcel.kind is Kind.HEARTBEAT:
            return
        found = self._failing.setdefault(parcel.id, Failing(parcel.kind, self._clock.now_ns(), 0, reason))
        found.attempts += attempts
        found.reason = reason

    def recover(self) -> int:
        """Take the first delivery after a start or a failure; return how many attempts failed before it."""
        failed, self._failed_in_a_row = self._failed_in_a_row, 0
        self.connections += not self.recoveries or self.long_down
        self.recoveries += 1
        self.last_error = None
        self.down_since_ns = None
        self.down.clear()
        self.up.set()
        return failed

    @property
    def long_down(self) -> bool:
        """Whether it has been down for so long that more than one refusal must be behind it."""
        down_ns = self.down_since_ns
        return down_ns is not None and self._clock.monotonic_ns() - down_ns > LONG_LOSS_NS

    def kick(self) -> None:
        """End every back-off now: an alarm has come."""
        self._kicked.set()

    async def back_off(self, seconds: float, *, kickable: bool = True) -> None:
        """Wait; `kick` ends it unless the platform itself asked for the pause."""
        due_ns = self._clock.monotonic_ns() + round(seconds * 1e9)
        if kickable:
            self._kicked.clear()
            await until(self._kicked, self._clock, due_ns)
        else:
            await self._clock.sleep_until(due_ns)
