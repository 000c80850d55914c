"""What both framings find in the bytes that a connection brings: answers, and what is none.

pymodbus's own framers are unfit for a line that is not clean (decision 18); rtu_framing.py and
tcp_framing.py take their place.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from pymodbus.pdu import DecodePDU, ModbusPDU

from drivers.modbus.eavesdrop import Frame

READ_MAX: Final = 1 << 16
"""More than one read ever brings; pymodbus throws away what is longer."""
ERROR_FLAG: Final = 0x80


class Answer(ModbusPDU):
    """Any answer as it came: function code and data, not yet converted."""

    def __init__(self, unit_id: int, pdu: bytes, transaction_id: int = 0) -> None:
        super().__init__(dev_id=unit_id, transaction_id=transaction_id)
        self.function_code = pdu[0]
        self.data = pdu[1:]


class Whose(Enum):
    """To whom an answer is that was not taken for ours."""

    OURS_LATE = auto()  # a request of ours that was given up
    OURS_UNFIT = auto()  # perhaps the one under way, but it does not fit
    OTHER_ID = auto()  # the one under way, but under a transaction id that was never sent
    OTHER_UNIT = auto()  # the one under way, but in another unit's name
    FOREIGN = auto()  # another master
    NOBODY = auto()


@dataclass(frozen=True, slots=True)
class Misfit:
    """What came in place of an answer, in words; `in_doubt`: it may be the answer, and may be another's."""

    got: str
    in_doubt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Strays:
    """What came and is no answer of ours."""

    requests: Sequence[Frame] = ()  # another master's
    answers: Sequence[tuple[int, Whose]] = ()  # unit id
    asked: int | None = None  # the unit that was asked, where an answer names another one or another request
    discarded: int = 0  # bytes that belong to no frame
    broken: int = 0  # answers that would fit, but for their check sum
    echoes: int = 0

    @property
    def late_units(self) -> frozenset[int]:
        """Whose answers came though nobody waited for them: these units live."""
        return frozenset(unit_id for unit_id, _ in self.answers)


OnStrays = Callable[[Strays], None]


def no_decoder() -> DecodePDU:
    """Return what pymodbus's framers want to have; decoding is ours."""
    return DecodePDU(is_server=False)
