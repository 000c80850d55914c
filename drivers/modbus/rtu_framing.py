"""Answers out of what is heard on a serial line.

When an answer is awaited, it is known what it must look like: unit, function and
byte count, or an exception, and a check sum that holds. So it is looked for among
what was heard, wherever it stands, and taken only if nobody else may have asked
for it (claims.py). What a unit may have sent unasked, or may be a copy (copies.py), is
held until the same was asked once more: whatever was lost or late in between, an answer
to the one question is an answer to the other.

What is no answer of ours goes to an eavesdropper: late answers, unsolicited
frames, another master's talk.
"""

from collections.abc import Callable
from typing import Final

from pymodbus.framer import FramerRTU
from pymodbus.pdu import ModbusPDU

from drivers.errors import BAD_CHECK_SUM
from drivers.modbus.claims import ANOTHER, EARLIER, UNASKED, Claims, Key, Question
from drivers.modbus.crc import holds
from drivers.modbus.eavesdrop import (
    FRAME_MAX,
    IDENTIFY,
    Eavesdropper,
    Frame,
    Kind,
    identification_length,
    is_read_request,
)
from drivers.modbus.framing import ERROR_FLAG, Answer, Misfit, OnStrays, Strays, Whose, no_decoder
from drivers.modbus.twice import Twice

_READS: Final = frozenset({1, 2, 3, 4, 43})
_EXTRA_BYTES: Final = 5  # unit, function, byte count, check sum
_EXCEPTION_BYTES: Final = 5
_REQUEST_BYTES: Final = 8
_HEARD_MAX: Final = 8 * FRAME_MAX
"""Bytes among which an answer is looked for; older ones on a line that babbles are noise."""

_WHOSE: Final[dict[str | None, Whose]] = {EARLIER: Whose.OURS_LATE, ANOTHER: Whose.FOREIGN}


class RtuFraming(FramerRTU):
    """Frames with a check sum, on wires that others may use as well."""

    def __init__(self, on_strays: OnStrays, now_ns: Callable[[], int], claims: Claims | None = None) -> None:
        super().__init__(no_decoder())
        self._on_strays = on_strays
        self._now_ns = now_ns
        self._ear = Eavesdropper()
        self._claims = claims or Claims()
        self._twice = Twice(self._claims)
        self._request = b""
        self._asked: Question | None = None
        self._heard = b""
        self._misfit: Misfit | None = None
        self._is_echoed = False

    def doubts(self, question: Question) -> bool:
        """Return whether an answer to `question` could be one to a request that was given up."""
        return self._claims.doubts(question, self._now_ns()) == EARLIER

    @property
    def is_held(self) -> bool:
        """Whether what was given out last is to be believed only once the same was asked again."""
        return self._twice.is_held

    def agreed(self) -> Answer | None:
        """Let go of what is held; return the answer, if what came for both questions leaves only one."""
        frame = self._twice.agreed(self._now_ns())
        return None if frame is None else Answer(frame[0], frame[1:-2])

    def sent(self, frame: bytes) -> None:
        """Begin to look for the answer to a request."""
        self._request, self._asked = frame, Question.of(frame)
        self._twice.asks(self._asked)
        if self._ear.is_waiting:  # somebody was in the middle of a frame
            self._claims.garbled(self._now_ns())
        self._ear.told(frame, self._now_ns())
        self._misfit = None
        self._is_echoed = False
        self._claims.sent()

    def over(self) -> Misfit | None:
        """Stop looking. Return what came in place of the answer, if it claimed to be one."""
        if self._asked is not None:
            self._overhear(self._heard)
            self._claims.given_up(self._asked, self._now_ns())
            self._asked, self._heard = None, b""
        return self._misfit

    def handleFrame(  # noqa: N802
        self, data: bytes, exp_devid: int, exp_tid: int
    ) -> tuple[int, ModbusPDU | None]:
        """Take what came; return all of it as used, and the answer if it is there."""
        if self._asked is None:
            self._overhear(data)
            return len(data), None
        self._heard += data
        self._drop_echo(self._asked)
        answer = None if self._may_become_echo else self._search(self._asked)
        if len(self._heard) > _HEARD_MAX:
            self._overhear(self._heard[:-_HEARD_MAX])
            self._heard = self._heard[-_HEARD_MAX:]
        return len(data), answer

    def _drop_echo(self, asked: Question) -> None:
        """Take our own request out: an echo of it may even look like the answer (24 bits from 0x03xx on).

        An echo comes before all else; what looks like one later is another master, who asks for the same.
        """
        if self._heard.startswith(self._request) and not self._is_echoed:
            self._is_echoed = True
            self._heard = self._heard[len(self._request) :]
            self._claims.echoed(asked, self._now_ns())
            self._on_strays(Strays(echoes=1))

    @property
    def _may_become_echo(self) -> bool:
        return not self._is_echoed and bool(self._heard) and self._request.startswith(self._heard)

    def _search(self, asked: Question) -> Answer | None:
        start = -1
        while (start := self._heard.find(asked.key[0], start + 1)) >= 0:
            end = start + _answer_length(asked, self._heard, start)
            if end == start or end > len(self._heard):
                continue
            frame = self._heard[start:end]
            if not holds(frame):
                self._misfit = Misfit(BAD_CHECK_SUM)
                self._on_strays(Strays(broken=1))
                self._overhear(self._heard[: start + 1])
                self._heard, start = self._heard[start + 1 :], -1
                continue
            if start or self._ear.is_waiting:
                self._overhear(self._heard[:start], ended=True)
                self._heard = self._heard[start:]
            if self._claims.others_are_about(self._now_ns()) and _is_request(frame):
                self._overhear(frame[:_REQUEST_BYTES])
                self._heard, start = self._heard[_REQUEST_BYTES:], -1
                continue
            doubt = self._doubt(asked, frame)
            if doubt is None and not self._is_in_question(asked, frame):
                return self._take(asked, frame)
            if doubt is None or doubt == UNASKED:
                return self._hold(asked, frame)
            self._misfit = Misfit(f"an answer that may be {doubt}'s", in_doubt=True)
            self._overhear(frame)
            self._heard, start = self._heard[len(frame) :], -1
        return None

    def _is_in_question(self, asked: Question, frame: bytes) -> bool:
        if frame[1] & ERROR_FLAG:
            return False
        return self._twice.is_in_question(asked, frame, self._now_ns())

    def _hold(self, asked: Question, frame: bytes) -> Answer:
        self._twice.hold(asked, frame)
        return self._give(frame)

    def _reckon_with(self, key: Key, frame: bytes) -> None:
        """Remember that more of its kind may come than is asked for; a copy is told by its original."""
        now_ns = self._now_ns()
        if not self._twice.copies.is_one(key, frame, now_ns):
            self._claims.unasked(key, now_ns)

    def _doubt(self, asked: Question, frame: bytes) -> str | None:
        return self._claims.doubts(asked, self._now_ns(), exception=bool(frame[1] & ERROR_FLAG))

    def _take(self, asked: Question, frame: bytes) -> Answer:
        self._claims.taken(asked)
        self._twice.copies.taken(asked, frame, self._now_ns())
        return self._give(frame)

    def _give(self, frame: bytes) -> Answer:
        rest = self._heard[len(frame) :]
        self._asked, self._heard = None, b""
        if rest:
            self._overhear(rest)
        return Answer(frame[0], frame[1:-2])

    def _overhear(self, data: bytes, *, ended: bool = False) -> None:
        discarded = self._ear.discarded
        frames = self._ear.feed(data, self._now_ns()) if data else []
        if ended:
            frames += self._ear.silence()
        requests: list[Frame] = []
        answers: list[tuple[int, Whose]] = []
        for frame in frames:
            if frame.kind is Kind.REQUEST:
                requests.append(frame)
                self._overhear_request(frame)
            else:
                answers.append((frame.unit_id, self._whose(frame)))
        strays = Strays(requests=requests, answers=answers, discarded=self._ear.discarded - discarded)
        if strays.discarded:
            self._claims.garbled(self._now_ns())
        if frames or strays.discarded:
            self._on_strays(strays)

    def _overhear_request(self, frame: Frame) -> None:
        if frame.function_code in _READS:
            self._claims.overheard(Question.of(frame.raw).key, frame.mono_ns, alone=self._asked is None)

    def _whose(self, frame: Frame) -> Whose:
        key = (frame.unit_id, frame.function_code, len(frame.data))
        is_exception = frame.kind is Kind.EXCEPTION
        asker = self._claims.answered(key, frame.mono_ns, alone=self._asked is None, exception=is_exception)
        if asker == EARLIER:
            self._twice.copies.passed(key, frame.raw, frame.mono_ns)
        elif asker is None and not is_exception and not self._twice.also(key, frame.raw):
            self._reckon_with(key, frame.raw)
        if self._asked is not None and frame.unit_id == self._asked.key[0]:
            self._misfit = self._misfit or Misfit(f"function {frame.raw[1]}, {len(frame.data)} bytes")
            return _WHOSE.get(asker, Whose.OURS_UNFIT)
        return _WHOSE.get(asker, Whose.NOBODY)


def _answer_length(asked: Question, heard: bytes, start: int) -> int:
    """Return how long the answer is that may begin at `start`: 0 where none does."""
    _, function_code, size = asked.key
    head = heard[start + 1 : start + 3]
    if head[:1] == bytes((function_code | ERROR_FLAG,)):
        return _EXCEPTION_BYTES
    if head == bytes(IDENTIFY):
        return identification_length(heard, start) if function_code == IDENTIFY[0] else 0
    return _EXTRA_BYTES + size if head == bytes((function_code, size)) else 0


def _is_request(frame: bytes) -> bool:
    """Return whether what looks like an answer is another master's request and zeros behind it.

    A check sum goes on holding when zeros follow, and a line that turns round likes to bring one. The
    other way round, of all answers with two registers one in 256 ends in a zero: so this is asked only
    where there is another master.
    """
    if len(frame) <= _REQUEST_BYTES or any(frame[_REQUEST_BYTES:]):
        return False
    return is_read_request(frame[:_REQUEST_BYTES]) and holds(frame[:_REQUEST_BYTES])
