"""A question that is asked twice, because what came for it may be no answer to it.

Whatever was lost or late in between, an answer to the one is an answer to the other:
the same was asked. So two that agree are the answer, and where only copies (copies.py)
are feared, what is no copy is.
"""

from drivers.modbus.claims import UNASKED, Claims, Key, Question
from drivers.modbus.copies import Copies


class Twice:
    """What came for the question that is asked twice, on one connection."""

    def __init__(self, claims: Claims) -> None:
        self.copies = Copies()
        self._claims = claims
        self._asked: Question | None = None
        self._frames: list[bytes] = []

    @property
    def is_held(self) -> bool:
        """Whether an answer was given out that is to be believed only once the same was asked again."""
        return self._asked is not None

    def asks(self, question: Question) -> None:
        """Note what is asked now: what is held for another question was given up."""
        if question != self._asked:
            self._asked, self._frames = None, []

    def is_in_question(self, asked: Question, frame: bytes, now_ns: int) -> bool:
        """Return whether an answer that fits is to be held."""
        return self.is_held or self.copies.may_be(asked, frame, now_ns)

    def hold(self, asked: Question, frame: bytes) -> None:
        """Keep an answer that is given out on trust."""
        self._asked = asked
        self._frames.append(frame)

    def also(self, key: Key, frame: bytes) -> bool:
        """Take what came besides; return whether it may be an answer to what is asked twice."""
        if self._asked is None or key != self._asked.key:
            return False
        self._frames.append(frame)
        return True

    def agreed(self, now_ns: int) -> bytes | None:
        """Let go of what is held; return the answer, if what came for both questions leaves only one.

        What is no copy is the answer. Where all may be copies, or sent unasked, both must say the same.
        """
        asked, frames = self._asked, self._frames
        self._asked, self._frames = None, []
        if asked is None:
            return None
        own = [frame for frame in frames if not self.copies.may_be(asked, frame, now_ns)]
        told = own or frames
        if len(told) < len(frames):  # a copy came, and an answer may still be under way
            self._claims.given_up(asked, now_ns)
        is_enough = len(told) > 1 or (own and self._claims.doubts(asked, now_ns) != UNASKED)
        if not is_enough or len(set(told)) > 1:
            return None
        self._claims.taken(asked)
        self.copies.taken(asked, told[0], now_ns)
        return told[0]
