"""The last frames of a connection, kept in a small ring, and what they are in words.

They are printed with the first error of a kind, and can be asked for at any time:
what stood on the wire is the first question when a device does not answer.
"""

from collections import deque
from collections.abc import Iterable
from typing import Final

from drivers.modbus.eavesdrop import Eavesdropper, Frame, Kind
from drivers.passed import Passed, Shown

RING_SIZE: Final = 32
_BYTES_MAX: Final = 264
"""So much of one read is kept; a longer one holds more than one frame, or noise."""
_MBAP: Final = 6
_ERROR_FLAG: Final = 0x80
_READS: Final = frozenset({1, 2, 3, 4})


class FrameRing:
    """The last frames of one connection. `is_tcp`: they begin with the head of Modbus TCP."""

    def __init__(self, *, is_tcp: bool) -> None:
        self._is_tcp = is_tcp
        self._ring: deque[Passed] = deque(maxlen=RING_SIZE)

    def add(self, passed: Passed) -> None:
        """Keep it, and forget the oldest."""
        self._ring.append(passed)

    def shown(self) -> tuple[Shown, ...]:
        """Return what passed, oldest first, with what it is."""
        return tuple(_over_tcp(self._ring) if self._is_tcp else _on_a_line(self._ring))


def _on_a_line(ring: Iterable[Passed]) -> Iterable[Shown]:
    """A frame that several reads brought is told with the last of them."""
    ear = Eavesdropper()
    for passed in ring:
        data = passed.data[:_BYTES_MAX]
        if passed.sent:
            ear.told(data, passed.mono_ns)
            yield Shown(passed, (_words(Kind.REQUEST, data[:-2]),))
            continue
        before = ear.discarded
        frames = ear.feed(data, passed.mono_ns)
        yield Shown(passed, tuple(_frame_words(frame) for frame in frames), ear.discarded - before)


def _over_tcp(ring: Iterable[Passed]) -> Iterable[Shown]:
    for passed in ring:
        head, body = passed.data[:_MBAP], passed.data[_MBAP:]
        whole = len(head) == _MBAP and len(body) >= 2 and int.from_bytes(head[4:], "big") == len(body)
        kind = Kind.REQUEST if passed.sent else Kind.ANSWER
        yield Shown(passed, (_words(kind, body),) if whole else ())


def _frame_words(frame: Frame) -> str:
    return _words(frame.kind, frame.raw[:-2])


def _words(kind: Kind, body: bytes) -> str:
    """Return what a frame is, from its unit to its last data byte."""
    unit_id, function_code = body[0], body[1]
    who = f"unit {unit_id} function {function_code & ~_ERROR_FLAG}"
    if function_code & _ERROR_FLAG:
        return f"{who}: exception {body[2]}" if len(body) > 2 else f"{who}: exception"
    if kind is not Kind.REQUEST:
        return f"{who}: answer, {max(0, len(body) - 3)} data bytes"
    if function_code in _READS and len(body) == 6:
        first, count = int.from_bytes(body[2:4], "big"), int.from_bytes(body[4:6], "big")
        return f"{who}: asks for {count} from address {first}"
    return f"{who}: request"
