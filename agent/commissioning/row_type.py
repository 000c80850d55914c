"""What a row says of its value: the type in registers and their order, or the datatype of an OPC UA node.

A node's server knows how the value is sent; all that the row can say is its kind,
and a kind that contradicts the rest of the row is told.
"""

from collections.abc import Callable, Mapping
from typing import Final

from agent.commissioning import notation, wire_words
from agent.commissioning.row_cells import RowCells
from agent.commissioning.text_length import without_length
from agent.commissioning.vocabulary import Field
from config.fault import Objection
from config.source import ByteOrder, RegisterType, Table
from config.validation import choice_fields

_DATATYPES: Final = ("float", "int", "bool", "string")
_NODE_WORDS: Final[Mapping[str, str]] = {
    word: datatype
    for datatype, words in {
        "float": "ai ao 模拟量 analog number",
        "int": "sbyte byte sint usint int8 uint8 字节 enum enumeration 枚举",
        "string": "wstring text localizedtext 字符串 字符 文本",
    }.items()
    for word in words.split()
}
_OF_REGISTER: Final = {
    RegisterType.BIT: "bool",
    RegisterType.STRING: "string",
    RegisterType.FLOAT32: "float",
    RegisterType.FLOAT64: "float",
    RegisterType.INT16: "int",
    RegisterType.UINT16: "int",
    RegisterType.INT32: "int",
    RegisterType.UINT32: "int",
    RegisterType.INT64: "int",
    RegisterType.UINT64: "int",
}
_SCALING: Final[Mapping[Field, tuple[Callable[[str], float], float]]] = {
    Field.SCALE: (notation.scale, 1),
    Field.DIVISOR: (notation.scale, 1),
    Field.DECIMALS: (notation.number, 0),
    Field.OFFSET: (notation.number, 0),
}
"""The columns that change a raw number, how they are read, and what leaves it as it is."""


def type_and_order(cells: RowCells, table: Table | None) -> tuple[RegisterType | None, ByteOrder | None]:
    """Return type and byte order of a value in registers, whichever of the two columns says them."""
    named = cells.parse(Field.TYPE, _type_without_length)
    order = cells.parse(Field.ORDER, wire_words.byte_order)
    type_ = named[0] if named else None
    if named is not None and named[1] is not None:
        if order is not None and order is not named[1]:
            cells.fault(Field.ORDER, "table-order-differs", order=order.value, other=named[1].value)
        order = named[1]
    if table is not None and table.holds_bits:
        if type_ not in (None, RegisterType.BIT):
            cells.fault(Field.TYPE, "table-type-in-bit-table", table=table.value)
        return RegisterType.BIT, None
    return type_, order


def _type_without_length(text: str) -> tuple[RegisterType, ByteOrder | None]:
    name, length = without_length(text)
    if length is not None and wire_words.is_text(name):
        return RegisterType.STRING, None
    return wire_words.data_type(text)


def node_datatype(cells: RowCells, extra: Mapping[str, object]) -> str | None:
    """Return the datatype of a node; None where neither the column nor `extra`, the last one, says it."""
    datatype = cells.parse(Field.TYPE, _datatype)
    said = extra.get("datatype")
    if datatype is not None and said not in (None, datatype):
        cells.fault(Field.TYPE, "table-datatype-differs", datatype=datatype, other=said)
    return datatype or (said if isinstance(said, str) else None)


def _datatype(text: str) -> str:
    """Return what a 类型 column means for a node: `DINT` and 整数 are int, of any width and sign."""
    word = without_length(text)[0].replace(" ", "").lower()
    plain = word.removesuffix("型")
    if (datatype := _NODE_WORDS.get(word) or _NODE_WORDS.get(plain)) is not None:
        return datatype
    try:
        type_, _ = wire_words.data_type(word)
    except Objection as objection:
        if objection.code == "table-type-ambiguous":
            return "int"
        raise _unknown(word) from objection
    if type_ not in _OF_REGISTER:
        raise _unknown(word)
    return _OF_REGISTER[type_]


def _unknown(word: str) -> Objection:
    suffix, fields = choice_fields(word, _DATATYPES)
    return Objection("table-type-unknown" + suffix, **fields)


def tell_node_contradictions(
    cells: RowCells, datatype: str | None, range_: tuple[float, float] | None
) -> None:
    """Tell what stands in the row and would have no effect on a node, or none on a value of this kind."""
    own = cells.filled  # what --set says is meant for the rows of registers
    if Field.BIT in own:
        cells.fault(Field.BIT, "table-bit-of-node")
    for field, (read, nothing) in _SCALING.items():
        if field in own and cells.parse(field, read) not in (None, nothing):
            cells.fault(field, "table-scale-of-node")
    is_of_switch = datatype == "bool" and range_ == (0, 1)
    if range_ is not None and datatype in ("bool", "string") and not is_of_switch:
        field = Field.RANGE if Field.RANGE in own else Field.RANGE_HIGH
        cells.fault(field, "table-range-of-no-number", datatype=datatype)
