"""How a Modbus device is reached: over TCP, or on a serial line."""

from typing import Literal

from pydantic import Field

from config.base import Interval, Part, Seconds


class ModbusTcp(Part):
    """A Modbus TCP server; several units may stand behind it."""

    host: str = Field(min_length=1, description="IP 地址或主机名 / IP address or host name")
    port: int = Field(502, ge=1, le=65535, description="TCP 端口 / TCP port")
    timeout: Interval = Field(1.0, description="应答超时 / how long an answer may take")
    pause: Seconds = Field(0.0, description="两次请求之间的间隔 / silence between two requests")


class ModbusRtu(Part):
    """A serial line. `pause` is the silence kept between two requests."""

    port: str = Field(
        min_length=1,
        description="串口，写 /dev/serial/by-id/… / serial port, by its lasting name",
        examples=["/dev/serial/by-id/usb-FTDI_USB-RS485_AB0CDEFG-if00-port0"],
    )
    baudrate: Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200] = Field(
        9600, description="波特率 / bits per second"
    )
    parity: Literal["none", "even", "odd"] = Field("none", description="校验位：无、偶、奇 / parity")
    stopbits: Literal[1, 2] = Field(1, description="停止位 / stop bits")
    timeout: Interval = Field(0.3, description="应答超时 / how long an answer may take")
    pause: Seconds = Field(0.01, description="两次请求之间的静默时间 / silence between two requests")


Modbus = ModbusTcp | ModbusRtu
"""Every kind of connection that speaks Modbus; for `isinstance` too."""
