"""Modbus exception codes in words for people: what they mean, and what to do about them.

Modbus Application Protocol V1.1b3, section 7.
"""

from collections.abc import Mapping
from typing import Final

from config.model import Text

MEANINGS: Final[Mapping[int, Text]] = {
    1: Text("功能码不支持", "illegal function"),
    2: Text("数据地址不存在", "illegal data address"),
    3: Text("数据值非法", "illegal data value"),
    4: Text("设备故障", "device failure"),
    5: Text("已接受，处理中", "acknowledge"),
    6: Text("设备忙", "device busy"),
    8: Text("存储校验错误", "memory parity error"),
    10: Text("网关路径不可用", "gateway path unavailable"),
    11: Text("网关后的设备无应答", "gateway target failed to respond"),
}

MENDS: Final[Mapping[int, Text]] = {
    1: Text(
        "请对照设备手册检查寄存器区（table），例如该用输入寄存器还是保持寄存器。",
        "Compare the table with the device's manual: input or holding registers, for example.",
    ),
    4: Text(
        "请查看设备自身的故障指示和诊断，检查其 PLC 程序是否在运行；必要时重启设备或联系厂家。",
        "Look at the device's own fault lamps and diagnosis, and whether its program runs; "
        "if need be, restart it or ask its maker.",
    ),
    5: Text(
        "设备需要更长时间才能应答。请加大该点的 period，并检查是否还有其他主站在访问它。",
        "The device needs longer to answer. Lengthen the period, and see whether other masters talk to it.",
    ),
    6: Text(
        "设备正忙于其他任务。请加大 period，减少同时访问它的主站和连接（max_connections）。",
        "The device is busy with something else. Lengthen the period, "
        "and have fewer masters and connections (max_connections) talk to it.",
    ),
    8: Text(
        "设备的存储器有错误。请重启设备；若仍出现，请维修或更换。",
        "The device's memory has an error. Restart it; if it stays, have it repaired or replaced.",
    ),
    10: Text(
        "请检查网关的配置：站号与串口的对应关系、串口是否启用。",
        "Check the gateway's settings: which unit ids it has on which port, and that the port is enabled.",
    ),
    11: Text(
        "请检查该从站的电源、接线和站号，以及网关串口的波特率和校验位。",
        "Check that unit's power, wiring and unit id, and baud rate and parity of the gateway's port.",
    ),
}

UNKNOWN: Final = Text("未知", "unknown")
ASK_MANUAL: Final = Text(
    "请对照设备手册查找该异常码的含义。", "Look in the device's manual for what it means by this code."
)
