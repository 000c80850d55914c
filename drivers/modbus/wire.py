"""What a kind of connection is like, as far as questions and answers go, and who listens in on it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from pymodbus import FramerType

from config.modbus_link import ModbusLink, ModbusTcp, SerialLine
from drivers.errors import LinkFault, UnitFault
from drivers.modbus.claims import LATE_NS, Claims
from drivers.modbus.framing import Strays

_FUNCTION_AFTER_MBAP: Final = 7  # transaction id, protocol, length (2 bytes each), unit id
_FUNCTION_AFTER_UNIT: Final = 1
_LATE_TIMEOUTS: Final = 2
"""Answers that come through a network may be late by more than a line's: by so many time-outs."""


@dataclass(frozen=True, slots=True)
class Wire:
    """What a transport's frames look like, and how much silence it needs. Times in seconds."""

    framer: FramerType
    any_id: bool = False  # TCP, and the gateway answers a constant transaction id
    pause_s: float = 0.0  # kept between an answer and the next request
    turnaround_s: float = 0.0  # nobody may have been heard for so long before we send
    byte_s: float = 0.0  # how long one byte takes on a serial line

    @property
    def has_transaction_id(self) -> bool:
        """Whether answers can be told apart by themselves."""
        return self.framer is FramerType.SOCKET and not self.any_id

    @property
    def function_offset(self) -> int:
        """Where the function code stands in a frame."""
        return _FUNCTION_AFTER_MBAP if self.framer is FramerType.SOCKET else _FUNCTION_AFTER_UNIT


def tcp_wire(settings: ModbusTcp) -> Wire:
    """Return what Modbus TCP is like."""
    return Wire(FramerType.SOCKET, settings.any_transaction_id, pause_s=settings.pause)


def rtu_wire(line: SerialLine, settings: ModbusLink) -> Wire:
    """Return what a serial line is like, here or behind a network."""
    return Wire(FramerType.RTU, pause_s=settings.pause, turnaround_s=line.turnaround, byte_s=settings.byte_s)


class Tap(Protocol):
    """Hears all that passes on a connection; must not raise."""

    def bytes_passed(self, data: bytes, *, sent: bool) -> None:
        """Take what was sent, or what one read brought."""
        ...

    def strays(self, strays: Strays) -> None:
        """Take what came and was no answer to our request."""
        ...

    def exchanged(
        self, unit_id: int, begun_ns: int, ended_ns: int, fault: UnitFault | LinkFault | None
    ) -> None:
        """Note what became of a request; times on the monotonic clock. The line is free again now."""
        ...


@dataclass(frozen=True, slots=True)
class Ears:
    """Who listens in on a connection, from one link to the next.

    `claims` outlive a link: a serial server hands a late answer to whoever is
    connected when it comes.
    """

    tap: Tap | None = None
    claims: Claims = field(default_factory=Claims)
    on_wrong_echo: Callable[[], None] = lambda: None


def late_ns(timeout_s: float) -> int:
    """Return for how long after its time an answer is reckoned with."""
    return max(LATE_NS, round(_LATE_TIMEOUTS * timeout_s * 1e9))
