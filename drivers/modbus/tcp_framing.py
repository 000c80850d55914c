"""Answers out of a stream of Modbus TCP: each names its request by a transaction id, if it is honest."""

from collections.abc import Callable
from typing import Final

from pymodbus.framer import FramerSocket
from pymodbus.pdu import ModbusPDU

from drivers.modbus.claims import UNASKED, Claims, Question, may_pass
from drivers.modbus.eavesdrop import IDENTIFY
from drivers.modbus.framing import ERROR_FLAG, Answer, OnStrays, Strays, Whose, no_decoder

_MBAP: Final = 6  # transaction id, protocol, length
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
        self._asked: Question | None = None
        self._heard = b""

    def doubts(self, question: Question) -> bool:
        """Return whether an answer to `question` could be one to a request that was given up."""
        return self._any_id and self._doubts(question)

    def unanimous(self) -> None:
        """Return nothing: what is in doubt here is not taken."""

    def sent(self, frame: bytes) -> None:
        """Begin to look for the answer to a request."""
        self._heard = b""  # a stream that is out of step is in step again with the next answer
        self._asked = Question.of(frame[_MBAP:]) if self._any_id else None

    def over(self) -> str | None:
        """Stop looking; return None: what does not fit was handed on."""
        if self._asked is not None:
            self._claims.given_up(self._asked, self._now_ns())
            self._asked = None
        return None

    def handleFrame(  # noqa: N802
        self, data: bytes, exp_devid: int, exp_tid: int
    ) -> tuple[int, ModbusPDU | None]:
        """Take what came; return all of it as used, and the answer if it is there."""
        self._heard += data
        while frame := self._next():
            transaction, unit_id, pdu = int.from_bytes(frame[:2], "big"), frame[_MBAP], frame[_MBAP + 1 :]
            if self._any_id:
                is_ours = self._fits(unit_id, pdu)
            else:
                is_ours = (unit_id, transaction) == (exp_devid, exp_tid)
            if is_ours:
                return len(data), Answer(unit_id, pdu, exp_tid)
            self._on_strays(Strays(answers=((unit_id, Whose.OURS_LATE),)))
        return len(data), None

    def _fits(self, unit_id: int, pdu: bytes) -> bool:
        asked, exception = self._asked, bool(pdu[0] & ERROR_FLAG)
        function_code = pdu[0] & ~ERROR_FLAG
        key = (unit_id, function_code, 0 if function_code == IDENTIFY[0] else len(pdu) - 2)
        fits = asked is not None and may_pass(key, asked.key, exception=exception)
        if asked is not None and fits and not self._doubts(asked, exception=exception):
            self._claims.taken(asked)
            self._asked = None
            return True
        self._claims.answered(key, self._now_ns(), alone=asked is None, exception=exception)
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
