"""The heads of Modbus TCP frames, as one read brings them: whose they are, and which question they name.

For those who look on. What an answer is, tcp_framing.py decides; a frame that two
reads bring is none here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_BYTES: Final = 7  # transaction id, protocol, length, unit
_LENGTH_END: Final = 6
_LENGTHS: Final = range(2, 256)  # of unit, function code and data


@dataclass(frozen=True, slots=True)
class Head:
    """The head of one frame. `protocol` is 0 in Modbus TCP."""

    transaction: int
    protocol: int
    unit_id: int


def heads_in(data: bytes) -> Iterator[Head]:
    """Yield the heads of the whole frames that `data` begins with."""
    while len(data) > _BYTES:
        transaction, protocol, length = (int.from_bytes(data[at : at + 2], "big") for at in (0, 2, 4))
        end = _LENGTH_END + length
        if length not in _LENGTHS or end > len(data):
            return
        yield Head(transaction, protocol, data[_BYTES - 1])
        data = data[end:]
