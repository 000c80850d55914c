"""The words of point tables: what contractors call a column, in Chinese and English.

A column's name is compared without blanks, brackets and case. The first spelling
of a field is the one that `points export` writes.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final


class Field(StrEnum):
    """What a column can hold; the value is the word for `--map COLUMN=FIELD`."""

    TAG = "tag"
    NAME = "name"
    NAME_EN = "name-en"
    POINT = "point"
    DEVICE = "device"
    DEVICE_ID = "device-id"
    DEVICE_TAG = "device-tag"
    CONNECTION = "connection"
    HOST = "host"
    PORT = "port"
    STATION = "station"
    FUNCTION = "function"
    TABLE = "table"
    ADDRESS = "address"
    ADDRESS_ZERO = "address-zero"
    ADDRESS_MODICON = "address-modicon"
    NODE = "node"
    BIT = "bit"
    TYPE = "type"
    LENGTH = "length"
    ORDER = "order"
    RANGE = "range"
    RANGE_LOW = "range-low"
    RANGE_HIGH = "range-high"
    UNIT = "unit"
    SCALE = "scale"
    DIVISOR = "divisor"
    DECIMALS = "decimals"
    OFFSET = "offset"
    HIHI = "hihi"
    HI = "hi"
    LO = "lo"
    LOLO = "lolo"
    STANDARD = "standard"
    CLAUSE = "clause"
    PERIOD = "period"
    EXTRA = "extra"
    UPPER = "upper"
    LOWER = "lower"
    LEVEL = "level"
    SIGNAL = "signal"
    NOTE = "note"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SPELLINGS: Final[Mapping[Field, tuple[str, ...]]] = {
    Field.TAG: _words("位号 仪表位号 点位号 测点位号 tag tagno. tagno tagname 标签"),
    Field.NAME: _words(
        "名称 测点名称 点名称 点位名称 变量名称 参数名称 信号名称 中文名称 name pointname description "
        "描述 点描述 测点描述 用途 点名 变量名"
    ),
    Field.NAME_EN: _words("英文名称 englishname nameen"),
    Field.POINT: _words("测点编号 点编号 pointid"),
    Field.DEVICE: _words("设备 设备名称 所属设备 设备名 device equipment plc 控制器"),
    Field.DEVICE_ID: _words("设备编号 deviceid"),
    Field.DEVICE_TAG: _words("设备位号 devicetag equipmenttag"),
    Field.CONNECTION: _words("连接 connection 链路 总线 通讯口 通信口 line channel"),
    Field.HOST: _words("ip地址 ip 主机 host ipaddress 设备ip plcip"),
    Field.PORT: _words("端口 端口号 tcp端口 tcpport portnumber"),
    Field.STATION: _words(
        "站号 从站号 从站 从站地址 从机地址 从机号 站地址 设备地址 通讯地址 通信地址 单元号 modbus站号 "
        "slave slaveid slaveaddress unitid station stationno deviceaddress 从站id"
    ),
    Field.FUNCTION: _words("功能码 读功能码 functioncode function fc modbus功能码 命令码"),
    Field.TABLE: _words(
        "寄存器区 寄存器类型 存储区 数据区 区 区域类型 registertype registertable table area"
    ),
    Field.ADDRESS: _words(
        "地址 寄存器地址 modbus地址 点地址 数据地址 起始地址 寄存器 寄存器号 地址偏移 偏移地址 address "
        "modbusaddress register registeraddress reg addr"
    ),
    Field.ADDRESS_ZERO: _words("地址(从0起) 协议地址 pdu地址 报文地址 address(zero-based) protocoladdress"),
    Field.ADDRESS_MODICON: _words(
        "地址(40001式) plc地址 modicon地址 address(40001style) plcaddress modiconaddress"
    ),
    Field.NODE: _words("节点号 节点 opc节点 opcua节点 节点id nodeid node opcitem"),
    Field.BIT: _words("位 比特 比特位 位序 位偏移 第几位 bit bitno bitoffset"),
    Field.TYPE: _words("数据类型 数据格式 值类型 datatype dataformat format 类型 type 格式"),
    Field.LENGTH: _words("长度 字符串长度 字符长度 文本长度 length stringlength textlength"),
    Field.ORDER: _words(
        "字序 字节序 字节顺序 字顺序 数据顺序 高低字 高低位 byteorder wordorder endian order"
    ),
    Field.RANGE: _words("量程 测量范围 量程范围 仪表量程 范围 range measuringrange span"),
    Field.RANGE_LOW: _words(
        "量程下限 量程低 量程低限 量程最小值 测量下限 最小值 rangelow lrv eulow min minimum"
    ),
    Field.RANGE_HIGH: _words(
        "量程上限 量程高 量程高限 量程最大值 测量上限 最大值 满量程 rangehigh urv euhigh max maximum"
    ),
    Field.UNIT: _words("单位 工程单位 计量单位 量纲 unit units engineeringunit eu"),
    Field.SCALE: _words(
        "倍率 系数 比例系数 比例 乘数 缩放 缩放系数 分辨率 scale factor scalefactor multiplier gain "
        "resolution"
    ),
    Field.DIVISOR: _words("除数 放大倍数 扩大倍数 divisor"),
    Field.DECIMALS: _words("小数位 小数位数 小数点 小数 decimals decimalplaces"),
    Field.OFFSET: _words("偏移 偏移量 偏置 零点偏移 offset"),
    Field.HIHI: _words("高高限 高高报 高高报警 高高报警值 高高 hihi hh hhlimit"),
    Field.HI: _words("高限 高报 高报警 高报警值 报警上限 报警高限 高 hi h high"),
    Field.LO: _words("低限 低报 低报警 低报警值 报警下限 报警低限 低 lo l low"),
    Field.LOLO: _words("低低限 低低报 低低报警 低低报警值 低低 lolo ll lllimit"),
    Field.STANDARD: _words("依据标准 限值依据 标准 依据 standard"),
    Field.CLAUSE: _words("条款 限值条款 clause"),
    Field.PERIOD: _words("采集周期 扫描周期 周期 采样周期 period scanrate interval"),
    Field.EXTRA: _words("其他(yaml) extra(yaml)"),
    Field.UPPER: _words("上限 上限值 upperlimit"),
    Field.LOWER: _words("下限 下限值 lowerlimit"),
    Field.LEVEL: _words("一级报警 二级报警 一级报警值 二级报警值 一级 二级 alarm1 alarm2 al1 al2"),
    Field.SIGNAL: _words("信号类型 信号 io类型 signal signaltype iotype"),
    Field.NOTE: _words("序号 备注 说明 no. no remark remarks note comment #"),
}

IGNORED: Final = frozenset({Field.SIGNAL, Field.NOTE})
"""Columns that are known and hold nothing for a plant file."""

AMBIGUOUS: Final = frozenset({Field.UPPER, Field.LOWER, Field.LEVEL})
"""Columns whose names mean different things at different contractors."""

ADDRESSES: Final = (Field.ADDRESS, Field.ADDRESS_ZERO, Field.ADDRESS_MODICON, Field.NODE)
"""Where a point stands: each table has at least one of these columns."""

MAPPABLE: Final = tuple(field for field in Field if field not in AMBIGUOUS)

_BY_SPELLING: Final = {
    spelling: (field, rank)
    for field, spellings in SPELLINGS.items()
    for rank, spelling in enumerate(spellings)
}
_ALARM: Final = re.compile(r"^报警(?:值|限|限值)?(?=[高低])")


def bare(header: str) -> str:
    """Return a column's name as it is compared: no blanks, no marks of required columns, small letters."""
    return "".join(header.split()).strip("*:_-").lower().replace("_", "")


def field_of(header: str) -> tuple[Field, int] | None:
    """Return what a column holds by its name in plain characters, and how usual this name is (0 most)."""
    name = bare(header)
    return _BY_SPELLING.get(name) or _BY_SPELLING.get(_ALARM.sub("", bare(name.partition("(")[0])))


def field_named(word: str) -> Field | None:
    """Return the field that a person means by `--map`: its own word, or any spelling of it."""
    for field in MAPPABLE:
        if word.strip().lower() == field.value:
            return field
    found = field_of(word)
    return found[0] if found and found[0] in MAPPABLE else None


def usual(fields: Iterable[Field]) -> tuple[str, ...]:
    """Return the spellings by which fields are shown to people, `地址 (address)`."""
    return tuple(f"{SPELLINGS[field][0]} ({field.value})" for field in fields)
