"""How contractors name tables, types and byte orders, and what they mean by it.

Every function takes a cell's text in plain characters and raises Objection with
the code of its sentence (config/words_table.py) where it cannot mean one thing.
`INT` is 16 bits wide, as in IEC 61131-3; a bare 整数 says nothing about its sign,
and "little endian" nothing about the order of the words: both are asked back.
"""

import re
from typing import Final

from config.fault import Objection
from config.source import ByteOrder, RegisterType, Table
from config.validation import choice_fields

_ORDER_IN_TYPE: Final = re.compile(r"[(\[_\-]*(abcd|cdab|badc|dcba)[)\]]*$")

_TABLE_WORDS: Final = (
    (Table.DISCRETE_INPUT, ("离散", "输入状态", "输入线圈", "discrete", "触点", "1x", "1区")),
    (Table.COIL, ("线圈", "coil", "0x", "0区", "输出状态")),
    (Table.INPUT_REGISTER, ("输入寄存器", "inputreg", "3x", "3区", "inputregister", "input")),
    (Table.HOLDING_REGISTER, ("保持", "holding", "4x", "4区", "输出寄存器")),
)
_AREAS: Final = {
    "0": Table.COIL,
    "1": Table.DISCRETE_INPUT,
    "3": Table.INPUT_REGISTER,
    "4": Table.HOLDING_REGISTER,
    "di": Table.DISCRETE_INPUT,
    "ir": Table.INPUT_REGISTER,
    "hr": Table.HOLDING_REGISTER,
}
_BY_FUNCTION: Final = {table.function_code: table for table in Table}
_WRITES: Final = frozenset({5, 6, 15, 16, 22, 23})
_CODES: Final = re.compile(r"0x([0-9a-f]+)|([0-9a-f]+)h\b|(\d+)")


def area(text: str) -> Table:
    """Return the register table that a 寄存器区 column names: `4x`, `保持寄存器`, `4`."""
    compact = text.replace(" ", "").lower()
    if compact in _AREAS:
        return _AREAS[compact]
    for table, words in _TABLE_WORDS:
        if compact == table.value or any(word in compact for word in words):
            return table
    raise Objection("table-area-unknown", known=_KNOWN_AREAS)


_KNOWN_AREAS: Final = ("0x 线圈 coil", "1x 离散输入 discrete", "3x 输入寄存器 input", "4x 保持寄存器 holding")


def function_table(text: str) -> Table:
    """Return the table that a 功能码 column's code reads: `03`, `0x03`, `FC3`, `03/06`."""
    compact = text.replace(" ", "").lower().replace("fc", "")
    codes = {
        int(hexadecimal or with_h, 16) if hexadecimal or with_h else int(decimal)
        for hexadecimal, with_h, decimal in _CODES.findall(compact)
    }
    reads = codes & _BY_FUNCTION.keys()
    if len(reads) == 1:
        return _BY_FUNCTION[reads.pop()]
    if not codes:
        return area(text)
    if not reads and codes <= _WRITES:
        raise Objection("table-function-writes")
    raise Objection("table-function-unknown")


_TYPES: Final = {
    RegisterType.FLOAT32: "float float32 f32 real real32 single ieee754 fp32 浮点 单精度 4字节浮点",
    RegisterType.FLOAT64: "double float64 f64 lreal 双精度 fp64 8字节浮点",
    RegisterType.INT16: "int int16 i16 s16 short sint16 signed16 signedint16 短整型 有符号",
    RegisterType.UINT16: "uint uint16 u16 word ushort unsigned16 unsignedint16 字 无符号",
    RegisterType.INT32: "dint int32 i32 s32 long sint32 signed32 双整型 长整型",
    RegisterType.UINT32: "udint uint32 u32 dword ulong unsigned32 双字 无符号长整型",
    RegisterType.INT64: "lint int64 i64 s64 longlong",
    RegisterType.UINT64: "ulint uint64 u64 lword ulonglong",
    RegisterType.BCD16: "bcd bcd16",
    RegisterType.BCD32: "bcd32",
    RegisterType.STRING: "string str text ascii 字符串 字符 文本 文字",
    RegisterType.BIT: "bit bool boolean 位 布尔 布尔量 开关 开关量 di do 数字量 状态量 digital",
}
_BY_TYPE_WORD: Final = {
    **{type_.value: type_ for type_ in RegisterType},
    **{word: type_ for type_, words in _TYPES.items() for word in words.split()},
}
_BITS: Final = "(?:(16|32|64)位)?"
_CHINESE_TYPE: Final = re.compile(
    f"^{_BITS}(有符号|无符号)?{_BITS}(单精度浮点|双精度浮点|浮点|短整|双整|长整|整|bcd)?$"
)


def data_type(text: str) -> tuple[RegisterType, ByteOrder | None]:
    """Return type and, where it is written with it, byte order: `float CDAB` is float32 in CDAB."""
    compact = text.replace(" ", "").lower()
    order = None
    if match := _ORDER_IN_TYPE.search(compact):
        compact, order = compact[: match.start()], ByteOrder(match[1].upper())
    word = re.sub(r"[()]", "", compact)
    type_ = _BY_TYPE_WORD.get(word) or _BY_TYPE_WORD.get(word.replace("_", "").replace("-", ""))
    type_ = type_ or _BY_TYPE_WORD.get(_END.sub("", word)) or _chinese_type(_END.sub("", word))
    if type_ is None:
        suffix, fields = choice_fields(word, [type_.value for type_ in RegisterType])
        raise Objection("table-type-unknown" + suffix, **fields)
    return type_, order


def is_text(name: str) -> bool:
    """Return whether a type's name is that of a text."""
    return _BY_TYPE_WORD.get(name.lower()) is RegisterType.STRING


_END: Final = re.compile("(?:数|型|形|码)+$")


def _chinese_type(word: str) -> RegisterType | None:
    match = _CHINESE_TYPE.match(word)
    if match is None or not word:
        return None
    bits, sign, kind = match[1] or match[3], match[2], match[4] or "整"
    if kind.endswith("浮点"):
        bits = bits or ("64" if kind.startswith("双") else "32")
        return RegisterType(f"float{bits}") if bits != "16" else None
    if kind == "bcd":
        return RegisterType(f"bcd{bits or 16}") if bits != "64" else None
    bits = bits or ("32" if kind in ("双整", "长整") else "16")
    if sign is None and kind == "整":
        raise Objection("table-type-ambiguous", signed=f"int{bits}", unsigned=f"uint{bits}")
    return RegisterType(f"{'u' if sign == '无符号' else ''}int{bits}")


_ORDERS: Final = {
    ByteOrder.ABCD: "abcd ab 1234 大端 bigendian big 高字在前 高位在前 高字节在前 先高后低 msw mswfirst",
    ByteOrder.CDAB: "cdab 3412 低字在前 先低后高 字交换 wordswap wordswapped lsw lswfirst",
    ByteOrder.BADC: "badc ba 2143 字节交换 byteswap byteswapped",
    ByteOrder.DCBA: "dcba 4321",
}
_BY_ORDER_WORD: Final = {word: order for order, words in _ORDERS.items() for word in words.split()}
_LITTLE: Final = frozenset({"小端", "littleendian", "little", "低位在前", "低字节在前"})


def byte_order(text: str) -> ByteOrder:
    """Return the byte order, A the most significant byte: `CD AB`, `低字在前`, `3412`."""
    compact = re.sub(r"[\s_\-,/.()]", "", text.lower()).replace("模式", "")
    if compact in _LITTLE:
        raise Objection("table-order-ambiguous")
    if compact not in _BY_ORDER_WORD:
        raise Objection("table-order-unknown", known=tuple(ByteOrder))
    return _BY_ORDER_WORD[compact]
