"""What the commissioning tools say to people, in Chinese and English."""

from typing import Final

from config.model import Text
from drivers.reading import Quality

QUALITIES: Final = {
    Quality.GOOD: Text("好", "good"),
    Quality.OVER_RANGE: Text("超量程上限", "over range"),
    Quality.UNDER_RANGE: Text("超量程下限", "under range"),
    Quality.MAINTENANCE: Text("检修", "maintenance"),
    Quality.CALIBRATION: Text("标定中", "calibration"),
    Quality.SIMULATION: Text("仿真值", "simulation"),
    Quality.MANUAL: Text("手动", "manual"),
    Quality.STOPPED: Text("停运", "stopped"),
    Quality.SUSPECT: Text("可疑", "suspect"),
    Quality.COMM_FAULT: Text("通信故障", "comm fault"),
    Quality.DEVICE_FAULT: Text("设备故障", "device fault"),
    Quality.NOT_A_NUMBER: Text("不是数", "not a number"),
    Quality.SENTINEL: Text("无效值标记", "marked invalid"),
    Quality.STALE: Text("旧值", "stale"),
    Quality.WIRE_BREAK: Text("断线", "wire break"),
}

CONFORMITY: Final = {
    1: Text("基本", "basic"),
    2: Text("常规", "regular"),
    3: Text("扩展", "extended"),
}

OBJECTS: Final = {
    0: Text("厂家", "maker"),
    1: Text("产品代码", "product code"),
    2: Text("版本", "version"),
    3: Text("厂家网址", "maker's web address"),
    4: Text("产品名称", "product name"),
    5: Text("型号", "model"),
    6: Text("用户应用名", "user application"),
}
"""Objects of a device's identification, by their number."""


def own_object(number: int) -> Text:
    """An object of the maker's own."""
    return Text(f"厂家自定义 0x{number:02X}", f"maker's own 0x{number:02X}")


def no_identification(unit_id: int) -> Text:
    """The device does not know function 43/14."""
    return Text(
        f"从站 {unit_id} 不支持设备识别（功能码 43/14，返回异常码 1）。这很常见，不影响采集；请看铭牌或手册",
        f"unit {unit_id} does not know device identification (function 43/14, exception 1); that is common "
        "and of no matter for polling: see its plate or its manual",
    )


def silent_to_identification(unit_id: int) -> Text:
    """The device answers reads, and says nothing at all to function 43/14."""
    return Text(
        f"从站 {unit_id} 对设备识别（功能码 43/14）没有应答，但能应答读数：多数老设备不支持设备识别，"
        "这不是故障，不影响采集；厂家和型号请看铭牌或手册",
        f"unit {unit_id} answers reads, but not device identification (function 43/14): most old devices do "
        "not know it. That is no fault and of no matter for polling: see its plate or its manual",
    )


def hung_up_on_identification(unit_id: int) -> Text:
    """The device answers reads, and hangs up on function 43/14."""
    return Text(
        f"从站 {unit_id} 被问到设备识别（功能码 43/14）就挂断连接，但能应答读数：它不支持设备识别，"
        "这不是故障，不影响采集；厂家和型号请看铭牌或手册",
        f"unit {unit_id} answers reads, but hangs up when it is asked for device identification (function "
        "43/14): it does not know it. That is no fault and of no matter for polling; see its plate or its "
        "manual",
    )


def agent_has_port() -> Text:
    """The port may be held by the agent itself."""
    return Text(
        "如果占用串口的是网关自己：先 systemctl stop edge-agent，用完再启动；"
        "只想看数值请用 edge-agent status",
        "if the agent itself holds the port: systemctl stop edge-agent, and start it again afterwards; "
        "for the latest values alone use edge-agent status",
    )


def agent_connected(connection: str) -> Text:
    """The running agent polls the same connection."""
    return Text(
        f"提示：网关正在运行并采集连接 {connection}。只允许一个 TCP 连接的设备会拒绝或断开其中一方；"
        "如有影响，先停网关，或用 edge-agent status 查看最新值",
        f"note: the agent is running and polls the connection {connection}; a device that takes one TCP "
        "connection only will refuse one of both: then stop the agent, or use edge-agent status",
    )


def no_such_device(device: str, known: tuple[str, ...], near: str | None) -> Text:
    """The plant file has no such device."""
    names = ", ".join(known[:20])
    zh = f"；是不是要写 {near}？" if near else "；"
    en = f"; did you mean {near}?" if near else ";"
    return Text(
        f"配置里没有设备 {device}{zh}已有：{names}",
        f"there is no device {device}{en} there are: {names}",
    )


def not_modbus(device: str) -> Text:
    """The command is for Modbus only."""
    return Text(
        f"设备 {device} 不是 Modbus；OPC UA 请用 edge-agent opcua browse",
        f"the device {device} does not speak Modbus; for OPC UA use edge-agent opcua browse",
    )


def no_number(text: str, least: int, most: int) -> Text:
    """An argument is no whole number, or lies outside."""
    return Text(
        f"“{text}”不行；请写 {least} 到 {most} 的整数",
        f"'{text}' will not do; write a whole number from {least} to {most}",
    )


def no_unit(least: int, most: int) -> Text:
    """The unit id is missing or none."""
    return Text(
        f"请用 --unit 写站号，{least} 到 {most}",
        f"name the unit id by --unit, {least} to {most}",
    )


def who_is_asked() -> Text:
    """Neither a device nor an address was given, or both."""
    return Text(
        "请写 PLANT DEVICE，或者 --tcp、--serial 之一加 --unit",
        "name PLANT and DEVICE, or give one of --tcp and --serial, with --unit",
    )
