"""When a statement became true, as samples tell: after it was last known false, by the first true one.

A statement on several points is known false only up to the oldest of their samples: any of
them may have changed since. A subscribed point is silent while it stays; it is known up to one
sampling period before a report of a change, or two where only the arrival of the report is known.
"""

from collections.abc import Sequence
from typing import NamedTuple

from agent.alarms.rules.truth import Truth


class Instant(NamedTuple):
    """When a sample was taken; `source_ns` is the time of the server of `connection`, where it gave one."""

    mono_ns: int
    utc_ns: int
    source_ns: int | None = None
    connection: str = ""

    def before_report(self, period_ns: int) -> "Instant":
        """Return up to when a subscribed point was surely as before, if this reports its change.

        The server looked one sampling period earlier; on our clock the report took up to a
        publishing interval more, which is no longer than that.
        """
        source_ns = None if self.source_ns is None else self.source_ns - period_ns
        return Instant(self.mono_ns - 2 * period_ns, self.utc_ns - 2 * period_ns, source_ns, self.connection)


class Onset(NamedTuple):
    """It became true after `after` (None: nobody knows), and by `by`.

    `is_new`: it was known false since it was last known true, so it did become true.
    """

    after: Instant | None
    by: Instant
    is_new: bool


Arrived = Sequence[tuple[int, Instant]]
"""Which points (by place) have been sampled, and when."""


class Track:
    """Follows one statement; `held_ns` is the sampling period of each point, None of a polled one."""

    def __init__(self, held_ns: Sequence[int | None]) -> None:
        self._held_ns = tuple(held_ns)
        self._last: list[Instant | None] = [None] * len(held_ns)
        self._true_at: Instant | None = None
        self._was_false = False  # when it was last known
        self.truth: Truth = None
        self.known_at: Instant | None = None  # up to when all its points are known
        self.false_at: Instant | None = None  # the latest at which it was known false
        self.onset: Onset | None = None  # of the last time it became true

    def see(self, arrived: Arrived, now: Instant, truth: Truth) -> None:
        """Take it that samples of points have come, and what is true with them."""
        before = self._known_to(arrived, now) if self.truth is False else None
        for place, instant in arrived:
            self._last[place] = instant
        by = _latest(*(instant for _, instant in arrived)) or now
        self.known_at = self._known_to(arrived, now)
        if truth is False:
            self.false_at = self.known_at or by
        elif truth is True and self.truth is not True:
            is_new = self.false_at is not None and (
                self._true_at is None or self.false_at.mono_ns > self._true_at.mono_ns
            )
            after = _latest(before, self.false_at, self._true_at)
            if self.onset is not None and not self._was_false:
                after = self.onset.after  # nobody knew in between: it may have been true all along
            self.onset = Onset(after, by, is_new)
        if truth is True:
            self._true_at = by
        if truth is not None:
            self._was_false = not truth
        self.truth = truth

    def _known_to(self, arrived: Arrived, now: Instant) -> Instant | None:
        """Return up to when all points are known: by their last samples, and by the silence since."""
        reported = dict(arrived)
        known: list[Instant] = []
        for place, (last, held_ns) in enumerate(zip(self._last, self._held_ns, strict=True)):
            if last is None:
                return None
            silent = None if held_ns is None else reported.get(place, now).before_report(held_ns)
            known.append(_latest(last, silent) or last)
        return min(known, key=_mono)


def _latest(*instants: Instant | None) -> Instant | None:
    return max((each for each in instants if each is not None), key=_mono, default=None)


def _mono(instant: Instant) -> int:
    return instant.mono_ns
