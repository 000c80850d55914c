"""Exception codes that units answer with, told once by unit and code.

A device may be busy every other time. So a code is over only when every block that
met it has been answered, and none has met it for a minute.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from drivers.modbus.plan import Block

OVER_NS: Final = 60_000_000_000


@dataclass(slots=True)
class _Refused:
    last_ns: int
    blocks: set[str] = field(default_factory=set)  # those that were not answered since


class Refusals:
    """Keeps which exceptions stand. Times in nanoseconds of the monotonic clock."""

    def __init__(self, begin: Callable[[Block, int], None], end: Callable[[int, int], None]) -> None:
        self._begin = begin  # takes the block that met it first, and the code
        self._end = end  # takes the unit and the code
        self._refused: dict[tuple[int, int], _Refused] = {}

    def refused(self, block: Block, exception_code: int, now_ns: int) -> None:
        """Take an exception."""
        key = block.unit_id, exception_code
        if key not in self._refused:
            self._refused[key] = _Refused(now_ns)
            self._begin(block, exception_code)
        self._refused[key].last_ns = now_ns
        self._refused[key].blocks.add(block.name)

    def answered(self, block: Block, now_ns: int) -> None:
        """Take an answer with data."""
        for (unit_id, exception_code), refused in tuple(self._refused.items()):
            if unit_id == block.unit_id:
                refused.blocks.discard(block.name)
                if not refused.blocks and now_ns - refused.last_ns >= OVER_NS:
                    del self._refused[unit_id, exception_code]
                    self._end(unit_id, exception_code)

    def forget(self, block: Block) -> None:
        """Take it that a block is asked for no more."""
        for refused in self._refused.values():
            refused.blocks.discard(block.name)
