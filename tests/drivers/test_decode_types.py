"""Decoding what real devices send: against vectors of their manuals, and the simulator's encoder.

The simulator encodes by means of its own (simulator/encoding.py), so the round trips
below hold two independent readings of the plant file against each other.
"""

import math
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.model import Point
from config.source import ByteOrder, Ends, RegisterType, Table
from drivers.modbus.convert import source_of
from drivers.modbus.decode import compile_block
from drivers.modbus.plan import plan_blocks
from drivers.reading import Quality, Value
from simulator.encoding import encode, sentinel
from tests.drivers.plant import device, register_point

Kind = RegisterType
ORDERS = st.sampled_from(list(ByteOrder))
FULL = Ends((0, 65535), (0.0, 2500.0))
MICROAMPERE = Ends((4000, 20000), (0.0, 25.0), is_current=True)
MILLIAMPERE = Ends((4.0, 20.0), (-1.0, 3.0), is_current=True)


def decode_one(data: bytes, point: Point) -> tuple[Value, Quality]:
    (block,) = plan_blocks([device(point)])
    assert block.count == 1 or 2 * block.count == len(data)
    values, qualities = compile_block(block)(data)
    return values[0], Quality.GOOD if qualities is None else qualities[0]


@pytest.mark.parametrize(
    ("data", "kind", "source", "value"),
    [
        # Vaisala HMD60, the constants at 0x1F00 and 0x1F01 that prove the word order
        ("CF C7", Kind.INT16, {}, -12345),
        ("C2 F6 E6 66", Kind.FLOAT32, {}, struct.unpack(">f", bytes.fromhex("C2F6E666"))[0]),
        # PHG-2091 at 0x2600: little-endian throughout
        ("00 00 C8 41", Kind.FLOAT32, {"order": ByteOrder.DCBA}, 25.0),
        # SUTO S418: "mid-little-endian"
        ("0A 11 42 C5", Kind.FLOAT32, {"order": ByteOrder.CDAB}, struct.unpack(">f", b"\x42\xc5\x0a\x11")[0]),
        # Siemens FST030, 8296: 25.0 as it is sent under float order 0 (1-0-3-2) and 1 (0-1-2-3)
        ("C8 41 00 00", Kind.FLOAT32, {"order": ByteOrder.BADC}, 25.0),
        ("41 C8 00 00", Kind.FLOAT32, {"order": ByteOrder.ABCD}, 25.0),
        # HNAG1000: one decimal
        ("00 64", Kind.UINT16, {"scale": 0.1}, 10.0),
        ("00 FA", Kind.UINT16, {"scale": 0.1}, 25.0),
        # Jinan SF6 and O2, both firmwares
        ("0B E8", Kind.UINT16, {}, 3048),
        ("00 D1", Kind.UINT16, {"scale": 0.1}, 20.9),
        ("14 09", Kind.PACKED, {}, 20.9),
        # Another brand: temperature × 10 + 500
        ("02 EE", Kind.UINT16, {"scale": 0.1, "offset": -50.0}, 25.0),
        # Oldham iTrans2 prints 20.9 % as $0209
        ("02 09", Kind.BCD16, {"scale": 0.1}, 20.9),
        # IGD TOC-635: 0 … 1200 is −10 … 110 %LEL
        ("00 00", Kind.UINT16, {"scale": 0.1, "offset": -10.0}, -10.0),
        ("04 B0", Kind.UINT16, {"scale": 0.1, "offset": -10.0}, 110.0),
        # JingYan TLL90S: −12.345°, high word first
        ("FF FF CF C7", Kind.INT32, {"scale": 0.001}, -12.345),
        # WitMotion: int16 / 32768 × 180
        ("40 00", Kind.INT16, {"scale": 180 / 32768}, 90.0),
        # A range that two registers bound (normalised): full scale and half of it
        ("FF FF", Kind.UINT16, {"ends": FULL}, 2500.0),
        ("00 00", Kind.UINT16, {"ends": FULL}, 0.0),
    ],
)
def test_the_bytes_of_a_manual_are_the_value_that_it_prints(
    data: str, kind: RegisterType, source: dict[str, Any], value: float
) -> None:
    assert decode_one(bytes.fromhex(data), register_point("p", 0, kind, **source)) == (value, Quality.GOOD)


@pytest.mark.parametrize(
    ("data", "kind", "written"),
    [
        ("D9 03", Kind.UINT16, 55555),  # Balluff BSI
        ("80 00", Kind.INT16, 0x8000),  # ModMux RTD, burnout
        ("80 01", Kind.INT16, -32767),
        ("80 00 00 00 00 00 00 00", Kind.INT64, 0x8000000000000000),
        ("FF FF FF FF FF FF FF FF", Kind.UINT64, -1),
        ("FF EF FF FF FF FF FF FF", Kind.FLOAT64, 0xFFEFFFFFFFFFFFFF),
        ("FF FF", Kind.BCD16, 0xFFFF),
        ("99 99", Kind.BCD16, 0x9999),
        ("FF FF", Kind.PACKED, 0xFFFF),
    ],
)
def test_a_raw_number_that_means_no_value(data: str, kind: RegisterType, written: int) -> None:
    point = register_point("p", 0, kind, sentinels=(written,))
    assert decode_one(bytes.fromhex(data), point) == (None, Quality.SENTINEL)


def test_the_eight_bytes_of_a_64_bit_value_are_where_the_order_says() -> None:
    sent = {
        ByteOrder.ABCD: "01 02 03 04 05 06 07 08",
        ByteOrder.CDAB: "07 08 05 06 03 04 01 02",
        ByteOrder.BADC: "02 01 04 03 06 05 08 07",
        ByteOrder.DCBA: "08 07 06 05 04 03 02 01",
    }
    for order, data in sent.items():
        point = register_point("p", 0, Kind.UINT64, order=order)
        assert decode_one(bytes.fromhex(data), point)[0] == 0x0102030405060708


NUMBERS: dict[RegisterType, st.SearchStrategy[Any]] = {
    Kind.INT16: st.integers(-(2**15), 2**15 - 1),
    Kind.UINT16: st.integers(0, 2**16 - 1),
    Kind.INT32: st.integers(-(2**31), 2**31 - 1),
    Kind.UINT32: st.integers(0, 2**32 - 1),
    Kind.INT64: st.integers(-(2**63), 2**63 - 1),
    Kind.UINT64: st.integers(0, 2**64 - 1),
    Kind.FLOAT32: st.floats(width=32, allow_nan=False, allow_infinity=False),
    Kind.FLOAT64: st.floats(allow_nan=False, allow_infinity=False),
    Kind.BCD16: st.integers(0, 9999),
    Kind.BCD32: st.integers(0, 99999999),
}


@given(st.data(), ORDERS, st.sampled_from(list(NUMBERS)))
def test_every_number_comes_back_in_every_order(
    data: st.DataObject, order: ByteOrder, kind: RegisterType
) -> None:
    value = data.draw(NUMBERS[kind])
    point = register_point("p", 0, kind, order=order)
    sent, meaning = encode(source_of(point), value)
    assert decode_one(sent, point) == (meaning, Quality.GOOD) == (value, Quality.GOOD)


@given(st.integers(0, 255), st.integers(0, 99), st.sampled_from([1, 2]), ORDERS)
def test_packed_bytes_come_back(whole: int, decimals: int, places: int, order: ByteOrder) -> None:
    value = float(f"{whole}.{decimals % 10**places:0{places}d}")
    point = register_point("p", 0, Kind.PACKED, order=order, places=places)
    sent, meaning = encode(source_of(point), value)
    assert sorted(sent) == sorted((whole, decimals % 10**places))
    assert decode_one(sent, point) == (meaning, Quality.GOOD) == (value, Quality.GOOD)


@pytest.mark.parametrize(
    ("data", "kind"), [("12 0A", Kind.PACKED), ("00 0A", Kind.BCD16), ("F0 00 00 00", Kind.BCD32)]
)
def test_digits_that_are_none_are_no_value(data: str, kind: RegisterType) -> None:
    for within in (None, (0.0, 10.0)):
        point = register_point("p", 0, kind, scale=0.5, within=within)
        assert decode_one(bytes.fromhex(data), point) == (None, Quality.NOT_A_NUMBER)


@given(
    st.text(
        st.characters(codec="gbk", exclude_characters="\0\xff", exclude_categories=["Cc", "Zs"]), max_size=8
    ),
    ORDERS,
)
def test_a_chinese_text_comes_back_without_its_padding(text: str, order: ByteOrder) -> None:
    point = register_point("p", 0, Kind.STRING, order=order, length=8, encoding="gbk")
    sent, meaning = encode(source_of(point), text)
    assert len(sent) == 16
    assert decode_one(sent, point) == (meaning, Quality.GOOD) == (text, Quality.GOOD)


@pytest.mark.parametrize(
    ("data", "encoding", "order", "value"),
    [
        (b"CO  \0\0", "ascii", ByteOrder.ABCD, "CO"),
        (b"OC\0\0", "ascii", ByteOrder.BADC, "CO"),
        (b"OC\0\0", "ascii", ByteOrder.DCBA, "CO"),
        (b"CO\0OLD", "ascii", ByteOrder.CDAB, "CO"),  # an older, longer text behind the zero
        (b"\xff\xff\xff\xff", "ascii", ByteOrder.ABCD, ""),  # erased flash
        ("一氧化碳".encode("gbk"), "gbk", ByteOrder.ABCD, "一氧化碳"),
        ("甲烷".encode() + b"\0\0", "utf-8", ByteOrder.ABCD, "甲烷"),
    ],
)
def test_a_text_is_read_as_its_maker_wrote_it(
    data: bytes, encoding: str, order: ByteOrder, value: str
) -> None:
    point = register_point("p", 0, Kind.STRING, order=order, length=len(data) // 2, encoding=encoding)
    assert decode_one(data, point) == (value, Quality.GOOD)


@pytest.mark.parametrize(
    ("data", "encoding"), [(b"\xd2\xbb", "ascii"), (b"\xd2\xd2", "utf-8"), (b"A\x80", "gbk")]
)
def test_bytes_that_are_no_text_are_no_value(data: bytes, encoding: str) -> None:
    point = register_point("p", 0, Kind.STRING, length=1, encoding=encoding)
    assert decode_one(data, point) == (None, Quality.NOT_A_NUMBER)


@pytest.mark.parametrize(
    ("data", "kind", "value"),
    [
        ("07 EA 00 0B 00 18 00 08 00 21 00 23", Kind.DATETIME_WORDS, "2026-11-24 08:33:35"),
        ("00 1A 00 0B 00 18 00 08 00 21 00 23", Kind.DATETIME_WORDS, "2026-11-24 08:33:35"),
        ("26 11 24 08 33 35", Kind.DATETIME_BCD, "2026-11-24 08:33:35"),
        ("07 EA 00 0D 00 18 00 08 00 21 00 23", Kind.DATETIME_WORDS, None),  # a thirteenth month
        ("2A 11 24 08 33 35", Kind.DATETIME_BCD, None),
        ("00 00 00 00 00 00", Kind.DATETIME_BCD, None),  # a clock that was never set
    ],
)
def test_a_clock_is_what_it_reads_or_nothing(data: str, kind: RegisterType, value: str | None) -> None:
    quality = Quality.GOOD if value else Quality.NOT_A_NUMBER
    assert decode_one(bytes.fromhex(data), register_point("p", 0, kind)) == (value, quality)


@given(st.datetimes(), ORDERS, st.sampled_from([Kind.DATETIME_WORDS, Kind.DATETIME_BCD]))
def test_a_clock_comes_back(at: Any, order: ByteOrder, kind: RegisterType) -> None:
    at = at.replace(year=2000 + at.year % 100, microsecond=0)
    point = register_point("p", 0, kind, order=order)
    sent, meaning = encode(source_of(point), at.isoformat(" "))
    assert decode_one(sent, point) == (meaning, Quality.GOOD)


@pytest.mark.parametrize(
    ("bits", "value"), [((0, 3), 0xA), ((4, 5), 3), ((4, 7), 0xB), ((8, 15), 0xC4), ((0, 15), 0xC4BA)]
)
def test_a_field_of_a_register_is_cut_out(bits: tuple[int, int], value: int) -> None:
    assert decode_one(b"\xc4\xba", register_point("p", 0, bits=bits)) == (value, Quality.GOOD)
    swapped = register_point("p", 0, bits=bits, order=ByteOrder.DCBA)
    assert decode_one(b"\xba\xc4", swapped) == (value, Quality.GOOD)


def test_a_sentinel_of_a_field_is_the_fields_own_number() -> None:
    assert (
        decode_one(b"\xff\xf0", register_point("p", 0, bits=(8, 15), sentinels=(0xFF,)))[1]
        is Quality.SENTINEL
    )


@pytest.mark.parametrize("table", [Table.HOLDING_REGISTER, Table.COIL])
@pytest.mark.parametrize(
    ("on", "inverted", "value"), [(1, False, True), (0, False, False), (1, True, False), (0, True, True)]
)
def test_a_normally_closed_contact_is_active_while_it_reads_0(
    table: Table, on: int, inverted: bool, value: bool
) -> None:
    bit = None if table.holds_bits else 8
    point = register_point("p", 0, Kind.BIT, table=table, bit=bit, inverted=inverted)
    assert decode_one(bytes((on, 0)), point) == (value, Quality.GOOD)


@pytest.mark.parametrize(
    ("raw", "value", "quality"),
    [
        (0, None, Quality.WIRE_BREAK),
        (3600, None, Quality.WIRE_BREAK),
        (3601, 0.0, Quality.UNDER_RANGE),
        (3799, 0.0, Quality.UNDER_RANGE),
        (3800, 0.0, Quality.GOOD),
        (4000, 0.0, Quality.GOOD),
        (12000, 12.5, Quality.GOOD),
        (20000, 25.0, Quality.GOOD),
        (20499, 25.0, Quality.GOOD),
        (20500, 25.0, Quality.OVER_RANGE),
        (22000, 25.0, Quality.OVER_RANGE),
    ],
)
def test_a_current_loop_is_judged_by_ne_43(raw: int, value: float | None, quality: Quality) -> None:
    point = register_point("p", 0, ends=MICROAMPERE, within=(0.0, 25.0))
    assert decode_one(struct.pack(">H", raw), point) == (value, quality)
    as_float = register_point("p", 0, Kind.FLOAT32, ends=MICROAMPERE, within=(0.0, 25.0))
    assert decode_one(struct.pack(">f", raw), as_float) == (value, quality)


@pytest.mark.parametrize("strange", [math.nan, math.inf, -math.inf])
def test_a_current_that_is_no_number_is_no_value(strange: float) -> None:
    point = register_point("p", 0, Kind.FLOAT32, ends=MILLIAMPERE, within=(-1.0, 3.0))
    assert decode_one(struct.pack(">f", strange), point) == (None, Quality.NOT_A_NUMBER)


@given(
    st.floats(0, 1),
    st.sampled_from([FULL, MICROAMPERE, Ends((65535, 0), (-40.0, 125.5)), Ends((0, 27648), (0.1, 0.4))]),
)
def test_a_value_between_two_ends_comes_back_to_a_tenth_of_a_step(share: float, ends: Ends) -> None:
    low, high = ends.value
    point = register_point("p", 0, ends=ends, within=ends.value)
    sent, meaning = encode(source_of(point), low + share * (high - low))
    value, quality = decode_one(sent, point)
    step = (high - low) / abs(ends.raw[1] - ends.raw[0])
    assert quality is Quality.GOOD
    assert value == pytest.approx(meaning, abs=step / 10)
    assert value == pytest.approx(low + share * (high - low), abs=0.7 * step)


@pytest.mark.parametrize("ends", [FULL, Ends((65535, 0), (-40.0, 125.5)), Ends((0, 27648), (0.1, 0.4))])
def test_the_ends_of_a_range_are_inside_it(ends: Ends) -> None:
    point = register_point("p", 0, ends=ends, within=ends.value)
    for raw, value in zip(ends.raw, ends.value, strict=True):
        assert decode_one(struct.pack(">H", int(raw)), point) == (value, Quality.GOOD)


@pytest.mark.parametrize(
    ("kind", "source", "quality"),
    [
        (Kind.UINT16, {"ends": MICROAMPERE}, Quality.WIRE_BREAK),
        (Kind.FLOAT32, {"ends": MILLIAMPERE}, Quality.WIRE_BREAK),
        (Kind.FLOAT64, {}, Quality.NOT_A_NUMBER),
        (Kind.BCD32, {}, Quality.NOT_A_NUMBER),
        (Kind.PACKED, {}, Quality.NOT_A_NUMBER),
        (Kind.DATETIME_BCD, {}, Quality.NOT_A_NUMBER),
    ],
)
def test_what_a_failed_device_of_the_simulator_sends_is_no_value(
    kind: RegisterType, source: dict[str, Any], quality: Quality
) -> None:
    point = register_point("p", 0, kind, **source)
    spoilt = sentinel(source_of(point), bytes(2 * kind.registers))
    assert decode_one(spoilt, point) == (None, quality)
