"""Whole numbers of two or four registers, in every byte order, signed and not.

Any pair of registers is a whole number; shown is what an instrument or a counter
would send. A number that fits into a single register is not shown again.
"""

import struct
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from config.source import ByteOrder

LONG_MAX: Final = 100_000_000
WIDE_MAX: Final = 10**13
"""Beyond, four registers are hardly a counter, but numbers side by side."""
WHOLE_MAX: Final = 10_000
"""Up to here, one register is a number of its own."""


@dataclass(frozen=True, slots=True)
class Number:
    """One reading of one or several registers; `is_likely` where it is what an instrument would send."""

    text: str
    is_likely: bool = False


@dataclass(frozen=True, slots=True)
class Wholes:
    """The whole numbers of several registers that begin at one address, by byte order."""

    int32: Mapping[ByteOrder, Number]
    uint32: Mapping[ByteOrder, Number]  # where it is another number than int32
    int64: Mapping[ByteOrder, Number]

    @property
    def named(self) -> Mapping[str, Number]:
        """All of them, by type and byte order: `uint32 CDAB`."""
        groups = {"int32": self.int32, "uint32": self.uint32, "int64": self.int64}
        return {
            f"{type_} {order.value}": numbers[order]
            for type_, numbers in groups.items()
            for order in ByteOrder
            if order in numbers
        }


NAMES: Final = tuple(
    f"{type_} {order.value}" for type_ in ("int32", "uint32", "int64") for order in ByteOrder
)
"""Every name that `Wholes.named` may have, in the order in which they are shown."""


def wholes_at(words: Mapping[int, int], address: int, free: Collection[int], wide: Collection[int]) -> Wholes:
    """Return what begins at an address: uint32 only in registers of `free`, int64 in those of `wide`."""
    pair, four = ([words.get(a) for a in range(address, address + count)] for count in (2, 4))
    is_free = all(a in free for a in range(address, address + 2))
    is_wide = all(a in wide for a in range(address, address + 4))
    int32, uint32, int64 = {}, {}, {}
    for order in ByteOrder:
        if (number := _int32(pair, order)) is not None:
            int32[order] = Number(str(number))
        elif is_free and (number := _uint32(pair, order)) is not None:
            uint32[order] = Number(str(number))
        if is_wide and (number := _int64(four, order)) is not None:
            int64[order] = Number(str(number))
    return Wholes(int32, uint32, int64)


def ordered(registers: Sequence[int], order: ByteOrder) -> bytes:
    """Return registers as big-endian bytes, whatever order they came in."""
    words = list(registers) if order in (ByteOrder.ABCD, ByteOrder.BADC) else list(reversed(registers))
    packed = [word.to_bytes(2, "big") for word in words]
    return b"".join(word[::-1] if order.swaps_bytes else word for word in packed)


def _int32(pair: Sequence[int | None], order: ByteOrder) -> int | None:
    value = _read(">i", pair, order)
    return value if value is not None and 0xFFFF < abs(value) <= LONG_MAX else None


def _uint32(pair: Sequence[int | None], order: ByteOrder) -> int | None:
    # Read the other way round, every second small number of a single register would be one.
    if order.swaps_bytes and any(word is not None and 0 < word <= WHOLE_MAX for word in pair):
        return None
    value = _read(">I", pair, order)
    return value if value is not None and value >= 2**31 else None


def _int64(four: Sequence[int | None], order: ByteOrder) -> int | None:
    value = _read(">q", four, order)
    return value if value is not None and 0xFFFF < abs(value) <= WIDE_MAX else None


def _read(format_: str, registers: Sequence[int | None], order: ByteOrder) -> int | None:
    known = [word for word in registers if word is not None]
    if len(known) < len(registers):
        return None
    value: int = struct.unpack(format_, ordered(known, order))[0]
    return value
