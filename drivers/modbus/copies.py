"""Is it an answer of before, once more?

A serial server that repeats, or a radio, sends answers twice, and the copy meets a
question that asks for as much of another place: it is its answer, byte for byte.
Nothing tells it but this: the same bytes came for the other place a moment ago, and
not for this one the last time. What is no copy need not be doubted, even on a line
that repeats all it carries.

Pure: time is an argument, in nanoseconds of the monotonic clock.
"""

from typing import Final

from drivers.modbus.claims import Key, Question

_NOWHERE: Final = -1  # the place of an answer whose question nobody knows
LATE_NS: Final = 2_000_000_000
"""How long after an answer its copy may come."""


class Copies:
    """The last answer to each question of one connection."""

    def __init__(self) -> None:
        self._answers: dict[Key, dict[Question, tuple[bytes, int]]] = {}

    def taken(self, asked: Question, frame: bytes, now_ns: int) -> None:
        """Note an answer that was taken."""
        self._answers.setdefault(asked.key, {})[asked] = (frame, now_ns)

    def passed(self, key: Key, frame: bytes, now_ns: int) -> None:
        """Note an answer that came late and was not taken: it may come twice as well."""
        self.taken(Question(key, _NOWHERE), frame, now_ns)

    def is_one(self, key: Key, frame: bytes, now_ns: int) -> bool:
        """Return whether a frame that nobody asked for is the copy of an answer."""
        return any(
            frame == answer and now_ns - at_ns <= LATE_NS
            for answer, at_ns in self._answers.get(key, {}).values()
        )

    def may_be(self, asked: Question, frame: bytes, now_ns: int) -> bool:
        """Return whether an answer that fits `asked` may be the copy of one to another question.

        Places that hold the same for long, a stopped plant's zeros, are no copies: this one
        answered so the last time.
        """
        answers = self._answers.get(asked.key, {})
        if asked in answers and answers[asked][0] == frame:
            return False
        return any(
            other != asked and frame == answer and now_ns - at_ns <= LATE_NS
            for other, (answer, at_ns) in answers.items()
        )
