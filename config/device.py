"""A device as it stands in a plant file."""

from datetime import date

from pydantic import Field

from config.base import Identifier, Interval, Name, Part
from config.conditions import ConditionEntry
from config.profile import ModbusDefaults, PointEntry
from config.rule import RulesEntry
from config.selfreport import Channels


class DeviceEntry(Part):
    """One device: which profile, behind which connection, and what is particular to it."""

    name: Name = Field(description="设备名称 / name of the device")
    profile: str | None = Field(None, description="设备模板 / device profile")
    connection: str = Field(description="所在的连接（connections 下的编号） / id of its connection")
    unit: int | None = Field(None, ge=0, le=255, description="Modbus 站号 / Modbus unit id")
    node: str | None = Field(None, description="OPC UA 节点前缀，缺省为设备编号 / node prefix")
    area: str | None = Field(None, description="所在区域（areas 下的编号） / id of its area")
    tag: str | None = Field(None, description="位号 / tag")
    standard: str | None = Field(None, description="限值依据的标准 / standard that its limits follow")
    calibration_due: date | None = Field(None, description="检定到期日 / calibration is due")
    period: Interval | None = Field(None, description="采集周期 / how often it is read")
    modbus: ModbusDefaults = ModbusDefaults()
    rules: RulesEntry = Field({}, description="限值 / limits of its points")
    conditions: dict[Identifier, ConditionEntry] = Field(
        {}, description="对模板规则的修改或停用 / changes to the profile's rules beyond limits"
    )
    points: dict[Identifier, PointEntry] = Field(
        {}, description="自己的测点，或对模板测点的修改 / points of its own, or changes to the profile's"
    )
    channels: Channels | None = Field(
        None, description="装了哪些通道：个数、编号或名称 / channels fitted: how many, which, or their names"
    )
    simulate: dict[str, object] = Field({}, description="模拟参数 / how the simulator plays it")
