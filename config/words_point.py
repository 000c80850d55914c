"""Sentences about points: addresses, types, scales, what they say of each other. See messages.py."""

from collections.abc import Mapping
from typing import Final

POINT_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    # Addresses
    "address-ambiguous": (
        (
            "地址 {address} 有两种读法：{table} 区的第 {number} 号（40001 写法，从 0 数起），或从 0 数起"
            "的第 {address} 号；请在 modbus 下写明 address_base: modicon 或 address_base: 0"
        ),
        (
            "the address {address} can be read in two ways: {table} {number} (written like 40001; "
            "counted from 0), or register {address} counted from 0; say which by address_base: modicon "
            "or address_base: 0 under modbus"
        ),
    ),
    "address-unmarked": (
        (
            "地址 {address} 像是 400001 写法（{table} 区从 0 数起的第 {number} 号）；如果是，请在 modbus "
            "下写 address_base: modicon"
        ),
        (
            "the address {address} looks like the manner 400001 ({table} {number}, counted from 0); if "
            "it is, write address_base: modicon under modbus"
        ),
    ),
    "address-not-modicon": (
        (
            "{address} 不是 40001 写法的地址；首位为 0（线圈）、1（离散输入）、3（输入寄存器）或 4（保持"
            "寄存器），其余从 1 数起，例如 40001"
        ),
        (
            "{address} is no address in the manner of 40001; its first digit is 0 (coil), 1 (discrete "
            "input), 3 (input register) or 4 (holding register), the others count from 1, e.g. 40001"
        ),
    ),
    "table-against-address": (
        "地址 {address} 的首位表示 {table} 区，与这里写的不同；请删除 table，或更正地址",
        "the first digit of {address} says {table}, this says another; delete table, or correct the address",
    ),
    # Types
    "bits-wrong": (
        (
            "[{low}, {high}] 不是寄存器中的若干位；请写 [最低位, 最高位]，从 0 到 15，例如 [0, 3]（只有一"
            "位时写 bit）"
        ),
        (
            "[{low}, {high}] is no field of a register; write [lowest, highest bit], from 0 to 15, e.g. "
            "[0, 3] (for a single bit write bit)"
        ),
    ),
    "bits-of-number": (
        "bits 从一个寄存器中取若干位，不能再写 bit 或别的 type；请删除其中之一",
        "bits cuts a field out of one register, so neither bit nor another type fits; delete one of them",
    ),
    "contact-of-number": (
        "常开、常闭只用于一位的状态，不用于 {type}；请删除 contact，或写 bit",
        "open or closed is said of one bit, not of {type}; delete contact, or write bit",
    ),
    "places-of-number": (
        "places 只用于 packed，不用于 {type}；请删除，小数用 scale 表示",
        "places belongs to packed, not to {type}; delete it and write decimals as scale",
    ),
    "key-of-string": (
        "{key} 只用于 type: string；请删除，或更正 type",
        "{key} belongs to type: string; delete it, or correct the type",
    ),
    "length-missing": (
        "字符串要写占几个寄存器；请写 length，一个寄存器存两个字节",
        "a string needs to say how many registers it takes; write length (a register holds two bytes)",
    ),
    "text-is-no-number": (
        "该测点是文字，不能有 {key}；请删除",
        "this point is a text and cannot have {key}; delete it",
    ),
    "limit-of-text": (
        "测点 {point} 是文字，不能设限值；请删除",
        "the point {point} is a text and can have no limit; delete it",
    ),
    # Scale and range
    "raw-range-flat": (
        "raw_range 两端都是 {value}；请写量程两端的原始值，例如 [0, 65535]",
        "both ends of raw_range are {value}; write the raw numbers at the range's ends, e.g. [0, 65535]",
    ),
    "raw-range-of-no-number": (
        "{type} 不是可换算的数；请删除 raw_range，或更正 type",
        "a {type} is no number that could be scaled; delete raw_range, or correct the type",
    ),
    "raw-range-and-scale": (
        "raw_range 已经给出换算，不能再写 scale 或 offset；请删除其中之一",
        "raw_range already says how the raw number is scaled; delete it, or scale and offset",
    ),
    "raw-range-without-range": (
        "raw_range 要对应量程的两端；请给测点写 range，例如 range: [0, 25]",
        "raw_range refers to the ends of the measuring range; give the point one, e.g. range: [0, 25]",
    ),
    "raw-range-impossible": (
        "{type} 不可能出现原始值 {value}（{least} 到 {most}）；请更正 raw_range 或 type",
        "a {type} never has the raw number {value} ({least} to {most}); correct raw_range or the type",
    ),
    "signal-without-raw-range": (
        (
            "要写明 4 mA 和 20 mA 时的原始值；请写 raw_range，例如微安 [4000, 20000]、毫安浮点 [4, 20]、"
            "工程值 [6400, 32000]"
        ),
        (
            "the raw numbers at 4 mA and at 20 mA are missing; write raw_range, e.g. [4000, 20000] for "
            "microamperes, [4, 20] for a float in mA, [6400, 32000] for counts"
        ),
    ),
    "range-impossible": (
        (
            "量程 {low} 到 {high} 超出了 {type} 按 scale 换算后能表示的 {least} 到 {most}；请更正量程、"
            "type 或 scale"
        ),
        (
            "the range {low} to {high} goes beyond what a {type} can say with this scale, {least} to "
            "{most}; correct range, type or scale"
        ),
    ),
}
