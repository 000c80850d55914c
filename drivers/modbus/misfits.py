"""Answers that come and cannot be taken: too late, under a wrong id, in another unit's name, or no Modbus.

To polling all of them are silence, and what is advised against silence (power,
wiring, unit id) sends people the wrong way: the mend is a word in the plant file.

A device that hangs for a while and then answers everything at once is not too
slow for its time-out; so a late answer only counts if its question was sent after
the one before it had come. Which question that was, its transaction id tells;
without one the oldest that is open, as a unit answers in the order in which it is
asked.

Pure: time is an argument, in nanoseconds of the monotonic clock.
"""

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from drivers.modbus.framing import Whose

HABIT_MIN: Final = 2
"""So many misfits within a minute are no chance."""
RECENT_NS: Final = 60_000_000_000
GONE_NS: Final = 600_000_000_000
"""Without one for so long, it was mended."""
OPEN_NS: Final = 30_000_000_000
"""A question that is older is answered no more."""
_KEPT_MAX: Final = 16

_CODES: Final = {
    Whose.OURS_LATE: "answers-late",
    Whose.OTHER_ID: "answers-other-id",
    Whose.OTHER_UNIT: "answers-other-unit",
}
_OTHER_PROTOCOL: Final = "answers-other-protocol"


@dataclass(frozen=True, slots=True)
class Misfit:
    """What is the matter with a unit's answers: the code of a note, and its fields."""

    code: str
    fields: Mapping[str, float]


@dataclass(slots=True)
class _Question:
    sent_ns: int
    transaction: int | None  # None: it has none, or one that the gateway does not hand back
    is_named: bool = False  # an answer has come that names it


@dataclass(frozen=True, slots=True)
class _Seen:
    at_ns: int
    code: str
    detail: float  # how long it took, which unit answered, or which protocol it named


class Misfits:
    """Keeps what was wrong with the answers of each unit of one connection."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._open: dict[int, deque[_Question]] = {}  # by unit: its unanswered questions
        self._seen: dict[int, deque[_Seen]] = {}

    def begin(self) -> None:
        """Forget what was asked on a link that is no more: its answers went with it."""
        self._open.clear()

    def asked(self, unit_id: int, now_ns: int, transaction: int | None = None) -> None:
        """Note a question."""
        self._open.setdefault(unit_id, deque(maxlen=_KEPT_MAX)).append(_Question(now_ns, transaction))

    def named(self, unit_id: int, transaction: int) -> None:
        """Note that an answer has come to the question with this transaction id."""
        for question in self._open.get(unit_id, ()):
            if question.transaction == transaction:
                question.is_named = True

    def answered(self, unit_id: int) -> None:
        """Note that the last question was answered in time."""
        if (questions := self._open.get(unit_id)) and questions.pop().transaction is None:
            questions.clear()  # what comes now is a copy: those before it are answered no more

    def stray(self, answering: int, asked: int | None, whose: Whose, now_ns: int) -> int | None:
        """Take an answer that was not taken; return the unit with which it is a misfit."""
        if whose is Whose.OURS_LATE:
            return answering if self._is_late(answering, now_ns) else None
        if whose in _CODES and asked is not None:
            self._see(asked, _CODES[whose], answering, now_ns)
            return asked
        return None

    def other_protocol(self, unit_id: int, protocol: int, now_ns: int) -> int | None:
        """Take an answer whose head names another protocol; return the unit with which it is a misfit."""
        if not self._open.get(unit_id):
            return None
        self._see(unit_id, _OTHER_PROTOCOL, protocol, now_ns)
        return unit_id

    def of_unit(self, unit_id: int, now_ns: int, *, at_least: int = HABIT_MIN) -> Misfit | None:
        """Return what is the matter with a unit's answers of late; None while they were fewer."""
        recent = [seen for seen in self._seen.get(unit_id, ()) if now_ns - seen.at_ns < RECENT_NS]
        if len(recent) < at_least:
            return None
        code = recent[-1].code
        detail = recent[-1].detail  # the first one may have been late for another reason: the unit hung
        if code == _CODES[Whose.OURS_LATE]:
            return Misfit(code, {"unit": unit_id, "took_s": detail, "timeout_s": self._timeout_s})
        return Misfit(code, {"unit": unit_id, "other": detail})

    def of_any(self, now_ns: int) -> Misfit | None:
        """Return what is the matter with the first unit of which there was one of late."""
        found = (self.of_unit(unit_id, now_ns, at_least=1) for unit_id in self._seen)
        return next((misfit for misfit in found if misfit is not None), None)

    def is_over(self, unit_id: int, now_ns: int) -> bool:
        """Return whether a unit has answered well for long."""
        seen = self._seen.get(unit_id)
        return not seen or now_ns - seen[-1].at_ns > GONE_NS

    def _is_late(self, unit_id: int, now_ns: int) -> bool:
        question = self._take_open(unit_id, now_ns)
        if question is None:
            return False
        sent_ns = question.sent_ns
        earlier = [seen.at_ns for seen in self._seen.get(unit_id, ()) if seen.code == _CODES[Whose.OURS_LATE]]
        took_s = (now_ns - sent_ns) / 1e9
        if took_s <= self._timeout_s or (earlier and sent_ns < earlier[-1]):
            return False
        self._see(unit_id, _CODES[Whose.OURS_LATE], math.ceil(took_s * 10) / 10, now_ns)
        return True

    def _take_open(self, unit_id: int, now_ns: int) -> _Question | None:
        """Return the question to which an answer has come, and take it off those that are open."""
        questions = self._open.get(unit_id, deque())
        while questions and now_ns - questions[0].sent_ns > OPEN_NS:
            questions.popleft()
        found = next((each for each in questions if each.is_named or each.transaction is None), None)
        if found is not None:
            questions.remove(found)
        return found

    def _see(self, unit_id: int, code: str, detail: float, now_ns: int) -> None:
        self._seen.setdefault(unit_id, deque(maxlen=_KEPT_MAX)).append(_Seen(now_ns, code, detail))
