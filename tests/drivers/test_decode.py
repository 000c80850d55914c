"""Decoding, against registers made by pymodbus's own encoder and by hand."""

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.client.mixin import ModbusClientMixin

from config.model import Point
from config.source import ByteOrder, RegisterType, Table
from drivers.modbus.decode import Decoded, compile_block
from drivers.modbus.plan import plan_blocks
from drivers.reading import Quality, Value
from tests.drivers.plant import device, register_point

TYPES = {
    RegisterType.INT16: ModbusClientMixin.DATATYPE.INT16,
    RegisterType.UINT16: ModbusClientMixin.DATATYPE.UINT16,
    RegisterType.INT32: ModbusClientMixin.DATATYPE.INT32,
    RegisterType.UINT32: ModbusClientMixin.DATATYPE.UINT32,
    RegisterType.FLOAT32: ModbusClientMixin.DATATYPE.FLOAT32,
}
SAMPLES: dict[RegisterType, list[float]] = {
    RegisterType.INT16: [0, 1, -1, 0x1234, -32768, 32767],
    RegisterType.UINT16: [0, 1, 0x1234, 65535],
    RegisterType.INT32: [0, -2, 0x12345678, -(2**31), 2**31 - 1],
    RegisterType.UINT32: [0, 0x12345678, 2**32 - 1],
    RegisterType.FLOAT32: [0.0, 1.5, -12.25, 0.10000000149011612, 3.4028234663852886e38],
}
EVERY_TYPE_AND_ORDER = [(kind, order) for kind in TYPES for order in ByteOrder]


def encode(kind: RegisterType, order: ByteOrder, value: float) -> bytes:
    """Registers by pymodbus, which swaps words; the bytes inside each register are swapped here."""
    words_swapped = order in (ByteOrder.CDAB, ByteOrder.DCBA)
    registers = ModbusClientMixin.convert_to_registers(
        value if kind is RegisterType.FLOAT32 else int(value),
        TYPES[kind],
        word_order="little" if words_swapped else "big",
    )
    bytes_swapped = order in (ByteOrder.BADC, ByteOrder.DCBA)
    return struct.pack(f"{'<' if bytes_swapped else '>'}{len(registers)}H", *registers)


def decode(data: bytes, *points: Point) -> Decoded:
    (block,) = plan_blocks([device(*points, max_gap=100)])
    return compile_block(block)(data)


def decode_one(data: bytes, point: Point) -> tuple[Value, Quality]:
    values, qualities = decode(data, point)
    return values[0], Quality.GOOD if qualities is None else qualities[0]


@pytest.mark.parametrize(("kind", "order"), EVERY_TYPE_AND_ORDER)
def test_each_type_in_each_byte_order(kind: RegisterType, order: ByteOrder) -> None:
    for value in SAMPLES[kind]:
        decoded = decode_one(encode(kind, order, value), register_point("p", 0, kind, order=order))
        assert decoded == (value, Quality.GOOD)
        assert isinstance(decoded[0], float if kind is RegisterType.FLOAT32 else int)


@given(st.permutations(EVERY_TYPE_AND_ORDER), st.lists(st.integers(0, 2), min_size=20, max_size=20))
def test_one_block_may_mix_all_types_and_orders_with_gaps(
    layout: list[tuple[RegisterType, ByteOrder]], gaps: list[int]
) -> None:
    data = b""
    points: list[Point] = []
    values: list[float] = []
    for (kind, order), gap in zip(layout, gaps, strict=True):
        data += b"\xee\xee" * gap if points else b""
        points.append(register_point(f"p{len(points)}", len(data) // 2, kind, order=order))
        values.append(SAMPLES[kind][1])
        data += encode(kind, order, values[-1])
    assert decode(data, *points) == (tuple(values), None)


def test_the_bytes_of_the_four_orders_are_where_their_letters_say() -> None:
    number = 0x0A0B0C0D
    letters = {"A": 0x0A, "B": 0x0B, "C": 0x0C, "D": 0x0D}
    for order in ByteOrder:
        data = bytes(letters[letter] for letter in order.value)
        assert decode_one(data, register_point("p", 0, RegisterType.UINT32, order=order))[0] == number


def test_bits_of_a_register_beside_the_register_itself() -> None:
    bits = [register_point(f"bit{n}", 0, RegisterType.BIT, bit=n) for n in (0, 3, 15)]
    values, qualities = decode(b"\x80\x08", register_point("word", 0), *bits)
    assert values == (0x8008, False, True, True)
    assert [type(value) for value in values] == [int, bool, bool, bool]
    assert qualities is None


@pytest.mark.parametrize("table", [Table.COIL, Table.DISCRETE_INPUT])
def test_bit_tables_count_from_the_least_significant_bit_of_the_first_byte(table: Table) -> None:
    points = [register_point(f"b{n}", 100 + n, RegisterType.BIT, table=table) for n in range(10)]
    values, qualities = decode(b"\x05\x02", *points)
    assert values == (True, False, True, False, False, False, False, False, False, True)
    assert qualities is None


@pytest.mark.parametrize(
    ("raw", "scale", "offset", "value"),
    [
        (37, 0.1, 0.0, 3.7),
        (3, 0.1, 0.2, 0.5),
        (1234, 0.01, -40.0, -27.66),
        (7, 10.0, 0.0, 70.0),
        (3, 1 / 3, 0.0, 1.0),
        (5, 1.0, 0.0, 5),
    ],
)
def test_a_scaled_integer_is_the_decimal_that_an_engineer_would_write(
    raw: int, scale: float, offset: float, value: float
) -> None:
    point = register_point("p", 0, RegisterType.INT16, scale=scale, offset=offset)
    assert decode_one(struct.pack(">h", raw), point)[0] == value


@given(st.integers(-32768, 32767), st.sampled_from([0.1, 0.01, 0.001, 0.5, 0.25]))
def test_scaling_leaves_no_binary_dust(raw: int, scale: float) -> None:
    value, _ = decode_one(struct.pack(">h", raw), register_point("p", 0, RegisterType.INT16, scale=scale))
    assert len(repr(value).partition(".")[2]) <= 4


@pytest.mark.parametrize(
    ("kind", "sentinel", "data"),
    [
        (RegisterType.INT16, 0x8000, b"\x80\x00"),
        (RegisterType.INT16, -32768, b"\x80\x00"),
        (RegisterType.UINT16, 0x8000, b"\x80\x00"),
        (RegisterType.UINT16, -32768, b"\x80\x00"),
        (RegisterType.UINT16, 55555, b"\xd9\x03"),
        (RegisterType.INT16, -1, b"\xff\xff"),
        (RegisterType.INT32, 0x80000000, b"\x80\x00\x00\x00"),
        (RegisterType.UINT32, -1, b"\xff\xff\xff\xff"),
        (RegisterType.FLOAT32, 55555, struct.pack(">f", 55555.0)),
        (RegisterType.FLOAT32, -9999, struct.pack(">f", -9999.0)),
        (RegisterType.FLOAT32, 0xFF7FFFFF, b"\xff\x7f\xff\xff"),
    ],
)
def test_a_sentinel_is_found_however_the_manual_spells_it(
    kind: RegisterType, sentinel: int, data: bytes
) -> None:
    point = register_point("p", 0, kind, sentinels=(sentinel,), within=(0.0, 10.0))
    assert decode_one(data, point) == (None, Quality.SENTINEL)


def test_a_sentinel_is_raw_and_not_a_value() -> None:
    point = register_point("p", 0, scale=0.1, sentinels=(1000,))
    assert decode_one(struct.pack(">H", 1000), point)[1] is Quality.SENTINEL
    assert decode_one(struct.pack(">H", 10000), point) == (1000.0, Quality.GOOD)


@pytest.mark.parametrize("strange", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("within", [None, (0.0, 10.0)])
def test_not_a_number_is_no_value(strange: float, within: tuple[float, float] | None) -> None:
    point = register_point("p", 0, RegisterType.FLOAT32, within=within)
    assert decode_one(struct.pack(">f", strange), point) == (None, Quality.NOT_A_NUMBER)


def test_beyond_its_range_a_value_is_held_at_the_end_and_keeps_its_direction() -> None:
    point = register_point("p", 0, RegisterType.INT16, scale=0.1, within=(0.0, 1000.0))
    assert decode_one(struct.pack(">h", 10001), point) == (1000.0, Quality.OVER_RANGE)
    assert decode_one(struct.pack(">h", 10000), point) == (1000.0, Quality.GOOD)
    assert decode_one(struct.pack(">h", 0), point) == (0.0, Quality.GOOD)
    assert decode_one(struct.pack(">h", -1), point) == (0.0, Quality.UNDER_RANGE)


def test_one_odd_point_does_not_spoil_its_neighbours() -> None:
    points = (
        register_point("ok", 0),
        register_point("sentinel", 1, sentinels=(0xFFFF,)),
        register_point("over", 2, within=(0, 5)),
    )
    assert decode(b"\x00\x07\xff\xff\x00\x09", *points) == (
        (7, None, 5),
        (Quality.GOOD, Quality.SENTINEL, Quality.OVER_RANGE),
    )
