"""Registers made by struct, against those made by pymodbus."""

import struct
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.client.mixin import ModbusClientMixin
from pymodbus.pdu.utils import pack_bitstring

from config.source import ByteOrder, RegisterType, Table
from simulator.encoding import encode, reversed_bytes, sentinel
from simulator.registers import Memory
from tests.simulator.plants import point, register

TYPES = {
    RegisterType.INT16: ModbusClientMixin.DATATYPE.INT16,
    RegisterType.UINT16: ModbusClientMixin.DATATYPE.UINT16,
    RegisterType.INT32: ModbusClientMixin.DATATYPE.INT32,
    RegisterType.UINT32: ModbusClientMixin.DATATYPE.UINT32,
    RegisterType.FLOAT32: ModbusClientMixin.DATATYPE.FLOAT32,
}


def by_pymodbus(kind: RegisterType, order: ByteOrder, value: float) -> bytes:
    words = ModbusClientMixin.convert_to_registers(
        value if kind is RegisterType.FLOAT32 else int(value),
        TYPES[kind],
        word_order="little" if order in (ByteOrder.CDAB, ByteOrder.DCBA) else "big",
    )
    swapped = order in (ByteOrder.BADC, ByteOrder.DCBA)
    return struct.pack(f"{'<' if swapped else '>'}{len(words)}H", *words)


@pytest.mark.parametrize("order", ByteOrder)
@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("value", [0, 1, 258, 30_000])
def test_every_type_and_order_is_encoded_as_pymodbus_does(
    kind: RegisterType, order: ByteOrder, value: int
) -> None:
    data, meaning = encode(register(0, kind, order=order), value)
    assert data == by_pymodbus(kind, order, value)
    assert meaning == value


@pytest.mark.parametrize("kind", [RegisterType.INT16, RegisterType.INT32, RegisterType.FLOAT32])
def test_negative_values_keep_their_sign(kind: RegisterType) -> None:
    data, meaning = encode(register(0, kind), -258)
    assert data == by_pymodbus(kind, ByteOrder.ABCD, -258)
    assert meaning == -258


@given(st.integers(0, 65535))
def test_a_scaled_value_means_a_decimal_number(raw: int) -> None:
    data, meaning = encode(register(0, scale=0.1, offset=-40), raw * 0.1 - 40)
    assert int.from_bytes(data, "big") == raw
    tenths = f"{abs(raw - 400) // 10}.{abs(raw - 400) % 10}"
    assert meaning == float(tenths if raw >= 400 else f"-{tenths}")


def test_raw_37_at_a_tenth_is_3_point_7() -> None:
    assert encode(register(0, scale=0.1), 3.7000000000000006)[1] == 3.7


def test_a_value_is_rounded_to_what_the_register_can_say() -> None:
    assert encode(register(0, scale=0.1), 24.04) == (bytes((0, 240)), 24.0)


def test_a_float_means_the_nearest_float32() -> None:
    data, meaning = encode(register(0, RegisterType.FLOAT32), 0.1)
    assert meaning == struct.unpack(">f", data)[0] != 0.1


@pytest.mark.parametrize(("value", "raw"), [(-5.0, 0), (70_000.0, 65535)])
def test_a_value_beyond_the_type_is_held_at_its_end(value: float, raw: int) -> None:
    assert encode(register(0), value) == (raw.to_bytes(2, "big"), raw)


def memory(points: Sequence[tuple[str, int, RegisterType, int | None]], *, gaps: bool = False) -> Memory:
    return Memory(
        [point(f"d.{name}", register(address, kind, bit=bit)) for name, address, kind, bit in points],
        gaps=gaps,
    )


def test_bits_of_one_register_are_put_together() -> None:
    status = memory(
        [("a", 0, RegisterType.BIT, 0), ("b", 0, RegisterType.BIT, 3), ("c", 0, RegisterType.BIT, 15)]
    )
    contents = status.read(0, 1, {"d.a": True, "d.b": False, "d.c": True})
    assert contents.data == bytes((0x80, 0x01))
    assert contents.values == {"d.a": True, "d.b": False, "d.c": True}


def test_coils_are_packed_as_pymodbus_packs_them() -> None:
    values = [True, False, False, True, True, False, True, False, True, True]
    points = [point(f"d.{n}", register(n, RegisterType.BIT, table=Table.COIL)) for n in range(len(values))]
    contents = Memory(points, gaps=False).read(0, 10, {f"d.{n}": on for n, on in enumerate(values)})
    assert contents.data == pack_bitstring(values)


def test_a_value_that_stands_half_outside_the_block_is_not_among_those_served() -> None:
    water = memory([("flow", 0, RegisterType.FLOAT32, None), ("level", 2, RegisterType.UINT16, None)])
    contents = water.read(1, 2, {"d.flow": 1.0, "d.level": 7})
    assert contents.data == struct.pack(">f", 1.0)[2:] + bytes((0, 7))
    assert contents.values == {"d.level": 7}


def test_registers_between_points_exist_only_where_gaps_may_be_read() -> None:
    ends = [("first", 0, RegisterType.UINT16, None), ("last", 4, RegisterType.UINT16, None)]
    assert not memory(ends).has(0, 5)
    assert memory(ends, gaps=True).has(0, 5)
    assert not memory(ends, gaps=True).has(0, 6)
    assert memory(ends, gaps=True).read(0, 5, {"d.first": 1, "d.last": 2}).data == bytes(
        (0, 1, 0, 0, 0, 0, 0, 0, 0, 2)
    )


def test_a_device_without_a_value_sends_its_own_sentinel_or_a_usual_one() -> None:
    assert sentinel(register(0, sentinels=(55555,)), bytes(2)) == (55555).to_bytes(2, "big")
    assert sentinel(register(0, RegisterType.INT16, sentinels=(-32767,)), bytes(2)) == bytes((0x80, 0x01))
    assert sentinel(register(0), bytes(2)) == bytes((0x80, 0x00))
    assert struct.unpack(">f", sentinel(register(0, RegisterType.FLOAT32), bytes(4)))[0] != 0


def test_the_wrong_order_is_the_right_one_reversed() -> None:
    assert reversed_bytes(register(0), bytes((1, 2, 3, 4))) == bytes((4, 3, 2, 1))
