"""How a Modbus device is reached: over TCP, on a serial line, or on a line behind a network.

Behind a serial server or a DTU (数传模块, a 4G modem with an RS-485 port) the bytes
of a serial line travel through TCP: RTU frames, with no transaction id. Either we
dial (`modbus-rtu-tcp`), or the DTU dials us (`modbus-dtu`), because a mobile
network gives it no address of its own.
"""

from ipaddress import ip_address
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from config.base import Interval, Part, Seconds
from config.fault import Objection
from config.host import Host
from config.packet import Packet

RETRIES_MAX: Final = 3
CONNECTIONS_MAX: Final = 8

BaudRate = Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200]

_START_AND_DATA_BITS: Final = 9
_PORT_MAX: Final = 65535


def _local_address(value: str) -> str:
    try:
        ip_address(value)
    except ValueError:
        raise Objection("bind-wrong", value=value) from None
    return value


def _listening_address(value: str) -> str:
    host, _, port = value.rpartition(":")
    try:
        ip_address(host.strip("[]"))
        fits = 0 < int(port) <= _PORT_MAX
    except ValueError:
        fits = False
    if not fits:
        raise Objection("dtu-listen-wrong", value=value)
    return value


class ModbusLink(Part):
    """What every kind of Modbus connection has. Times in seconds."""

    timeout: Interval = Field(1.0, description="应答超时 / how long an answer may take")
    retries: int = Field(
        0, ge=0, le=RETRIES_MAX, description="无应答时重问次数 / how often a question is repeated"
    )
    pause: Seconds = Field(0.0, description="两次请求之间的间隔 / silence between two requests")
    settle: Seconds = Field(
        0.0, description="连接后先等多久 / how long a new connection is left alone before the first request"
    )

    answer_time: Interval | None = Field(
        None, description="设备通常多久开始应答，用于估算占用率 / what devices take to answer, for estimates"
    )

    @property
    def byte_s(self) -> float:
        """How long one byte takes on the serial line, in seconds; 0 where there is none."""
        return 0.0


class TcpAddress(Part):
    """Whom to dial, and from where."""

    host: Host = Field(description="IP 地址或主机名 / IP address or host name")
    port: int = Field(502, ge=1, le=65535, description="TCP 端口 / TCP port")
    connect_timeout: Interval = Field(3.0, description="连接超时 / how long connecting may take")
    bind: Annotated[str, AfterValidator(_local_address)] | None = Field(
        None, description="本机地址，多网口时指定 / which of this machine's addresses to dial from"
    )
    per_request: bool = Field(
        False, description="每次请求都重新连接 / a connection of its own for every request"
    )


class SerialLine(Part):
    """RTU frames on two wires that several units share."""

    baudrate: BaudRate = Field(9600, description="波特率 / bits per second")
    turnaround: Seconds = Field(
        0.0, description="线路收发转换时间 / how long the line must have been silent before we send"
    )
    echo: bool = Field(False, description="转换器会回传所发字节 / the adapter hands back what we send")


class ModbusTcp(ModbusLink, TcpAddress):
    """A Modbus TCP server; several units may stand behind it."""

    max_connections: int = Field(
        1, ge=1, le=CONNECTIONS_MAX, description="同时连接数 / connections at the same time"
    )
    any_transaction_id: bool = Field(
        False, description="网关不回传事务号 / the gateway does not hand back the transaction id"
    )


class ModbusRtu(ModbusLink, SerialLine):
    """A serial line. `pause` is the silence kept between two requests."""

    port: str = Field(
        min_length=1,
        description="串口，写 /dev/serial/by-id/… / serial port, by its lasting name",
        examples=["/dev/serial/by-id/usb-FTDI_USB-RS485_AB0CDEFG-if00-port0"],
    )
    parity: Literal["none", "even", "odd"] = Field("none", description="校验位：无、偶、奇 / parity")
    stopbits: Literal[1, 2] = Field(1, description="停止位 / stop bits")
    timeout: Interval = Field(0.3, description="应答超时 / how long an answer may take")
    pause: Seconds = Field(0.01, description="两次请求之间的静默时间 / silence between two requests")

    @property
    def byte_s(self) -> float:
        """How long one byte takes on the wire, in seconds."""
        parity = 0 if self.parity == "none" else 1
        return (_START_AND_DATA_BITS + parity + self.stopbits) / self.baudrate


class ModbusRtuTcp(ModbusLink, SerialLine, TcpAddress):
    """A serial line behind a serial server: RTU frames over a TCP connection that we dial."""

    @property
    def byte_s(self) -> float:
        """How long one byte takes on the line behind it, in seconds (8N1)."""
        return (_START_AND_DATA_BITS + 1) / self.baudrate


class ModbusDtu(ModbusLink, SerialLine):
    """A serial line behind a DTU: RTU frames over a TCP connection that the DTU dials."""

    listen: Annotated[str, AfterValidator(_listening_address)] = Field(
        description="监听地址:端口，每个连接一个端口 / address:port, a port of its own for each connection",
        examples=["0.0.0.0:6001"],
    )
    registration: Packet | None = Field(
        None, description="注册包，文本或 {hex: …} / what the DTU sends first, as text or {hex: …}"
    )
    heartbeat: Packet | None = Field(
        None, description="心跳包，文本或 {hex: …} / what it sends every so often, as text or {hex: …}"
    )
    timeout: Interval = Field(3.0, description="应答超时 / how long an answer may take")
    register_timeout: Interval = Field(
        10.0, description="注册包须在多久内到达 / how soon after dialling in the registration must come"
    )

    @property
    def address(self) -> tuple[str, int]:
        """Where to listen: address and port."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)

    @property
    def byte_s(self) -> float:
        """How long one byte takes on the line behind it, in seconds (8N1)."""
        return (_START_AND_DATA_BITS + 1) / self.baudrate


Modbus = ModbusTcp | ModbusRtu | ModbusRtuTcp | ModbusDtu
"""Every kind of connection that speaks Modbus; for `isinstance` too."""
