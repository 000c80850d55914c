"""Whose answer may it be? Requests on a line that may still be answered, ours and others'.

An RTU answer names its unit, function and byte count, and nothing else of its
request. Two requests that agree in these are told apart only by their order, and
order is lost when one of them was given up, or was asked by another master. Then
an answer is in doubt, and an answer in doubt is never taken: a value read from
another address looks as good as any.

There are units that send unasked (active mode), and answers that come twice (two units
with one address, a serial server that repeats). Once such a frame was heard, all that
looks like it is in doubt for a minute.

A unit answers in the order in which it was asked. So once it has answered what
cannot be mistaken, all that it was asked before is settled.

Pure: time is an argument, in nanoseconds of the monotonic clock.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

LATE_NS: Final = 2_000_000_000
"""How long after a request was given up its answer may still come."""
FOREIGN_NS: Final = 1_000_000_000
"""How long after another master's request an answer may be the answer to it."""
ANOTHER: Final = "another master"
EARLIER: Final = "an earlier request"
UNASKED: Final = "a frame that nobody asked for"
DIFFERING: Final = f"answers that differ, one of them {UNASKED}"
UNASKED_NS: Final = 60_000_000_000
"""So long after a frame that nobody had asked for, the next one is reckoned with."""
ABOUT_NS: Final = 60_000_000_000
"""So long after its last request, another master is reckoned with."""
_ECHOES_MIN: Final = 3
_OPEN_MAX: Final = 64
"""Questions remembered: more than a line can be asked in the time."""
_IDENTIFY: Final = 43

Key = tuple[int, int, int]
"""Unit, function code, and data bytes of the answer: all that an answer says of its request."""


@dataclass(frozen=True, slots=True)
class Question:
    """One read request, as far as its answer can be told by it."""

    key: Key
    first: int

    @classmethod
    def of(cls, frame: bytes) -> "Question":
        """Return the question of a request frame, from the unit id on."""
        first, count = int.from_bytes(frame[2:4], "big"), int.from_bytes(frame[4:6], "big")
        return cls.read(frame[0], frame[1], first, count)

    @classmethod
    def read(cls, unit_id: int, function_code: int, first: int, count: int) -> "Question":
        """Return the question of a read of `count` bits or registers."""
        return cls((unit_id, function_code, data_bytes(function_code, count)), first)


def data_bytes(function_code: int, count: int) -> int:
    """Return how many data bytes such a read brings; 0 where that is not known before."""
    if function_code == _IDENTIFY:
        return 0
    return (count + 7) // 8 if function_code < 3 else 2 * count


@dataclass(frozen=True, slots=True)
class _Foreign:
    key: Key
    heard_ns: int
    alone: bool  # nothing of ours was under way
    echo: bool = False  # or it was ours, handed back


class Claims:
    """The open questions of one connection. `late_ns`: how late an answer may come."""

    def __init__(self, late_ns: int = LATE_NS) -> None:
        self._late_ns = late_ns
        self._ours: deque[tuple[Question, int]] = deque(maxlen=_OPEN_MAX)  # given up, and when
        self._foreign: deque[_Foreign] = deque(maxlen=_OPEN_MAX)
        self._unasked: dict[Key, int] = {}  # when a frame like it came that nobody had asked for
        self._others_ns: int | None = None  # when another master was heard last
        self._garbled_ns: int | None = None  # when bytes were heard that are no frame
        self._echoes = 0  # in a row
        self._is_echoed = False  # the request under way

    def sent(self) -> None:
        """Begin to wait for the echo of a request."""
        if not self._is_echoed:
            self._echoes = 0
        self._is_echoed = False

    def echoed(self, asked: Question, now_ns: int) -> None:
        """Note that our own request was heard, before anything else.

        It may be another master who asks for just the same; three in a row are the adapter's echo.
        """
        self._is_echoed = True
        self._echoes += 1
        if self._echoes < _ECHOES_MIN:
            self._foreign.append(_Foreign(asked.key, now_ns, alone=False, echo=True))
        else:
            for claim in [claim for claim in self._foreign if claim.echo]:
                self._foreign.remove(claim)

    def given_up(self, asked: Question, now_ns: int) -> None:
        """Note a question of ours that was not answered in time."""
        self._ours.append((asked, now_ns))

    def overheard(self, key: Key, now_ns: int, *, alone: bool) -> None:
        """Note another master's question; `alone`: while nothing of ours was under way."""
        self._foreign.append(_Foreign(key, now_ns, alone))
        self._others_ns = now_ns

    def garbled(self, now_ns: int) -> None:
        """Note bytes that are no frame. Where another master is about, they may have been his question."""
        self._garbled_ns = now_ns

    def _may_have_missed_one(self, now_ns: int) -> bool:
        is_recent = self._garbled_ns is not None and now_ns - self._garbled_ns <= FOREIGN_NS
        return is_recent and self.others_are_about(now_ns)

    def others_are_about(self, now_ns: int) -> bool:
        """Whether another master was heard of late."""
        return self._others_ns is not None and now_ns - self._others_ns <= ABOUT_NS

    def unasked(self, key: Key, now_ns: int) -> None:
        """Note a frame that looks like an answer and is to no question."""
        self._unasked.pop(key, None)
        self._unasked[key] = now_ns
        if len(self._unasked) > _OPEN_MAX:
            self._unasked.pop(next(iter(self._unasked)))

    def answered(self, key: Key, now_ns: int, *, alone: bool, exception: bool = False) -> str | None:
        """Note an answer that was not taken for ours: it settles the oldest question that it fits.

        Return whose that was: ANOTHER's, an EARLIER one of ours; None where nobody had asked.

        Another master's is settled only if both were heard while nothing of ours was
        under way: else two answers are to be had, in an unknown order.
        """
        for foreign in self._foreign:
            if may_pass(foreign.key, key, exception=exception):
                if foreign.alone and alone:
                    self._foreign.remove(foreign)
                return ANOTHER
        for earlier in self._ours:
            if may_pass(earlier[0].key, key, exception=exception):
                self._ours.remove(earlier)
                return EARLIER
        return None

    def taken(self, asked: Question) -> None:
        """Note that a question was answered: what its unit was asked before is settled, if it can be told."""
        unit_id = asked.key[0]
        for earlier in [e for e in self._ours if e[0].key[0] == unit_id and e[0].key != asked.key]:
            self._ours.remove(earlier)

    def doubts(self, asked: Question, now_ns: int, *, exception: bool = False) -> str | None:
        """Return what else may look like the answer to `asked`, the worst first; None: nothing."""
        while self._foreign and now_ns - self._foreign[0].heard_ns > FOREIGN_NS:
            self._foreign.popleft()
        while self._ours and now_ns - self._ours[0][1] > self._late_ns:
            self._ours.popleft()
        asked_by_others = any(may_pass(f.key, asked.key, exception=exception) for f in self._foreign)
        if asked_by_others or self._may_have_missed_one(now_ns):
            return ANOTHER
        for earlier, _ in self._ours:
            if earlier != asked and may_pass(earlier.key, asked.key, exception=exception):
                return EARLIER
        if not exception and now_ns - self._unasked.get(asked.key, now_ns - UNASKED_NS - 1) <= UNASKED_NS:
            return UNASKED
        return None


def may_pass(one: Key, other: Key, *, exception: bool) -> bool:
    """Return whether an answer to one may pass for an answer to the other; an exception has no byte count."""
    return one[:2] == other[:2] if exception else one == other
