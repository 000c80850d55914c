"""What contractors write in a cell, and what is made of it; what can mean two things is refused."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.commissioning import notation, wire_words
from agent.commissioning.address import Base, modicon, on_wire, read_address
from agent.commissioning.flow import flow
from agent.commissioning.sheet import column_letters, plain
from config.document import parse_document
from config.fault import Findings, Objection
from config.source import ByteOrder, RegisterType, Table
from config.unit import UNITS

RANGES = {
    "0-100": (0, 100, ""),
    "０～１．６ＭＰａ": (0, 1.6, "MPa"),
    "-50～150": (-50, 150, ""),
    "-50 - -10": (-50, -10, ""),
    "－２０…１００": (-20, 100, ""),
    "0——100": (0, 100, ""),
    "±100mm": (-100, 100, "mm"),
    "0 to 1,000": (0, 1000, ""),
    "0至1000ppm": (0, 1000, "ppm"),
    "[0, 100]": (0, 100, ""),
    "0,100": (0, 100, ""),
    "0MPa~1.6MPa": (0, 1.6, "MPa"),
    "0,0-0,6": (0, 0.6, ""),
    "0.0-100.0％": (0, 100, "%"),
}
TYPES = {
    "FLOAT": RegisterType.FLOAT32,
    "浮点数": RegisterType.FLOAT32,
    "32位浮点": RegisterType.FLOAT32,
    "单精度浮点数": RegisterType.FLOAT32,
    "REAL": RegisterType.FLOAT32,
    "双精度": RegisterType.FLOAT64,
    "INT": RegisterType.INT16,
    "16位有符号整数": RegisterType.INT16,
    "无符号16位": RegisterType.UINT16,
    "Unsigned Int 16": RegisterType.UINT16,
    "WORD": RegisterType.UINT16,
    "DINT": RegisterType.INT32,
    "双整数": RegisterType.INT32,
    "32位无符号整型": RegisterType.UINT32,
    "DWORD": RegisterType.UINT32,
    "开关量": RegisterType.BIT,
    "16位BCD码": RegisterType.BCD16,
}
ORDERS = {
    "CDAB": ByteOrder.CDAB,
    "CD AB": ByteOrder.CDAB,
    "低字在前": ByteOrder.CDAB,
    "3412": ByteOrder.CDAB,
    "大端模式": ByteOrder.ABCD,
    "Big Endian": ByteOrder.ABCD,
    "BA": ByteOrder.BADC,
    "4-3-2-1": ByteOrder.DCBA,
}
FUNCTIONS = {
    "03": Table.HOLDING_REGISTER,
    "0x04": Table.INPUT_REGISTER,
    "FC3": Table.HOLDING_REGISTER,
    "03/06": Table.HOLDING_REGISTER,
    "3,16": Table.HOLDING_REGISTER,
    "03(读保持寄存器)": Table.HOLDING_REGISTER,
    "2": Table.DISCRETE_INPUT,
    "读线圈": Table.COIL,
}
AREAS = {
    "4x": Table.HOLDING_REGISTER,
    "４区": Table.HOLDING_REGISTER,
    "4": Table.HOLDING_REGISTER,
    "3": Table.INPUT_REGISTER,
    "Input Register": Table.INPUT_REGISTER,
    "离散输入": Table.DISCRETE_INPUT,
    "0X": Table.COIL,
}
UNITS_WRITTEN = {
    "℃": "°C",
    "ＭＰａ": "MPa",
    "mpa": "MPa",
    "㎥/h": "m3/h",
    "Nm³/h": "Nm3/h",
    "㎎/m³": "mg/m3",
    "μm": "µm",
    "RPM": "r/min",
    "％LEL": "%LEL",
}
SCALES = {"0.1": 0.1, "×0.1": 0.1, "1/10": 0.1, "÷100": 0.01, "/1000": 0.001, "0,1": 0.1, "10": 10}


@pytest.mark.parametrize("text", RANGES)
def test_a_range(text: str) -> None:
    assert notation.measuring_range(plain(text)) == RANGES[text]


@pytest.mark.parametrize("text", TYPES)
def test_a_data_type(text: str) -> None:
    assert wire_words.data_type(plain(text)) == (TYPES[text], None)


@pytest.mark.parametrize("text", ORDERS)
def test_a_byte_order(text: str) -> None:
    assert wire_words.byte_order(plain(text)) is ORDERS[text]
    if text == "CDAB":
        assert wire_words.data_type(f"FLOAT ({text})") == (RegisterType.FLOAT32, ORDERS[text])


@pytest.mark.parametrize("text", FUNCTIONS)
def test_a_function_code(text: str) -> None:
    assert wire_words.function_table(plain(text)) is FUNCTIONS[text]


@pytest.mark.parametrize("text", AREAS)
def test_a_register_table(text: str) -> None:
    assert wire_words.area(plain(text)) is AREAS[text]


@pytest.mark.parametrize("text", UNITS_WRITTEN)
def test_a_unit(text: str) -> None:
    assert notation.unit(plain(text)) == UNITS_WRITTEN[text]
    assert UNITS_WRITTEN[text] in UNITS


@pytest.mark.parametrize("text", SCALES)
def test_a_scale(text: str) -> None:
    assert notation.scale(plain(text)) == SCALES[text]


@pytest.mark.parametrize(
    ("read", "text", "code"),
    [
        (wire_words.data_type, "整数", "table-type-ambiguous"),
        (wire_words.data_type, "模拟量", "table-type-unknown"),
        (wire_words.byte_order, "小端", "table-order-ambiguous"),
        (wire_words.function_table, "06", "table-function-writes"),
        (wire_words.function_table, "1/2", "table-function-unknown"),
        (wire_words.area, "03", "table-area-unknown"),
        (notation.measuring_range, "4-20", None),
        (notation.measuring_range, "20-4", "table-range-impossible"),
        (notation.measuring_range, "100", "table-range-unreadable"),
        (notation.scale, "0", "table-scale-zero"),
        (notation.scale, "1/0", "table-scale-zero"),
        (notation.unit, "kgf", "table-unit-unknown-near"),
        (notation.number, "一", "table-not-a-number"),
        (notation.number, "1e99", "table-not-a-number"),
        (read_address, "D100", "table-address-unreadable"),
        (read_address, "1F", "table-address-hex"),
    ],
)
def test_what_cannot_mean_one_thing_is_refused(read: object, text: str, code: str | None) -> None:
    assert callable(read)
    try:
        read(text)
    except Objection as objection:
        assert objection.code == code  # noqa: PT017
    else:
        assert code is None


def test_a_unit_that_nobody_knows_is_taken_when_it_is_asked_for() -> None:
    assert notation.unit("pH", frozenset({"pH"})) == "pH"


@given(st.sampled_from(list(Table)), st.integers(0, 65535))
def test_an_address_in_the_manner_of_modicon_comes_back(table: Table, address: int) -> None:
    written = read_address(modicon(table, address))
    assert on_wire(written, Base.MODICON, table) == (table, address)


@given(st.floats(-1e9, 1e9).filter(lambda x: x == 0 or abs(x) > 1e-6), st.floats(1e-3, 1e6))
def test_a_range_that_is_written_out_reads_the_same(low: float, span: float) -> None:
    high = low + span
    if not low < high:
        return
    assert notation.measuring_range(f"{flow(low)}~{flow(high)}") == (low, high, "")


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
VALUES = st.recursive(
    TEXTS | st.booleans() | st.integers(-(10**15), 10**15) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.just("key"), VALUES, min_size=1))
def test_whatever_is_written_as_yaml_reads_the_same_in_a_plant_file(value: dict[str, object]) -> None:
    document = parse_document(flow(value), "x", Findings())
    assert document is not None
    assert _same(document.data, value)


def _same(read: object, written: object) -> bool:
    if isinstance(written, float) and isinstance(read, int | float):
        return math.isclose(read, written, rel_tol=0, abs_tol=0)
    if isinstance(written, list) and isinstance(read, list):
        return len(read) == len(written) and all(map(_same, read, written))
    if isinstance(written, dict) and isinstance(read, dict):
        return read.keys() == written.keys() and all(_same(read[key], written[key]) for key in written)
    return type(read) is type(written) and read == written


def test_columns_are_named_as_a_spreadsheet_names_them() -> None:
    assert [column_letters(n) for n in (1, 26, 27, 52, 703)] == ["A", "Z", "AA", "AZ", "AAA"]
