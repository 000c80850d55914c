"""Bytes overheard on an RS-485 line to frames: who asks whom for what.

An RTU frame has no head and no length; silence ends it, and silence is what USB
adapters and serial servers do not hand on. So a frame is found by what it must
look like: a function code, a length that follows from it, and a check sum that
holds. What fits nowhere is noise, and counted.

A master's request and a unit's answer look alike. They are told apart by their
length, and where that is the same (a write is echoed; 24 bits take as many bytes
as a request) by whether such a request has just been heard.

A noise byte may look like the beginning of a long frame. What follows it is held
back until that frame would be complete, or until the line has been silent: only
then is a shorter frame in its midst more than chance.

Pure: bytes and the time at which they were read go in, frames come out. Known are
function codes 1 to 6, 15, 16 and 43/14 (Modbus Application Protocol V1.1b3,
section 6), and their exceptions.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from drivers.modbus.crc import holds

FRAME_MIN: Final = 5  # an exception: unit, function, code, check sum
FRAME_MAX: Final = 264  # 256 by the standard; a write of 16 may claim 255 data bytes
SILENCE_NS: Final = 50_000_000
"""Frames are further apart than this, parts of one are not: USB adapters hold bytes back for 16 ms,
serial servers for up to 50 ms."""

_FIXED: Final = 8  # unit, function, two words, check sum
_BITS_MAX: Final = 2000
_REGISTERS_MAX: Final = 125
_ADDRESSES: Final = 1 << 16
_ERROR_FLAG: Final = 0x80
_EXCEPTION_CODES: Final = range(1, 12)
_READ_BITS: Final = frozenset({1, 2})
_READ_REGISTERS: Final = frozenset({3, 4})
_WRITE_ONE: Final = frozenset({5, 6})
_WRITE_MANY: Final = frozenset({15, 16})
IDENTIFY: Final = (43, 14)
_IDENTIFY_HEAD: Final = 8  # unit, function, kind, code, conformity, more follows, next object, objects
_IDENTIFY_REQUEST: Final = 7


class Kind(StrEnum):
    """Who speaks: a master asks; a unit answers, or refuses with an exception code."""

    REQUEST = "request"
    ANSWER = "answer"
    EXCEPTION = "exception"


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame as it was overheard. `mono_ns` is when its last byte was read, `raw` all of its bytes."""

    mono_ns: int
    kind: Kind
    raw: bytes

    @property
    def unit_id(self) -> int:
        """The unit that is asked, or that answers."""
        return self.raw[0]

    @property
    def function_code(self) -> int:
        """The function code, without the flag of an exception."""
        return self.raw[1] & ~_ERROR_FLAG

    @property
    def first(self) -> int | None:
        """The first address of a request to read or write; None for anything else."""
        return int.from_bytes(self.raw[2:4], "big") if self._names_addresses else None

    @property
    def count(self) -> int | None:
        """How many bits or registers a request is about; None for anything else."""
        if not self._names_addresses:
            return None
        return 1 if self.function_code in _WRITE_ONE else int.from_bytes(self.raw[4:6], "big")

    @property
    def exception_code(self) -> int | None:
        """The exception code of a refusal; None for anything else."""
        return self.raw[2] if self.kind is Kind.EXCEPTION else None

    @property
    def data(self) -> bytes:
        """The data bytes of an answer to a read; empty for anything else."""
        reads = self.kind is Kind.ANSWER and self.function_code in _READ_BITS | _READ_REGISTERS
        return self.raw[3:-2] if reads else b""

    @property
    def _names_addresses(self) -> bool:
        return self.kind is Kind.REQUEST and self.function_code != IDENTIFY[0]


@dataclass(frozen=True, slots=True)
class _Shape:
    """What may begin at a place: how long it would be, and what."""

    kind: Kind
    length: int


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    shape: _Shape


class Eavesdropper:
    """Listens to one line. `discarded` counts the bytes that belonged to no frame."""

    def __init__(self) -> None:
        self._heard = b""
        self._heard_ns = 0
        self._asked: Frame | None = None  # the last request, while nobody has answered it
        self.discarded = 0

    @property
    def is_waiting(self) -> bool:
        """Whether there are bytes that may be the beginning of a frame."""
        return bool(self._heard)

    def told(self, request: bytes, mono_ns: int) -> None:
        """Take note of a request that the line does not bring: our own."""
        self._asked = Frame(mono_ns, Kind.REQUEST, request)

    def feed(self, data: bytes, mono_ns: int) -> list[Frame]:
        """Take the bytes of one read; return the frames that are complete now."""
        frames = self.silence() if mono_ns - self._heard_ns > SILENCE_NS else []
        self._heard_ns = mono_ns
        self._heard += data
        return frames + self._take(past_unfinished=False)

    def silence(self) -> list[Frame]:
        """Say that nothing has come for a while; return what an unfinished frame held back."""
        return self._take(past_unfinished=True)

    def _take(self, *, past_unfinished: bool) -> list[Frame]:
        frames: list[Frame] = []
        while (found := self._find(past_unfinished=past_unfinished)) is not None:
            end = found.start + found.shape.length
            frames.append(self._frame(found.shape, self._heard[found.start : end]))
            self.discarded += found.start
            self._heard = self._heard[end:]
        return frames

    def _find(self, *, past_unfinished: bool) -> _Found | None:
        """Return the first whole frame; without one, drop what no frame can begin with."""
        unfinished: int | None = None
        for start in range(len(self._heard)):
            shapes = list(_shapes(self._heard, start))
            whole = [shape for shape in shapes if start + shape.length <= len(self._heard)]
            fitting = [shape for shape in whole if holds(self._heard[start : start + shape.length])]
            if fitting:
                return _Found(start, self._likeliest(fitting, start))
            if unfinished is None and len(whole) < len(shapes):
                unfinished = start
                if not past_unfinished:
                    break
        useless = len(self._heard) if unfinished is None else unfinished
        self.discarded += useless
        self._heard = self._heard[useless:]
        return None

    def _likeliest(self, fitting: list[_Shape], start: int) -> _Shape:
        """Tell a request with a zero behind it from an answer that ends in one: both check sums hold."""
        for shape in fitting[1:]:  # requests come first
            if self._asked is not None and _answers(self._heard[start : start + shape.length], self._asked):
                return shape
        return fitting[0]

    def _frame(self, shape: _Shape, raw: bytes) -> Frame:
        kind = shape.kind
        if kind is Kind.REQUEST and self._asked is not None and _may_answer(raw, self._asked):
            kind = Kind.ANSWER
        frame = Frame(self._heard_ns, kind, raw)
        self._asked = frame if kind is Kind.REQUEST else None
        return frame


def _may_answer(raw: bytes, asked: Frame) -> bool:
    """Return whether what looks like a request is the answer to `asked`, which looks the same."""
    if asked.function_code in _WRITE_ONE:
        return raw == asked.raw
    if asked.function_code not in _READ_BITS or asked.count is None:
        return False
    return raw[:3] == bytes((*asked.raw[:2], (asked.count + 7) // 8)) and len(raw) == 5 + raw[2]


def _answers(raw: bytes, asked: Frame) -> bool:
    """Return whether an answer to a read is one to `asked`."""
    if raw[:2] != asked.raw[:2] or asked.count is None:
        return False
    is_bits = asked.function_code in _READ_BITS
    return raw[2] == ((asked.count + 7) // 8 if is_bits else 2 * asked.count)


def is_read_request(raw: bytes) -> bool:
    """Return whether the first six bytes of a frame ask for as much as may be asked for."""
    first, count = int.from_bytes(raw[2:4], "big"), int.from_bytes(raw[4:6], "big")
    most = _BITS_MAX if raw[1] in _READ_BITS else _REGISTERS_MAX
    return 0 < count <= most and first + count <= _ADDRESSES


def _shapes(heard: bytes, start: int) -> Iterator[_Shape]:
    """Yield what may begin at `start`; where the length is not known yet, one longer than what was heard."""
    left = len(heard) - start
    if left < 2:
        yield _Shape(Kind.REQUEST, left + 1)
        return
    function_code = heard[start + 1]
    if function_code & _ERROR_FLAG:
        if _is_known(function_code & ~_ERROR_FLAG) and (left < 3 or heard[start + 2] in _EXCEPTION_CODES):
            yield _Shape(Kind.EXCEPTION, FRAME_MIN)
    elif function_code in _WRITE_ONE:
        yield _Shape(Kind.REQUEST, _FIXED)
    elif function_code in _READ_BITS | _READ_REGISTERS:
        yield from _reads(heard, start)
    elif function_code in _WRITE_MANY:
        yield _Shape(Kind.ANSWER, _FIXED)
        if left > 6 and heard[start + 6]:
            yield _Shape(Kind.REQUEST, 9 + heard[start + 6])
    elif function_code == IDENTIFY[0]:
        yield from _identifications(heard, start)


def _reads(heard: bytes, start: int) -> Iterator[_Shape]:
    left = len(heard) - start
    if left < _FIXED or is_read_request(heard[start : start + _FIXED]):
        yield _Shape(Kind.REQUEST, _FIXED)
    if left > 2 and _is_data_size(heard[start + 1], heard[start + 2]):
        yield _Shape(Kind.ANSWER, 5 + heard[start + 2])


def _identifications(heard: bytes, start: int) -> Iterator[_Shape]:
    if heard[start + 2 : start + 3] not in (b"", bytes(IDENTIFY[1:])):
        return
    yield _Shape(Kind.REQUEST, _IDENTIFY_REQUEST)
    length = identification_length(heard, start)
    if length <= FRAME_MAX:
        yield _Shape(Kind.ANSWER, length)


def _is_known(function_code: int) -> bool:
    return 1 <= function_code <= 6 or function_code in _WRITE_MANY or function_code == IDENTIFY[0]


def _is_data_size(function_code: int, size: int) -> bool:
    return 0 < size <= 250 and (function_code in _READ_BITS or size % 2 == 0)


def identification_length(heard: bytes, start: int) -> int:
    """Return how long the identification is that begins at `start`; one more than was heard, if not told yet.

    It lists objects; each has an id, a length and so many bytes.
    """
    at = start + _IDENTIFY_HEAD
    if at > len(heard):
        return len(heard) - start + 1
    for _ in range(heard[at - 1]):
        if at + 2 > len(heard):
            return len(heard) - start + 1
        at += 2 + heard[at + 1]
    return at - start + 2
