"""Is it the answer before, once more?

Two units with one address, or a serial server that repeats, send answers twice, and the
copy meets the next question. If that asks for as much of another place, a copy is its
answer, byte for byte. Nothing tells the first one but this: the same bytes came for the
other place just now, and never yet for this one.
"""

from drivers.modbus.claims import Key, Question


class Copies:
    """The last answer to each question of one connection."""

    def __init__(self) -> None:
        self._answers: dict[Question, bytes] = {}
        self._newest: dict[Key, Question] = {}  # of those that ask for as much

    def taken(self, asked: Question, frame: bytes) -> None:
        """Note an answer that was taken."""
        self._answers[asked] = frame
        self._newest[asked.key] = asked

    def may_be(self, asked: Question, frame: bytes) -> bool:
        """Return whether an answer that fits `asked` may be a copy.

        Places that hold the same for long, a stopped plant's zeros, are no copies: this one has
        answered so before.
        """
        newest = self._newest.get(asked.key)
        if newest is None or newest == asked:
            return False
        return self._answers[newest] == frame != self._answers.get(asked)
