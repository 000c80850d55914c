"""How a unit stands: whether it is worth a question now, and how long it may think.

A dead unit must not cost its neighbours their slots. One in good standing has
the full time-out; after a silence it rests, ever longer, and each rest ends in
one short probe.
"""

from collections import deque
from random import Random
from typing import Final

from drivers.backoff import Backoff

REST_FIRST_S: Final = 0.5
REST_CAP_S: Final = 4.0
"""So that a unit that is back is polled again within 5 s, its probe included."""
PROBE_MIN_S: Final = 0.1
PROBE_FACTOR: Final = 3
"""A probe waits for three times what the unit has needed so far (99 % of its answers)."""
WRONGS_MAX: Final = 3
"""Answers in a row that do not fit, after which it rests as if it were silent: one alone is noise."""
_MEMORY: Final = 100
"""Answers whose time is remembered."""


class Standing:
    """One unit's record. Times in seconds and in nanoseconds of the monotonic clock."""

    def __init__(self, timeout_s: float, rng: Random) -> None:
        self._full_s = timeout_s
        self._rest = Backoff(first_s=REST_FIRST_S, cap_s=REST_CAP_S, rng=rng)
        self._rests_until_ns = 0
        self._took_s: deque[float] = deque(maxlen=_MEMORY)
        self._answers_late = False
        self.failures = 0
        self.wrongs = 0  # answers that did not fit, since the last one that did
        self.is_questioned = False  # one of its blocks failed; another one is to tell whether it lives

    def rests(self, now_ns: int) -> bool:
        """Return whether the unit is in back-off and not to be asked now."""
        return self.failures > 0 and now_ns < self._rests_until_ns

    @property
    def is_good(self) -> bool:
        """Whether the unit has answered, and not been silent since."""
        return self.failures == 0 and bool(self._took_s)

    @property
    def is_probed(self) -> bool:
        """Whether it is only asked to find out whether it lives."""
        return self.failures > 0 or self.is_questioned

    def timeout_s(self) -> float:
        """Return how long to wait for the next answer."""
        if not self.is_probed or self._answers_late:
            return self._full_s
        return min(self._full_s, max(PROBE_MIN_S, PROBE_FACTOR * self._slow_s()))

    def _slow_s(self) -> float:
        if not self._took_s:
            return 0.0
        return sorted(self._took_s)[len(self._took_s) * 99 // 100 - 1]

    def answered(self, took_s: float) -> None:
        """Note an answer: the unit is in good standing."""
        self.failures = self.wrongs = 0
        self.is_questioned = self._answers_late = False
        self._took_s.append(took_s)
        self._rest.reset()

    def silent(self, now_ns: int) -> None:
        """Note that nothing came in time: the unit rests."""
        self.failures += 1
        self.is_questioned = self._answers_late = False
        self._rests_until_ns = now_ns + round(self._rest.next_s() * 1e9)

    def may_be_back(self) -> None:
        """Note that the way to the unit is a new one: what rest is left is not waited for."""
        self._rests_until_ns = 0

    def wrong(self) -> bool:
        """Note an answer that did not fit; return whether it is time to rest for it."""
        self.wrongs += 1
        return self.wrongs >= WRONGS_MAX

    def question(self) -> None:
        """Note that a block failed, which says nothing yet of the unit."""
        self.is_questioned = True

    def answered_late(self) -> None:
        """Note an answer after its time: the unit lives, so the next probe has the full time-out.

        A unit that became slower than three times its former self would
        otherwise never be heard again.
        """
        self._answers_late = True
