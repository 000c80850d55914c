"""What decoding a full block costs, as a multiple of one bare struct call."""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.figures import Figure
from benchmarks.timing import microseconds
from config.model import Point, Text
from config.source import ByteOrder, RegisterSource, RegisterType, Table
from drivers.modbus.decode import compile_block
from drivers.modbus.plan import Block

FLOATS: Final = 62  # as many float32 as one read holds


@dataclass(frozen=True, slots=True)
class Size:
    """How often the block is decoded, in each round."""

    calls: int = 2_000


async def measure(_folder: Path, size: Size) -> list[Figure]:
    """Decode a block of float32."""
    points = tuple(_float_point(n) for n in range(FLOATS))
    ours = compile_block(Block(1, Table.HOLDING_REGISTER, 0, 2 * FLOATS, 1.0, points))
    bare = struct.Struct(f">{FLOATS}f")
    data = bare.pack(*range(FLOATS))
    bare_us = microseconds(lambda: bare.unpack(data), calls=size.calls)
    ours_us = microseconds(lambda: ours(data), calls=size.calls)
    return [
        Figure(f"decoding {FLOATS} float32", ours_us, "us"),
        Figure("… as a multiple of one bare struct", ours_us / bare_us, "x"),
    ]


def _float_point(n: int) -> Point:
    source = RegisterSource(1, Table.HOLDING_REGISTER, 2 * n, RegisterType.FLOAT32, ByteOrder.ABCD)
    return Point(f"bench.p{n}", n, Text("值", "value"), "", "float", (0.0, 1000.0), source, 1.0)
