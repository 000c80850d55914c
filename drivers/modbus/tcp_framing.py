"""Answers out of a stream of Modbus TCP: each names its request by a transaction id, if it is honest."""

from collections import deque
from collections.abc import Callable
from typing import Final

from pymodbus.framer import FramerSocket
from pymodbus.pdu import ModbusPDU

from drivers.modbus.claims import UNASKED, Claims, Question, may_pass
from drivers.modbus.eavesdrop import IDENTIFY
from drivers.modbus.framing import ERROR_FLAG, Answer, Misfit, OnStrays, Strays, Whose, no_decoder
from drivers.modbus.twice import Twice

_MBAP: Final = 6  # transaction id, protocol, length
_OPEN_MAX: Final = 64
"""Requests that were given up and may still be answered: more than a connection has in the time."""
_MBAP_LENGTHS: Final = range(2, 256)  # of unit, function code and data


class TcpFraming(FramerSocket):
    """Frames with a transaction id: each answer names its request.

    `any_id`: for gateways that answer a constant one; then an answer is told by what it looks like.
    """

    def __init__(
        self,
        on_strays: OnStrays,
        now_ns: Callable[[], int],
        claims: Claims | None = None,
        *,
        any_id: bool = False,
    ) -> None:
        super().__init__(no_decoder())
        self._on_strays = on_strays
        self._now_ns = now_ns
        self._any_id = any_id
        self._claims = claims or Claims()
        self._twice = Twice(self._claims)
        self._asked: Question | None = None
        self._under_way: tuple[int, int] | None = None  # transaction id and unit
        self._open: deque[tuple[int, int]] = deque(maxlen=_OPEN_MAX)
        self._heard = b""

    def doubts(self, question: Question) -> bool:
        """Return whether an answer to `question` could be one to a request that was given up."""
        return self._any_id and self._doubts(question)

    @property
    def is_held(self) -> bool:
        """Whether what was given out last is to be believed only once the same was asked again."""
        return self._twice.is_held

    def agreed(self) -> Answer | None:
        """Let go of what is held; return the answer, if what came for both questions leaves only one."""
        frame = self._twice.agreed(self._now_ns())
        return None if frame is None else Answer(frame[0], frame[1:])

    def sent(self, frame: bytes) -> None:
        """Begin to look for the answer to a request."""
        self._heard = b""  # a stream that is out of step is in step again with the next answer
        self._asked = Question.of(frame[_MBAP:]) if self._any_id else None
        if self._asked is not None:
            self._twice.asks(self._asked)
        self._under_way = int.from_bytes(frame[:2], "big"), frame[_MBAP]

    def over(self) -> Misfit | None:
        """Stop looking; return None: what does not fit was handed on."""
        if self._asked is not None:
            self._claims.given_up(self._asked, self._now_ns())
            self._asked = None
        if self._under_way is not None:
            self._open.append(self._under_way)
            self._under_way = None
        return None

    def handleFrame(  # noqa: N802
        self, data: bytes, exp_devid: int, exp_tid: int
    ) -> tuple[int, ModbusPDU | None]:
        """Take what came; return all of it as used, and the answer if it is there."""
        self._heard += data
        while frame := self._next():
            transaction, unit_id, pdu = int.from_bytes(frame[:2], "big"), frame[_MBAP], frame[_MBAP + 1 :]
            is_under_way = (transaction, unit_id) == self._under_way
            if self._fits(unit_id, pdu) if self._any_id else is_under_way:
                self._under_way = None
                return len(data), Answer(unit_id, pdu, exp_tid)
            self._on_strays(Strays(answers=((unit_id, self._whose(transaction, unit_id)),), asked=exp_devid))
        return len(data), None

    def _whose(self, transaction: int, unit_id: int) -> Whose:
        """Tell an answer that is merely late from one that would be late for ever."""
        if (transaction, unit_id) in self._open:
            self._open.remove((transaction, unit_id))
            return Whose.OURS_LATE
        if self._under_way is None:
            return Whose.OURS_LATE
        asked_id, asked_unit = self._under_way
        if unit_id != asked_unit:
            return Whose.OTHER_UNIT if transaction == asked_id else Whose.OURS_LATE
        return Whose.OURS_LATE if self._any_id else Whose.OTHER_ID

    def _fits(self, unit_id: int, pdu: bytes) -> bool:
        asked, exception = self._asked, bool(pdu[0] & ERROR_FLAG)
        function_code = pdu[0] & ~ERROR_FLAG
        key = (unit_id, function_code, 0 if function_code == IDENTIFY[0] else len(pdu) - 2)
        fits = asked is not None and may_pass(key, asked.key, exception=exception)
        frame, now_ns = bytes((unit_id,)) + pdu, self._now_ns()
        if asked is not None and fits and not self._doubts(asked, exception=exception):
            self._asked = None
            if not exception and self._twice.is_in_question(asked, frame, now_ns):
                self._twice.hold(asked, frame)
                return True
            self._claims.taken(asked)
            self._twice.copies.taken(asked, frame, now_ns)
            return True
        asker = self._claims.answered(key, now_ns, alone=asked is None, exception=exception)
        if asker is not None:
            self._twice.copies.passed(key, frame, now_ns)
        else:
            self._twice.also(key, frame)
        return False

    def _doubts(self, asked: Question, *, exception: bool = False) -> bool:
        # A stream has no units that send unasked: what nobody asked for came too late, and its time is over.
        return self._claims.doubts(asked, self._now_ns(), exception=exception) not in (None, UNASKED)

    def _next(self) -> bytes:
        if len(self._heard) < _MBAP:
            return b""
        length = int.from_bytes(self._heard[4:_MBAP], "big")
        if self._heard[2:4] != b"\0\0" or length not in _MBAP_LENGTHS:
            self._on_strays(Strays(discarded=len(self._heard)))
            self._heard = b""
            return b""
        frame = self._heard[: _MBAP + length]
        if len(frame) < _MBAP + length:
            return b""
        self._heard = self._heard[len(frame) :]
        return frame
