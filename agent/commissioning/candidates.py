"""What to try on a line of unknown speed, parity and units: the likeliest first, and how long it takes.

Makers deliver most RS-485 devices as 9600 8N1 with unit id 1; the standard's own
default is 19200 8E1 (Modbus over Serial Line V1.02, section 3.3). A line has one
setting, so all settings are tried with the likeliest units before any is tried
with all 247.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, get_args

from config.modbus_link import BaudRate, ModbusRtu

LIKELY_UNITS: Final = 16
"""Unit ids up to this one are asked first; DIP switches begin at 1."""
LINE_UNITS: Final = range(1, 248)
TCP_UNITS: Final = (1, 255, 0, *range(2, 248))
"""1 and 255 are usual behind a TCP address, 0 is met; the others lie behind a gateway."""

_LIKELY: Final = (
    (9600, "none"),
    (19200, "none"),
    (9600, "even"),
    (19200, "even"),
    (4800, "none"),
    (38400, "none"),
    (115200, "none"),
    (57600, "none"),
    (2400, "none"),
    (9600, "odd"),
)
BAUD_RATES: Final = tuple(sorted(get_args(BaudRate)))
READ_MAX: Final = 2000  # bits, Modbus Application Protocol V1.1b3, 6.1
PARITIES: Final = ("none", "even", "odd")

_ASK_BYTES: Final = 8 + 7
"""A request for one register, and its answer."""
_DRAIN_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Setting:
    """How a serial line may be set."""

    baudrate: int
    parity: str
    stopbits: int = 1

    def __str__(self) -> str:
        return f"{self.baudrate} 8{self.parity[0].upper()}{self.stopbits}"


def settings_in_order(bauds: Sequence[int], parities: Sequence[str], stopbits: int) -> list[Setting]:
    """Return every combination, the likeliest first."""
    wanted = {(baud, parity) for baud in bauds for parity in parities}
    likely = [pair for pair in _LIKELY if pair in wanted]
    rest = [(baud, parity) for parity in parities for baud in bauds if (baud, parity) not in likely]
    return [Setting(baud, parity, stopbits) for baud, parity in (*likely, *rest)]


def rounds(settings: Sequence[Setting], units: Sequence[int]) -> Iterator[tuple[Setting, list[int]]]:
    """Yield settings with the units to ask under each: the likely units everywhere, then the others."""
    first = [unit for unit in units if unit <= LIKELY_UNITS]
    others = [unit for unit in units if unit > LIKELY_UNITS]
    for part in (first, others):
        if part:
            yield from ((setting, part) for setting in settings)


def silent_s(line: ModbusRtu) -> float:
    """Return how long it takes to find that a unit of a line is silent."""
    return line.timeout + line.pause + _DRAIN_S + line.byte_s * 2 * _ASK_BYTES


def numbers(text: str, least: int, most: int) -> list[int]:
    """Return the numbers of `1-16,32`, each once, in that order.

    Raises ValueError where it is no such list, or one lies outside `least` to `most`.
    """
    found: dict[int, None] = {}
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        low = int(first)
        high = int(last) if dash else low
        if not least <= low <= high <= most:
            raise ValueError(text)
        found.update(dict.fromkeys(range(low, high + 1)))
    return list(found)


def ranges(units: Iterable[int]) -> str:
    """Return numbers as people write them: `1-3, 7`."""
    runs: list[list[int]] = []
    for unit in sorted(units):
        if runs and runs[-1][1] == unit - 1:
            runs[-1][1] = unit
        else:
            runs.append([unit, unit])
    return ", ".join(f"{low}" if low == high else f"{low}-{high}" for low, high in runs)
