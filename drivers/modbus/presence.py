"""Which units are silent, told once when one falls silent and once when it is back.

One lost answer is no silence: it takes a second one, half a second later at the
earliest. Where every unit of a connection is silent, the connection's own report
says so, and units are not told one by one. A unit whose answers come and cannot be
taken is told by what is the matter with them (misfits.py), and not as silent.

Blocks that fail while their unit answers for others are told as well (suspects.py).
"""

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from drivers.errors import UnitFault, WrongReply
from drivers.modbus.plan import Block
from drivers.modbus.refusals import Refusals
from drivers.modbus.standing import Standing

SILENCES: Final = 2
WRONGS_TOLD: Final = 5
"""Answers in a row that do not fit: on a bad line, a few come by chance once in a while."""


class Tell(Protocol):
    """Takes the code of a note, the unit, the block that it is about, if any, and its other fields."""

    def __call__(self, code: str, unit_id: int, block: Block | None = None, **fields: str | float) -> None:
        """Tell it."""
        ...


class Presence:
    """Keeps who is silent. Times in nanoseconds of the monotonic clock."""

    def __init__(
        self,
        standings: Mapping[int, Standing],
        tell: Tell,
        is_heard: Callable[[int], bool] = lambda _unit_id: False,
    ) -> None:
        self._standings = standings
        self._tell = tell
        self._is_heard = is_heard
        self._since_ns: dict[int, int] = {}  # units that are silent, and their first silence
        self._told: dict[int, str] = {}  # with which code
        self.refusals = Refusals(self._tell_exception, self._tell_no_exception)

    def failed(self, unit_id: int, fault: UnitFault, now_ns: int) -> None:
        """Take a silence, or an answer that does not fit, for which the unit rests."""
        self._since_ns.setdefault(unit_id, now_ns)
        if unit_id in self._told:
            return
        standing = self._standings[unit_id]
        others = (standing for other, standing in self._standings.items() if other != unit_id)
        if isinstance(fault, WrongReply):
            if standing.wrongs >= WRONGS_TOLD:
                self._told[unit_id] = "answers-wrong"
                self._tell("answers-wrong", unit_id, asked=fault.asked, got=fault.got)
        elif (
            standing.failures >= SILENCES
            and not self._is_heard(unit_id)
            and any(standing.is_good for standing in others)
        ):
            self._told[unit_id] = "unit-silent"
            self._tell("unit-silent", unit_id)

    def answered(self, unit_id: int, now_ns: int) -> None:
        """Take an answer."""
        since_ns = self._since_ns.pop(unit_id, None)
        told = self._told.pop(unit_id, None)
        if told is not None and since_ns is not None:
            code = "unit-back" if told == "unit-silent" else "answers-back"
            self._tell(code, unit_id, silent_s=round((now_ns - since_ns) / 1e9, 1))

    def block_failed(self, block: Block, fault: UnitFault) -> None:
        """Take a block that rests by itself."""
        if isinstance(fault, WrongReply):
            self._tell("block-wrong", block.unit_id, block, asked=fault.asked, got=fault.got)
        else:
            self._tell("block-silent", block.unit_id, block)

    def block_answered(self, block: Block) -> None:
        """Take it that such a block is answered again."""
        self._tell("block-back", block.unit_id, block)

    def _tell_exception(self, block: Block, exception_code: int) -> None:
        self._tell("unit-exception", block.unit_id, block, exception_code=exception_code)

    def _tell_no_exception(self, unit_id: int, exception_code: int) -> None:
        self._tell("unit-exception-back", unit_id, exception_code=exception_code)
