"""The plant file as a whole, as it is written."""

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from config.area_entry import AreaEntry
from config.base import Bytes, Identifier, Interval, Matching, Name, Part, Seconds
from config.connection import ConnectionEntry
from config.device import DeviceEntry
from config.fault import Objection
from config.gate_entry import GateEntry
from config.permits import StartPermitEntry
from config.response import AlarmsEntry
from config.rule_entry import RuleEntry
from config.sector import SectorName
from config.uplink import Uplink


def _known_timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Objection("timezone-unknown", value=value) from None
    return value


class PlantIdentity(Part):
    """Which plant this is."""

    id: Annotated[str, Matching(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$", "plant-id-wrong")] = Field(
        description="企业编码，由平台分配 / code of the plant"
    )
    name: Name = Field(description="企业名称 / name of the plant")
    region: Annotated[str, Matching(r"^[0-9]{6}$", "region-wrong")] = Field(
        description='行政区划代码，加引号 / region code, e.g. "140800"'
    )
    timezone: Annotated[str, AfterValidator(_known_timezone)] = Field(
        "Asia/Shanghai", description="时区 / time zone"
    )
    sectors: tuple[SectorName, ...] = Field(
        (), description="所属行业，据此检查应有的测点 / sectors whose points it must have"
    )


class RetainEntry(Part):
    """How long each kind of record is kept."""

    readings: Seconds = Field(30 * 86400.0, description="读数 / readings")
    alarms: Seconds = Field(3 * 365 * 86400.0, description="报警 / alarms")
    events: Seconds = Field(3 * 365 * 86400.0, description="事件 / events")


class BufferEntry(Part):
    """How the store on disk is kept."""

    retain: RetainEntry = RetainEntry()
    max_size: Bytes = Field(20 * 10**9, description="最大占用 / size at most")
    commit_interval: Interval | None = Field(
        None, description="落盘间隔；缺省 0.5 s，不足 200 点时 5 s / how often readings are committed"
    )


class ConsoleEntry(Part):
    """Where the local page is served."""

    listen: Annotated[str, Matching(r"^\S+:[0-9]{1,5}$", "listen-wrong")] = Field(
        "127.0.0.1:8470", description="监听地址:端口 / address:port"
    )


class PlantEntry(Part):
    """A plant file."""

    plant: PlantIdentity
    areas: dict[Identifier, AreaEntry] = Field({}, description="区域 / areas")
    connections: dict[Identifier, ConnectionEntry] = Field({}, description="连接 / connections")
    devices: dict[Identifier, DeviceEntry] = Field({}, description="设备 / devices")
    uplinks: dict[Identifier, Uplink] = Field({}, description="上报平台 / platforms that get the data")
    buffer: BufferEntry = BufferEntry()
    console: ConsoleEntry = ConsoleEntry()
    alarms: AlarmsEntry = AlarmsEntry()
    gates: dict[Identifier, GateEntry] = Field({}, description="限值随之变化的工艺阶段 / phases of a process")
    rules: dict[Identifier, RuleEntry] = Field({}, description="跨测点的规则 / rules beyond limits")
    start_permits: dict[Identifier, StartPermitEntry] = Field(
        {}, description="开始前须就绪的测点和规则 / what must be fit before something is begun"
    )
