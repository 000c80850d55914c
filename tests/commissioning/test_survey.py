"""What registers may mean: the bytes of makers' manuals are among what is marked, and chance is not."""

import struct
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.commissioning.candidates import numbers, ranges, rounds, settings_in_order
from agent.commissioning.survey import CURRENT_NOTE, INVALID_NOTE, as_float, guess_floats, survey
from config.source import ByteOrder

NOW_S = 1_795_000_000


def registers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f">{len(data) // 2}H", data)


def at(first: int, data: bytes) -> dict[int, int]:
    return {first + n: word for n, word in enumerate(registers(data))}


def floats(first: int, values: Iterable[float], order: ByteOrder) -> dict[int, int]:
    words: dict[int, int] = {}
    for n, value in enumerate(values):
        words |= at(first + 2 * n, ordered(struct.pack(">f", value), order))
    return words


def ordered(abcd: bytes, order: ByteOrder) -> bytes:
    return bytes(abcd["ABCD".index(letter)] for letter in order.value)


@pytest.mark.parametrize(
    ("wire", "order", "value"),
    [
        ("0A 11 42 C5", ByteOrder.CDAB, 98.51966),  # SUTO S418, flow
        ("00 00 C8 41", ByteOrder.DCBA, 25.0),  # PHG-2091 at 0x2600
        ("C2 F6 E6 66", ByteOrder.ABCD, -123.45),  # Vaisala HMD60, its constant
    ],
    ids=["suto", "phg", "vaisala"],
)
def test_a_makers_own_bytes_give_its_value(wire: str, order: ByteOrder, value: float) -> None:
    first, second = registers(bytes.fromhex(wire))
    assert as_float(first, second, order) == pytest.approx(value, rel=1e-6)
    number = survey({100: first, 101: second}, NOW_S).rows[0].floats[order]
    assert number is not None
    assert number.is_likely


@pytest.mark.parametrize("order", list(ByteOrder))
@pytest.mark.parametrize("first", [0, 7])
def test_a_block_of_floats_gives_away_its_byte_order_and_where_it_begins(
    order: ByteOrder, first: int
) -> None:
    words = floats(first, [98.52, 12.5, -3.25, 0.45, 1500.0, 36.6], order)
    words |= {90: 100, 91: 372, 92: 12000}
    guess = guess_floats(words)
    assert guess is not None
    assert (guess.order, guess.parity) == (order, first % 2)
    rows = {row.address: row for row in survey(words, NOW_S).rows}
    marked = rows[first].floats[order]
    assert marked is not None
    assert marked.is_likely
    assert not rows[first].unsigned.is_likely, "half of a float is no number of its own"
    assert rows[90].unsigned.is_likely


def test_whole_numbers_alone_are_not_taken_for_floats() -> None:
    words = dict(enumerate([100, 372, 455, 0, 12, 748, 399, 23, 5, 1]))
    assert guess_floats(words) is None
    assert survey(words, NOW_S).texts == ()


@given(st.dictionaries(st.integers(0, 200), st.integers(0, 65535), max_size=60))
def test_any_registers_can_be_shown(words: dict[int, int]) -> None:
    made = survey(words, NOW_S)
    assert [row.address for row in made.rows] == sorted(words)


def test_ascii_and_chinese_texts_are_found_in_either_order_of_their_bytes() -> None:
    words = at(30, b"GT-1201\0") | at(50, "一氧化碳".encode("gbk"))
    words |= at(70, b"".join(bytes(pair[::-1]) for pair in (b"HN", b"AG", b"10", b"00")))
    words |= at(90, b"".join(bytes(pair[::-1]) for pair in (b"GT", b"-1", b"20", b"1\0")))
    found = {text.first: text for text in survey(words, NOW_S).texts}
    assert found[30].text == "GT-1201"
    assert found[50].text == "一氧化碳"
    assert (found[70].text, found[70].reversed) == ("NHGA0100", "HNAG1000"), "people must tell"
    assert found[90].text == "GT-1201"


def test_the_other_kinds_of_registers_are_noted() -> None:
    words = {0: 0x0209, 2: 0x1409, 4: 0x8000, 6: 12000, 8: 55555, 10: NOW_S >> 16, 11: NOW_S & 0xFFFF}
    notes = {row.address: row.notes for row in survey(words, NOW_S + 60).rows}
    assert "BCD 209" in notes[0]
    assert "20.9" in notes[2]
    assert INVALID_NOTE in notes[4]
    assert INVALID_NOTE in notes[8]
    assert CURRENT_NOTE in notes[6]
    assert any(note.startswith("2026-11-18") for note in notes[10])


def test_a_float64_is_found_where_no_two_float32_explain_it() -> None:
    [double] = survey(at(40, struct.pack(">d", 123.456)), NOW_S).doubles
    assert (double.first, double.order, double.value) == (40, ByteOrder.ABCD, 123.456)
    assert survey(floats(0, [98.52, 12.5, 3.25, 0.45], ByteOrder.CDAB), NOW_S).doubles == ()


@pytest.mark.parametrize("order", list(ByteOrder))
@pytest.mark.parametrize(
    ("type_", "layout", "value"),
    [
        ("int32", ">i", 5_123_456),
        ("int32", ">i", -70_000),
        ("uint32", ">I", 3_405_691_582),
        ("int64", ">q", 5_000_000_123),
        ("int64", ">q", 5_123_456),
        ("int64", ">q", 5_000_000),
    ],
)
def test_a_whole_number_of_several_registers_is_shown_in_its_byte_order(
    type_: str, layout: str, value: int, order: ByteOrder
) -> None:
    big = struct.pack(layout, value)
    words = at(40, in_order(big, order))
    named = survey(words, NOW_S).rows[0].wholes.named
    assert named[f"{type_} {order.value}"].text == str(value)


def in_order(big: bytes, order: ByteOrder) -> bytes:
    """Return big-endian bytes as a device sends them that has this order."""
    pairs = [big[n : n + 2] for n in range(0, len(big), 2)]
    if order in (ByteOrder.CDAB, ByteOrder.DCBA):
        pairs.reverse()
    return b"".join(pair[::-1] if order.swaps_bytes else pair for pair in pairs)


def test_small_numbers_side_by_side_are_no_unsigned_counters() -> None:
    words = dict(enumerate([100, 372, 455, 0, 12, 748, 399, 200, 5, 129]))
    names = {name for row in survey(words, NOW_S).rows for name in row.wholes.named}
    assert not any(name.startswith("uint32") for name in names)


def test_a_signed_temperature_with_one_decimal_is_marked() -> None:
    [row] = survey({1: 0xFF85}, NOW_S).rows
    assert (row.signed.text, row.signed.is_likely) == ("-123", True)
    assert (row.tenth.text, row.tenth.is_likely) == ("-12.3", True)
    assert not row.unsigned.is_likely


def test_the_likeliest_settings_come_first_and_likely_units_under_all_of_them() -> None:
    settings = settings_in_order([9600, 19200, 1200], ["none", "even"], 1)
    assert [str(setting) for setting in settings[:4]] == ["9600 8N1", "19200 8N1", "9600 8E1", "19200 8E1"]
    assert len(settings) == 6
    parts = list(rounds(settings, range(1, 248)))
    assert len(parts) == 12
    assert [max(units) for _, units in parts] == [16] * 6 + [247] * 6
    assert sum(len(units) for _, units in parts) == 6 * 247


@pytest.mark.parametrize(("text", "found"), [("1-3,7", [1, 2, 3, 7]), ("5", [5]), (" 2 , 1-2", [2, 1])])
def test_a_list_of_numbers_is_read_as_people_write_it(text: str, found: list[int]) -> None:
    assert numbers(text, 1, 247) == found
    assert ranges(found) == ranges(sorted(found))


@pytest.mark.parametrize("text", ["", "0", "248", "3-1", "a", "1-", "1--3"])
def test_what_is_no_list_of_units_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        numbers(text, 1, 247)
