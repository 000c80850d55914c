"""How a device is reached: Modbus TCP, Modbus RTU on a serial line, OPC UA."""

from typing import Literal

from pydantic import Field

from config.base import Part, Seconds


class ModbusTcp(Part):
    """A Modbus TCP server; several units may stand behind it."""

    host: str
    port: int = Field(502, ge=1, le=65535)
    timeout: Seconds = 1.0
    pause: Seconds = 0.0


class ModbusRtu(Part):
    """A serial line. `pause` is the silence kept between two requests."""

    port: str
    baudrate: Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200] = 9600
    parity: Literal["none", "even", "odd"] = "none"
    stopbits: Literal[1, 2] = 1
    timeout: Seconds = 0.3
    pause: Seconds = 0.01


class OpcUa(Part):
    """An OPC UA server, watched by subscription."""

    endpoint: str = Field(pattern=r"^opc\.tcp://")
    security: Literal["None"] = "None"
    publishing_interval: Seconds = 0.5
    timeout: Seconds = 4.0
    silence: Seconds = 10.0  # nothing for so long: the subscription is made anew


Connection = ModbusTcp | ModbusRtu | OpcUa
