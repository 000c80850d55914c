"""A device profile as it stands in profiles/<family>.yaml: what is known about a kind of device.

A family may have variants (`gas-detector/co`): each is laid over what the family
says, as data, never as text. What has no manual behind it says `verified: false`.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from config.address_range import AddressRange
from config.base import Amount, Identifier, Interval, Matching, Name, Part
from config.conditions import ProfileConditionEntry
from config.fault import Objection
from config.opcua_source import OpcUaSource
from config.rule import ProfileRulesEntry
from config.selfreport import (
    AlarmName,
    FlagEntry,
    HeartbeatEntry,
    PointNames,
    RawKey,
    ReadbackEntry,
    RepeatEntry,
    StateEntry,
)
from config.unit import MOLAR_MASS

TableName = Literal["coil", "discrete-input", "holding-register", "input-register"]
TypeName = Literal[
    "bit",
    "int16",
    "uint16",
    "int32",
    "uint32",
    "int64",
    "uint64",
    "float32",
    "float64",
    "bcd16",
    "bcd32",
    "packed",
    "string",
    "datetime-words",
    "datetime-bcd",
]
OrderName = Literal["ABCD", "CDAB", "BADC", "DCBA"]
HexBytes = Annotated[str, Matching(r"^[0-9A-F]{2}( [0-9A-F]{2})*$", "hex-wrong")]


def _known_gas(substance: str) -> str:
    if substance not in MOLAR_MASS:
        raise Objection("gas-unknown", value=substance, known=tuple(MOLAR_MASS))
    return substance


def _ascending(ends: tuple[float, float]) -> tuple[float, float]:
    if ends[0] >= ends[1]:
        raise Objection("range-reversed", low=ends[0], high=ends[1])
    return ends


def _bits_of_a_register(bits: tuple[int, int]) -> tuple[int, int]:
    if not 0 <= bits[0] < bits[1] <= 15:
        raise Objection("bits-wrong", low=bits[0], high=bits[1])
    return bits


def _two_different(ends: tuple[float, float]) -> tuple[float, float]:
    if ends[0] == ends[1]:
        raise Objection("raw-range-flat", value=ends[0])
    return ends


MeasuringRange = Annotated[tuple[float, float], AfterValidator(_ascending)]
Field16 = Annotated[tuple[int, int], AfterValidator(_bits_of_a_register)]
RawRange = Annotated[tuple[float, float], AfterValidator(_two_different)]


class ModbusDefaults(Part):
    """What holds for all Modbus points of a device."""

    table: TableName | None = Field(None, description="寄存器区 / register table")
    order: OrderName | None = Field(
        None, description="字节顺序，A 为最高字节 / byte order, A is the most significant byte"
    )
    float_order: OrderName | None = Field(
        None, description="浮点数的字节顺序，缺省同 order / byte order of floats, where it is another"
    )
    address_base: Literal[0, 1, "modicon"] | None = Field(
        None,
        description="地址从 0 或 1 数起，或为 40001 写法 / addresses count from 0 or 1, or are like 40001",
    )
    shift: int | None = Field(
        None, ge=0, le=65535, description="所有地址统一加上的偏移 / added to every address"
    )
    max_gap: int | None = Field(
        None, ge=0, le=124, description="为合并读取可跨过的空寄存器数 / unused registers a read may cross"
    )
    max_registers: int | None = Field(
        None, ge=1, le=125, description="一次最多读多少寄存器 / registers per read at most"
    )
    even_count: bool | None = Field(
        None, description="只答复偶数个寄存器 / it answers only an even number of registers"
    )
    forbidden: tuple[AddressRange, ...] = Field(
        (), description="绝不可读的地址范围 / ranges of addresses that are never read"
    )
    readable: tuple[AddressRange, ...] = Field(
        (), description="没有测点也可读的地址范围 / ranges that exist and may be read without a point"
    )


class ModbusSource(Part):
    """Where a point stands in a Modbus device."""

    address: int = Field(ge=0, le=465536, description="地址；起点见 address_base / address, see address_base")
    table: TableName | None = Field(None, description="寄存器区 / register table")
    type: TypeName | None = Field(None, description="数据类型 / data type")
    order: OrderName | None = Field(None, description="字节顺序 / byte order")
    bit: int | None = Field(None, ge=0, le=15, description="寄存器中的位，0 为最低位 / bit, 0 is the lowest")
    bits: Field16 | None = Field(
        None, description="寄存器中的若干位：[最低位, 最高位] / field of a register: [lowest, highest bit]"
    )
    contact: Literal["normally-open", "normally-closed"] | None = Field(
        None, description="触点常开还是常闭；值为真表示动作 / contact; the value is true while it is active"
    )
    scale: float = Field(1.0, description="数值 = 原始值 × scale + offset / value = raw × scale + offset")
    offset: float = Field(0.0, description="见 scale / see scale")
    raw_range: RawRange | None = Field(
        None,
        description="量程两端的原始值，代替 scale / raw numbers at the ends of the range, in place of scale",
    )
    signal: Literal["4-20mA"] | None = Field(
        None, description="原始值是电流，按 NE 43 判断 / the raw number is a current, judged by NE 43"
    )
    places: Literal[1, 2] | None = Field(
        None, description="packed 低字节的小数位数 / decimal places in the low byte of a packed value"
    )
    length: int | None = Field(None, ge=1, le=125, description="字符串占几个寄存器 / registers of a string")
    encoding: Literal["ascii", "gbk", "utf-8"] | None = Field(
        None, description="字符串的编码，缺省 ascii / encoding of a string"
    )
    sentinels: tuple[int, ...] = Field((), description="表示无效的原始值 / raw numbers that mean no value")
    register_name: str | None = Field(
        None, alias="register", description="厂家手册中的名称 / the maker's own name of the register"
    )


class GasEntry(Part):
    """What a concentration is of; needed to convert between ppm and mg/m3."""

    substance: Annotated[str, AfterValidator(_known_gas)] = Field(description="气体 / the gas")
    reference_temperature: Amount = Field(description="mg/m3 的参比温度 / temperature that mg/m3 refer to")


class PointEntry(Part):
    """One measured quantity, and where it stands under each protocol.

    In a device, an entry for a point of its profile says only what is different.
    """

    name: Name | None = Field(
        None, description="名称；{n} 是通道号，{channel} 是通道名 / name; {n} and {channel} name the channel"
    )
    unit: str = Field("", description="工程单位；状态量留空 / engineering unit; empty for a state")
    range: MeasuringRange | None = Field(None, description="量程 / measuring range")
    over_range: Literal["latched"] | None = Field(
        None, description="超量程后锁存，直到人工复位 / once over range, until a person resets it"
    )
    datatype: Literal["float", "int", "bool", "string"] | None = Field(
        None, description="缺省由寄存器类型推出 / by default from the register's type"
    )
    period: Interval | None = Field(None, description="采集周期 / how often it is read")
    tag: str | None = Field(None, description="位号 / tag")
    serves: Identifier | None = Field(
        None, description="是行业规定的哪个测点 / which of the points that a sector must measure it is"
    )
    always_watched: bool | None = Field(
        None, description="计划停产时也不抑制 / its rules hold through a planned stop as well"
    )
    gas: GasEntry | None = None
    modbus: ModbusSource | None = None
    opcua: OpcUaSource | None = None
    states: dict[RawKey, StateEntry] | None = Field(
        None, min_length=1, description="状态字：原始值 → 状态 / status word: raw value → state"
    )
    alarm: AlarmName | None = Field(
        None, description="为真时是设备自身的哪种报警 / of a bit: which alarm of the device it is"
    )
    marks: PointNames | None = Field(None, description="状态影响哪些测点 / the points that a state speaks of")
    heartbeat: HeartbeatEntry | None = Field(None, description="心跳 / it is a heartbeat")
    flags: dict[Identifier, FlagEntry] | None = Field(
        None, min_length=1, description="寄存器的各位，每位是一个测点 / bits of the register, each a point"
    )
    readback: ReadbackEntry | None = Field(
        None, description="设备自身的设置，慢速回读 / a setting of the device, read back slowly"
    )
    repeat: RepeatEntry | None = Field(None, description="多个相同的通道 / several like channels")


def _complete(entry: PointEntry) -> PointEntry:
    if entry.name is None:
        raise Objection("missing-key", key="name")
    if entry.modbus is None and entry.opcua is None:
        raise Objection("point-without-source")
    return entry


WholePoint = Annotated[PointEntry, AfterValidator(_complete)]
"""A point that has no other beneath it: named, and somewhere to be read."""


class StandardEntry(Part):
    """The limits that one standard gives; a device chooses by `standard:`."""

    name: Name = Field(description="标准名称 / title of the standard")
    rules: ProfileRulesEntry


class SourceEntry(Part):
    """Where a profile's knowledge comes from."""

    title: str = Field(min_length=1, description="资料名称 / title")
    where: str | None = Field(None, description="出处 / where it was found")


class CaseEntry(Part):
    """Bytes on the wire and the values they mean; a test holds the profile to it."""

    origin: Literal["manual", "own-calculation"] = Field(description="来自手册还是自行计算 / its origin")
    note: str | None = None
    request: HexBytes = Field(description="请求帧 / request frame (RTU)")
    response: HexBytes = Field(description="应答帧 / response frame (RTU)")
    values: dict[Identifier, float]


class SimulateEntry(Part, extra="allow"):
    """How the simulator plays the device: a process, and that process's own parameters."""

    process: Identifier = Field(description="模拟的工艺过程 / the process that is played")


class ProfileEntry(Part):
    """A profile, its family and variant merged."""

    name: Name
    verified: bool = Field(False, description="是否有手册依据 / whether a manual stands behind it")
    sources: tuple[SourceEntry, ...] = ()
    caveat: Name | None = Field(None, description="投运前要核对的事项 / what to check before use")
    period: Interval = Field(5.0, description="缺省采集周期 / period where a point says none")
    modbus: ModbusDefaults = ModbusDefaults()
    always_watched: bool = Field(
        False, description="所有测点在计划停产时也不抑制 / all its points hold through a planned stop"
    )
    points: dict[Identifier, WholePoint] = Field(min_length=1)
    rules: ProfileRulesEntry = Field({}, description="限值 / limits")
    standards: dict[str, StandardEntry] = Field(
        {}, description="有几个时，设备须写明 standard / of several, the device names one"
    )
    conditions: dict[Identifier, ProfileConditionEntry] = Field(
        {}, description="限值以外的规则，针对自己的测点 / rules beyond limits, of its own points"
    )
    simulate: SimulateEntry | None = None
    case: CaseEntry | None = None
